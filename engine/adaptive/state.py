"""How far adaptive tests are, and what comes next in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray, assign, own
from engine.errors import DesignError

N_BEST = 5


@dataclass(frozen=True, slots=True, eq=False)
class AdaptiveState:
    """Items given so far in n_persons tests, in the order of giving.

    Attributes
    ----------
    item : (n_persons, length) item index; -1 for positions not reached yet, which come last
    category : (n_persons, length) category scored; -1 for an item that was shown and not answered (yet)

    Raises
    ------
    DesignError
        If the shapes differ, a gap lies between items, an item was given twice, or a position that was not
        reached holds an answer.
    """

    item: IndexArray
    category: CodeArray

    def __post_init__(self) -> None:
        item = own(self.item, np.int32, "item", 2, DesignError)
        category = own(self.category, np.int8, "category", 2, DesignError)
        assign(self, item=item, category=category)
        if item.shape != category.shape or (item.size and (item.min() < -1 or category.min() < -1)):
            raise DesignError("item and category have one shape, and hold indices or -1")
        given = item >= 0
        if np.any(given[:, 1:] & ~given[:, :-1]):
            raise DesignError("items are filled in from the first position on, without gaps")
        if np.any((category >= 0) & ~given):
            raise DesignError("a position that was not reached holds an answer")
        order = np.sort(item, axis=1)
        if np.any((order[:, 1:] == order[:, :-1]) & (order[:, 1:] >= 0)):
            raise DesignError("an item is given at most once in a test")

    @classmethod
    def empty(cls, n_persons: int, length: int) -> AdaptiveState:
        """Tests in which nothing was given yet."""
        return cls(np.full((n_persons, length), -1, np.int32), np.full((n_persons, length), -1, np.int8))

    @classmethod
    def of_one(cls, items: Sequence[int], categories: Sequence[int], length: int) -> AdaptiveState:
        """Return the state of one person's test, from the items given and the categories scored (-1 not answered)."""
        if len(items) != len(categories) or len(items) > length:
            raise DesignError(f"{len(items)} items, {len(categories)} categories do not fit a test of {length}")
        item, category = np.full((1, length), -1, np.int32), np.full((1, length), -1, np.int8)
        item[0, : len(items)] = items
        category[0, : len(categories)] = categories
        return cls(item, category)

    @property
    def n_persons(self) -> int:
        """Number of tests."""
        return len(self.item)

    @property
    def length(self) -> int:
        """Number of positions of a test."""
        return int(self.item.shape[1])

    @property
    def n_given(self) -> IntArray:
        """Items given so far, shape (n_persons,)."""
        given: IntArray = np.count_nonzero(self.item >= 0, axis=1)
        return given

    def take(self, person: slice) -> AdaptiveState:
        """Return the tests of some persons."""
        return AdaptiveState(self.item[person], self.category[person])


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The next item of n_persons tests, and why.

    Attributes
    ----------
    item : (n_persons,) item index, -1 where the test is complete
    theta, standard_error : (n_persons,) ability estimate that the choice rests on, in logits
    best : (n_persons, 5) most informative items that could be given, the best first; -1 pads. A passage
        stands in it once, by its most informative item
    best_score : (n_persons, 5) their information in 1/logit², of a passage the mean over its items; 0 pads
    draw : (n_persons,) number in [0, 1) that chose among the best k
    binding : per person, the constraints that kept more informative items out: ``"<area> minimum"``,
        ``"<area> maximum"``, ``"passage"``, ``"enemy"``
    fallback : (n_persons,) whether no item could be found with which the blueprint can still be met, so
        that any item that was not seen yet was taken
    """

    item: IndexArray
    theta: FloatArray
    standard_error: FloatArray
    best: IndexArray
    best_score: FloatArray
    draw: FloatArray
    binding: tuple[tuple[str, ...], ...]
    fallback: BoolArray
