"""How a virtual pupil of the demo answers: as the generating 2PL says, given the item as a laptop shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from lxml import html

from itembank.demo import CatalogueEntry
from loadtest.fragments import PAIRS, Answer, Field, Value

Keys = Mapping[str, Mapping[str, tuple[str, ...]]]
NUMBER = re.compile(r"-?\d+(\.\d+)?")


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
    """An answer function: reads the item on the screen, then answers right or wrong by chance.

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
        missed = -1
        if self.rng.random() >= self.model.probability(item, self.theta):
            missed = int(self.rng.integers(len(fields)))
        return {
            field.identifier: wrong_value(field, keys[field.identifier], self.rng)
            if number == missed
            else right_value(field, keys[field.identifier])
            for number, field in enumerate(fields)
        }


def right_value(field: Field, key: tuple[str, ...]) -> Value:
    """What a pupil who knows it picks or types; a number with the comma that is used here."""
    if field.is_list:
        return list(key)
    return key[0].replace(".", ",") if not field.choices and NUMBER.fullmatch(key[0]) else key[0]


def wrong_value(field: Field, key: tuple[str, ...], rng: np.random.Generator) -> Value:
    """What a pupil who does not know it picks or types."""
    distractors = sorted(set(field.choices).difference(key))  # whatever the order in which this pupil sees them
    if field.interaction == "order":
        return [*key[1:], key[0]]
    if field.interaction == "select_point":
        return [str(rng.choice(distractors))]
    if field.interaction in PAIRS:
        return list(key[:-1])  # no limit of the item can be broken by one pair less
    if field.is_list:
        swapped = [*key[:-1], str(rng.choice(distractors))]
        return sorted(swapped)
    if field.choices:
        return str(rng.choice(distractors))
    if NUMBER.fullmatch(key[0]):
        slip = int(rng.choice([-10, -2, -1, 1, 2, 10]))
        return right_value(field, (_shifted(key[0], slip),))
    letter = int(rng.integers(len(key[0])))
    return key[0][:letter] + key[0][letter] + key[0][letter:]


def _shifted(number: str, slip: int) -> str:
    """A number some units of its last digit away."""
    decimals = len(number.partition(".")[2])
    return f"{float(number) + slip * 10.0**-decimals:.{decimals}f}"
