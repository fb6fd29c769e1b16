"""Chance for simulated persons: numbers that depend on the seed, the person and the use, and on nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from engine.arrays import FloatArray
from engine.errors import DesignError

STREAM = 256
"""Persons who share a stream. A constant: others would be other numbers."""


class Use(IntEnum):
    """What numbers are drawn for; each has its own, so that one more use changes no other."""

    SUBGROUP = 0
    ABILITY = 1
    ELIGIBILITY = 2
    PRETEST = 3
    FORM = 4
    CHOICE = 5
    ANSWER = 6
    BEHAVIOUR = 7


@dataclass(frozen=True, slots=True)
class Chance:
    """Chance for persons who stand side by side.

    Attributes
    ----------
    seed : of the whole simulation, 0 or more
    first : number of the first person, a multiple of `STREAM`
    n_persons : how many

    Raises
    ------
    DesignError
        If the seed is negative, or the first person is not the first of a stream.
    """

    seed: int
    first: int
    n_persons: int

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise DesignError(f"a seed must be 0 or more, not {self.seed}")
        if self.first % STREAM:
            raise DesignError(f"persons are simulated in streams of {STREAM}; none begins at {self.first}")

    def numbers(self, use: Use, n_columns: int) -> FloatArray:
        """Numbers in [0, 1), (n_persons, n_columns), from Philox streams (Salmon, Moraes, Dror & Shaw, 2011).

        A person's row is the same whoever else is simulated, whoever works it out, and whenever.

        Parameters
        ----------
        use : what they are for
        n_columns : numbers of each person
        """
        rows = np.empty((self.n_persons, n_columns))
        for start in range(0, self.n_persons, STREAM):
            key = np.random.SeedSequence(self.seed, spawn_key=(int(use), (self.first + start) // STREAM))
            np.random.Generator(np.random.Philox(key)).random(out=rows[start : start + STREAM])
        return rows
