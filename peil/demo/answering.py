"""How a virtual pupil of the demo answers: as the generating 2PL says, given the item as a laptop shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from lxml import html

from itembank.demo import CatalogueEntry
from loadtest.fragments import Answer, Field
from peil.demo.mistakes import right_value, wrong_value

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

    def probability(self, item: str, theta: float) -> float:
        """Probability of a right answer under the 2PL (D = 1)."""
        entry = self.entries[item]
        return float(1.0 / (1.0 + np.exp(-entry.discrimination * (theta - entry.difficulty))))


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedPupil:
    """An answer function: reads the item on the screen, then answers right or not by chance.

    Of an answer that has several parts, one who misses it knows each part with that same chance.

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
        chance, missed = self.model.probability(item, self.theta), -1
        if self.rng.random() >= chance:
            missed = int(self.rng.integers(len(fields)))
        return {
            field.identifier: wrong_value(field, keys[field.identifier], self.rng, chance)
            if number == missed
            else right_value(field, keys[field.identifier])
            for number, field in enumerate(fields)
        }
