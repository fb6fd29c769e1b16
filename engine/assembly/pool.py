"""The items that tests may draw from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sized
from dataclasses import dataclass, field

import numpy as np

from engine.arrays import BoolArray, FloatArray, IndexArray, IntArray, assign, own
from engine.errors import NAMED_AT_MOST, DesignError
from engine.models import ItemParameters, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """n_items calibrated items with what a blueprint may ask about them.

    Attributes
    ----------
    items : parameters of n_items items of any models; slopes positive
    passage : (n_items,) passage index 0, 1, … without gaps, -1 for an item that stands alone
    enemies : sets of item indices; a test holds at most one item of each. Two of a set may share a passage: where a
        test gives a part of it, it gives one of them; where passages are given whole, no test holds that passage
    labels : attribute → (n_items,) label of each item, "" where it has none (content area, cognitive level, type)
    quantities : attribute → (n_items,) finite number of 0 or more (seconds, words)
    pretest : (n_items,) items in a field test: shown, never scored; empty means none
    name : (n_items,) what people call the items; empty means their indices

    Raises
    ------
    DesignError
        If there are no items, lengths differ, a slope is not positive, an enemy does not exist or stands
        alone or twice in its set, a passage is empty, or two items have one name; the message names them.
    """

    items: ItemParameters
    passage: IndexArray
    enemies: tuple[tuple[int, ...], ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quantities: Mapping[str, FloatArray] = field(default_factory=dict)
    pretest: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    name: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n = self.items.n_items
        if n == 0:
            raise DesignError("a pool needs items")
        pretest = own(self.pretest, np.bool_, "pretest", 1, DesignError)
        quantities = {key: own(values, np.float64, key, 1, DesignError) for key, values in self.quantities.items()}
        assign(
            self,
            passage=own(self.passage, np.int32, "passage", 1, DesignError),
            enemies=tuple(tuple(int(item) for item in members) for members in self.enemies),
            labels={key: tuple(values) for key, values in self.labels.items()},
            quantities=quantities,
            pretest=pretest if pretest.size else np.zeros(n, dtype=np.bool_),
            name=tuple(self.name) or tuple(str(index) for index in range(n)),
        )
        self._check_lengths()
        self._check_items()
        self._check_passages()
        self._check_enemies()

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.items.n_items

    @property
    def n_passages(self) -> int:
        """Number of passages."""
        return int(self.passage.max()) + 1

    def items_of(self, passage: int) -> IntArray:
        """Items of a passage, in order of index."""
        return np.flatnonzero(self.passage == passage)

    def named(self, indices: Iterable[int]) -> str:
        """At most ten items by name, and how many more there are."""
        known = [self.name[int(index)] for index in indices]
        more = len(known) - NAMED_AT_MOST
        return ", ".join(known[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")

    def _check_lengths(self) -> None:
        """One value an item everywhere, and different names."""
        columns: dict[str, Sized] = {"passage": self.passage, "pretest": self.pretest, "name": self.name}
        for key, column in {**columns, **self.labels, **self.quantities}.items():
            if len(column) != self.n_items:
                raise DesignError(f"{key} must hold one value an item, {self.n_items}, not {len(column)}")
        if len(set(self.name)) < self.n_items:
            doubled = sorted({name for name in self.name if self.name.count(name) > 1})
            raise DesignError(f"every item needs its own name; {', '.join(doubled[:NAMED_AT_MOST])} are given twice")
        both = set(self.labels) & set(self.quantities)
        if both:
            raise DesignError(f"{', '.join(sorted(both))}: an attribute holds labels or numbers, not both")

    def _check_items(self) -> None:
        """Slopes that can measure, and quantities that can be added."""
        flat = (self.items.discrimination <= 0.0) & (self.items.kind != Kind.NOMINAL)
        if flat.any():
            raise DesignError(f"slopes must be positive; leave {self.named(np.flatnonzero(flat))} out")
        for key, values in self.quantities.items():
            wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0.0)))
            if wrong.size:
                raise DesignError(f"{key} must be a finite number of 0 or more; of {self.named(wrong)} it is not")

    def _check_passages(self) -> None:
        """Numbers without gaps: a passage without items is a mistake in the bank."""
        if self.passage.min() < -1:
            raise DesignError(
                f"passage must be -1 or more; of {self.named(np.flatnonzero(self.passage < -1))} it is not"
            )
        size = np.bincount(self.passage[self.passage >= 0], minlength=self.n_passages)
        if np.any(size == 0):
            raise DesignError(f"passage {int(np.flatnonzero(size == 0)[0])} has no items")

    def _check_enemies(self) -> None:
        """Enemies that exist, two or more in a set."""
        for number, members in enumerate(self.enemies):
            beyond = [item for item in members if not 0 <= item < self.n_items]
            if beyond:
                raise DesignError(
                    f"enemy set {number} holds item {beyond[0]}; the pool has items 0 to {self.n_items - 1}"
                )
            if len(set(members)) < 2 or len(set(members)) < len(members):
                raise DesignError(
                    f"enemy set {number} must hold two or more different items, not {self.named(members)}"
                )
