"""How a virtual pupil of the demo answers: as the generating model says, given the item as a laptop shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from lxml import html

from itembank.demo import CatalogueEntry
from loadtest.fragments import Answer, Field, Value
from peil.demo.mistakes import parts_known, right_value, wrong_value

Keys = Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class GeneratingModel:
    """What generates the answers of simulees and virtual pupils: the authors' parameters and the keys.

    Attributes
    ----------
    entries : generating parameters by item identifier
    keys : correct responses, item → response variable → values
    """

    entries: Mapping[str, CatalogueEntry]
    keys: Keys

    def chances(self, item: str, theta: float) -> npt.NDArray[np.float64]:
        """Probability of 0, 1, … points: generalised partial credit (Muraki, 1992), for one point the 2PL (D = 1)."""
        entry = self.entries[item]
        numerators = np.cumsum([0.0, *(entry.discrimination * (theta - step) for step in entry.steps)])
        weights = np.exp(numerators - numerators.max())
        chances: npt.NDArray[np.float64] = weights / weights.sum()
        return chances


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPupil:
    """An answer function: reads the item on the screen, then earns as many points as chance wants it.

    Attributes
    ----------
    model : generating parameters and keys
    theta : the pupil's ability in the subject, in logits
    rng : the pupil's own source of chance
    """

    model: GeneratingModel
    theta: float
    rng: np.random.Generator

    def __call__(self, fragment: str, fields: Sequence[Field]) -> Answer:
        """Answer what is on the screen."""
        version = html.fromstring(fragment).xpath("string(descendant-or-self::*/@data-item)")
        item = str(version).partition("@")[0]
        keys = self.model.keys[item]
        chances = self.model.chances(item, self.theta)
        points, missed = int(self.rng.choice(chances.size, p=chances)), -1
        if points < chances.size - 1:
            missed = int(self.rng.integers(len(fields)))
        return {
            field.identifier: self._missed(field, keys[field.identifier], points, chances)
            if number == missed
            else right_value(field, keys[field.identifier])
            for number, field in enumerate(fields)
        }

    def _missed(self, field: Field, key: tuple[str, ...], points: int, chances: npt.NDArray[np.float64]) -> Value:
        """An answer that earns so many points; where parts earn none, the able know more of them nevertheless."""
        most = chances.size - 1
        if most > 1:
            n_known = parts_known(len(key), points, most, self.rng)
        else:
            n_known = min(int(self.rng.binomial(len(key), chances[-1])), len(key) - 1)
        return wrong_value(field, key, self.rng, n_known)
