"""What every test drawn from a pool must look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.errors import BlueprintError


@dataclass(frozen=True, slots=True)
class Count:
    """How many items with certain labels a test holds.

    Attributes
    ----------
    where : attribute → label; an item counts when all of them are its own
    minimum, maximum : fewest and most such items, both included
    name : what people call the rule; "" makes one from ``where``

    Raises
    ------
    BlueprintError
        If the bounds are the wrong way round or negative, or nothing is asked.
    """

    where: Mapping[str, str]
    minimum: int
    maximum: int
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", dict(self.where))
        if not self.where:
            raise BlueprintError("a count needs at least one attribute and label that its items have")
        if not self.name:
            object.__setattr__(self, "name", ", ".join(f"{key} {label}" for key, label in self.where.items()))
        _check_bounds(self.name, self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much of a quantity the items of a test add up to.

    Attributes
    ----------
    quantity : attribute of the pool (seconds, words)
    minimum, maximum : bounds on the sum, both included

    Raises
    ------
    BlueprintError
        If the bounds are the wrong way round, negative or not numbers.
    """

    quantity: str
    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        _check_bounds(self.quantity, self.minimum, self.maximum)


@dataclass(frozen=True, slots=True)
class Passages:
    """How many passages a test holds, and how many items of each.

    Attributes
    ----------
    minimum, maximum : fewest and most passages
    fewest, most : items of each passage that is in the test; 0 and 0 mean all of them

    Raises
    ------
    BlueprintError
        If bounds are the wrong way round, or only one of fewest and most is 0.
    """

    minimum: int
    maximum: int
    fewest: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        _check_bounds("passages", self.minimum, self.maximum)
        _check_bounds("items of a passage", self.fewest, self.most)
        if self.most > 0 and self.fewest < 1:
            raise BlueprintError("items of a passage: fewest must be 1 or more, or fewest and most both 0 for all")


@dataclass(frozen=True, slots=True)
class FirstItem:
    """What the first item of a test may be, so that nobody begins with a shock.

    Attributes
    ----------
    easiest, hardest : bounds on its expected score share at the prior's mean, from 0 to 1: for example .5 to .8
    alone : whether it may not belong to a passage
    where : attribute → label that it must have

    Raises
    ------
    BlueprintError
        If the bounds are no shares or the wrong way round.
    """

    hardest: float = 0.0
    easiest: float = 1.0
    alone: bool = False
    where: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", dict(self.where))
        if not 0.0 <= self.hardest < self.easiest <= 1.0:
            raise BlueprintError(
                f"first item: the success rate must be between 0 <= hardest < easiest <= 1, not {self.hardest} "
                f"and {self.easiest}"
            )


@dataclass(frozen=True, slots=True)
class Pretest:
    """Unscored field-test items at drawn positions, on top of the scored ones; items that stand alone.

    Attributes
    ----------
    n_items : how many a pupil gets
    first, last : positions of the whole test, from 1, between which they may stand

    Raises
    ------
    BlueprintError
        If so many do not fit between the positions.
    """

    n_items: int
    first: int
    last: int

    def __post_init__(self) -> None:
        if self.n_items < 1 or self.first < 1 or self.last - self.first + 1 < self.n_items:
            raise BlueprintError(
                f"pretest: {self.n_items} items do not fit between positions {self.first} and {self.last}"
            )


@dataclass(frozen=True, slots=True)
class Blueprint:
    """Length, content and start of a test; of a pool it knows only the names of attributes.

    Attributes
    ----------
    length : scored items of a whole test, at most
    counts, budgets, passages : what they hold; passages None takes any number, whole
    first : rule of the first item, None for none
    pretest : field-test items on top, None for none
    pools : accommodation → attribute and label an item must have to be used with it
    prior_mean, prior_sd : normal ability distribution before the first answer, in logits

    Raises
    ------
    BlueprintError
        If numbers are out of range, two rules have one name, or the counts of one attribute contradict the length.
    """

    length: int
    counts: tuple[Count, ...] = ()
    budgets: tuple[Budget, ...] = ()
    passages: Passages | None = None
    first: FirstItem | None = None
    pretest: Pretest | None = None
    pools: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    prior_mean: float = 0.0
    prior_sd: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", tuple(self.counts))
        object.__setattr__(self, "budgets", tuple(self.budgets))
        object.__setattr__(self, "pools", {key: (attribute, label) for key, (attribute, label) in self.pools.items()})
        if self.length < 1:
            raise BlueprintError(f"a test needs a length of 1 or more, not {self.length}")
        if not (np.isfinite(self.prior_mean) and np.isfinite(self.prior_sd) and self.prior_sd > 0.0):
            raise BlueprintError(f"the prior needs a finite mean and sd > 0, not {self.prior_mean} and {self.prior_sd}")
        names = [count.name for count in self.counts] + [budget.quantity for budget in self.budgets]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise BlueprintError(f"two rules are called {', '.join(doubled)}; give each its own name")
        if self.pretest is not None and self.pretest.last > self.length + self.pretest.n_items:
            raise BlueprintError(
                f"pretest: position {self.pretest.last} is beyond the test of {self.length} + {self.pretest.n_items}"
            )


def _check_bounds(name: str, minimum: float, maximum: float) -> None:
    """Refuse bounds that no test can keep."""
    if not 0 <= minimum <= maximum or not np.isfinite(minimum):
        raise BlueprintError(f"{name}: needs 0 <= minimum <= maximum, not {minimum} and {maximum}")
