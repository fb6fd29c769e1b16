"""Simulated persons: subgroups of a population, and who belongs to which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from engine.arrays import FloatArray, IntArray, assign, own
from engine.errors import DesignError
from engine.simulation.chance import Chance, Use

SMALLEST = 2.0**-54  # half the distance between two numbers that are drawn: 0 would be an ability without bounds


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Part of a population.

    Attributes
    ----------
    name : what people call it
    share : its size in proportion to the others, above 0
    mean, sd : of its normal ability distribution, in logits
    accommodation : pool that its members are given items from; "" is none

    Raises
    ------
    DesignError
        If a number is out of range.
    """

    name: str
    share: float = 1.0
    mean: float = 0.0
    sd: float = 1.0
    accommodation: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.share) and self.share > 0.0):
            raise DesignError(f"subgroup {self.name}: its share must be above 0, not {self.share}")
        if not (np.isfinite(self.mean) and np.isfinite(self.sd) and self.sd >= 0.0):
            raise DesignError(f"subgroup {self.name}: needs a finite mean and sd of 0 or more")


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """n_persons simulated persons.

    Attributes
    ----------
    groups : subgroups
    theta : (n_persons,) true abilities in logits
    group : (n_persons,) number of each person's subgroup

    Raises
    ------
    DesignError
        If lengths differ, a subgroup does not exist, or two have one name.
    """

    groups: tuple[Subgroup, ...]
    theta: FloatArray
    group: IntArray

    def __post_init__(self) -> None:
        theta = own(self.theta, np.float64, "theta", 1, DesignError)
        group = own(self.group, np.int64, "group", 1, DesignError)
        if theta.shape != group.shape or not np.all(np.isfinite(theta)):
            raise DesignError("every person needs a finite ability and a subgroup")
        if group.size and not 0 <= group.min() <= group.max() < len(self.groups):
            raise DesignError(f"subgroups go from 0 to {len(self.groups) - 1}, persons are in {group.max()}")
        names = [group.name for group in self.groups]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise DesignError(f"two subgroups are called {', '.join(doubled)}")
        assign(self, groups=tuple(self.groups), theta=theta, group=group)

    @property
    def n_persons(self) -> int:
        """Number of persons."""
        return self.theta.size

    def accommodations(self, known: Sequence[str]) -> IntArray:
        """Number of each person's accommodation pool, (n_persons,).

        Parameters
        ----------
        known : names of the pools, "" among them: `AdaptiveBank.accommodations`

        Raises
        ------
        DesignError
            If a subgroup has an accommodation that is not known.
        """
        for group in self.groups:
            if group.accommodation not in known:
                names = ", ".join(name for name in known if name) or "none"
                raise DesignError(
                    f"subgroup {group.name}: there is no accommodation {group.accommodation!r}; there are {names}"
                )
        return np.array([known.index(group.accommodation) for group in self.groups], dtype=np.int64)[self.group]


def draw_persons(groups: Sequence[Subgroup], n_persons: int, seed: int) -> Persons:
    """Persons of a population; the first of them are the same, however many are asked for.

    Parameters
    ----------
    groups : one subgroup or more
    n_persons : how many
    seed : of the simulation

    Raises
    ------
    DesignError
        If there are no subgroups or persons.
    """
    if not groups or n_persons < 1:
        raise DesignError("a population needs a subgroup and a person or more")
    chance = Chance(seed, 0, n_persons)
    share = np.array([group.share for group in groups])
    border = np.cumsum(share)[:-1] / share.sum()
    member = np.searchsorted(border, chance.numbers(Use.SUBGROUP, 1)[:, 0], side="right")
    z = ndtri(np.maximum(chance.numbers(Use.ABILITY, 1)[:, 0], SMALLEST))
    mean, sd = np.array([group.mean for group in groups]), np.array([group.sd for group in groups])
    return Persons(tuple(groups), mean[member] + sd[member] * z, member)
