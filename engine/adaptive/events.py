"""What can happen in adaptive tests: each event of n_persons tests, one row each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from engine.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray, assign, own
from engine.errors import DesignError

Swaps = tuple[tuple[int, int], ...]


def _nothing() -> IndexArray:
    """No columns for no persons: replaced when the event is made."""
    return np.empty((0, 0), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Started:
    """Everything random or shared that tests depend on.

    Attributes
    ----------
    plan : (n_persons, length) items of the first plan; no columns where nothing is planned
    pretest : (n_persons, n_positions) field-test items at their positions, -1 elsewhere; empty for none
    draws : (n_persons, n_units) numbers in [0, 1) for eligibility; no columns where it is not used
    accommodation : (n_persons,) number of the accommodation pool, 0 for none
    """

    plan: IndexArray
    pretest: IndexArray = field(default_factory=_nothing)
    draws: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    accommodation: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        plan = own(self.plan, np.int32, "plan", 2, DesignError)
        n = len(plan)
        draws = own(self.draws, np.float64, "draws", 2, DesignError)
        accommodation = own(self.accommodation, np.int64, "accommodation", 1, DesignError)
        assign(
            self,
            plan=plan,
            pretest=own(self.pretest, np.int32, "pretest", 2, DesignError),
            draws=draws if draws.size else np.empty((n, 0)),
            accommodation=accommodation if accommodation.size else np.zeros(n, dtype=np.int64),
        )

    @property
    def n_persons(self) -> int:
        """Number of tests."""
        return len(self.plan)


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The next item of each test.

    Attributes
    ----------
    item : (n_persons,) item index; -1 for a test in which nothing happened
    swaps : of each person, ``(out, in)`` pairs that changed the plan before the item was taken from it
    """

    item: IndexArray
    swaps: tuple[Swaps, ...] = ()

    def __post_init__(self) -> None:
        item = own(self.item, np.int32, "item", 1, DesignError)
        swaps = tuple(self.swaps) if self.swaps else ((),) * item.size
        if len(swaps) != item.size:
            raise DesignError(f"swaps of {len(swaps)} persons do not fit the items of {item.size}")
        assign(self, item=item, swaps=swaps)


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The answer to the item given last in each test.

    Attributes
    ----------
    category : (n_persons,) category scored; -1 for an answer that a person must rate
    given : (n_persons,) whether there was an answer at all; all, where not said
    """

    category: CodeArray
    given: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        category = own(self.category, np.int8, "category", 1, DesignError)
        given = own(self.given, np.bool_, "given", 1, DesignError)
        assign(self, category=category, given=given if given.size else np.ones(category.size, dtype=np.bool_))


Event: TypeAlias = Started | Chosen | Answered
