"""How simulated persons depart from the model: slips, rapid guesses, bad luck at the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray
from engine.errors import DesignError
from engine.simulation.chance import Chance, Use


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What answers suffer besides the model; without arguments nothing.

    Attributes
    ----------
    slips : probability that an answer that would earn something earns nothing
    rapid_persons : share of the persons who guess rapidly (Wise & Kong, 2005)
    rapid_after : items that they answer in earnest first
    rapid_items : share of the items after those that they answer at random
    rapid_right : probability that an answer at random earns the highest category; else it earns nothing
    unlucky : first answers that earn nothing, whatever the ability
    unlucky_persons : share of the persons to whom that happens

    Raises
    ------
    DesignError
        If a share or probability is not in [0, 1], or a number of items is negative.
    """

    slips: float = 0.0
    rapid_persons: float = 0.0
    rapid_after: int = 0
    rapid_items: float = 1.0
    rapid_right: float = 0.25
    unlucky: int = 0
    unlucky_persons: float = 1.0

    def __post_init__(self) -> None:
        for name in ("slips", "rapid_persons", "rapid_items", "rapid_right", "unlucky_persons"):
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise DesignError(f"{name} must be between 0 and 1, not {value}")
        for name in ("rapid_after", "unlucky"):
            if getattr(self, name) < 0:
                raise DesignError(f"{name} must be 0 or more, not {getattr(self, name)}")

    def draw(self, chance: Chance, n_positions: int) -> Happenings:
        """Say to whom what happens.

        Numbers are drawn whether they are needed or not: one kind of behaviour never changes another.

        Parameters
        ----------
        chance : of n_persons persons
        n_positions : of their tests
        """
        number = chance.numbers(Use.BEHAVIOUR, 2 + 3 * n_positions)
        position = np.arange(n_positions)
        slip, rapid, right = (number[:, 2 + kind :: 3] for kind in range(3))
        guessing = (number[:, :1] < self.rapid_persons) & (position >= self.rapid_after) & (rapid < self.rapid_items)
        fails = (number[:, 1:2] < self.unlucky_persons) & (position < self.unlucky)
        return Happenings(
            at_random=guessing, right=guessing & (right < self.rapid_right), nothing=(slip < self.slips) | fails
        )


@dataclass(frozen=True, slots=True, eq=False)
class Happenings:
    """What happens to whom, at which position; (n_persons, n_positions) each.

    Attributes
    ----------
    at_random : answers that have nothing to do with ability
    right : those of them that earn the highest category
    nothing : answers that earn nothing, whatever they were
    """

    at_random: BoolArray
    right: BoolArray
    nothing: BoolArray
