"""A plan: a whole test, of which some items have been given. It is what a sitting carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import IntArray, assign
from engine.errors import DesignError

Swaps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A whole test, and how far the pupil is.

    A log needs the first plan, and then of each choice its swaps and its item: `swap` and `give` fold them, and
    never decide.

    Attributes
    ----------
    items : (length,) item indices: those given in the order they were given, then the others by index
    n_given : how many have been given

    Raises
    ------
    DesignError
        If an item is in it twice, or more are given than there are.
    """

    items: IntArray
    n_given: int = 0

    def __post_init__(self) -> None:
        items = np.array(self.items, dtype=np.int64)
        if items.ndim != 1 or not 0 <= self.n_given <= items.size:
            raise DesignError(f"a plan of {items.size} items cannot have {self.n_given} given")
        items[self.n_given :].sort()
        if len(set(items.tolist())) < items.size:
            raise DesignError("a plan holds an item twice")
        items.flags.writeable = False
        assign(self, items=items)

    @property
    def given(self) -> IntArray:
        """Items that have been given, in that order."""
        return self.items[: self.n_given]

    @property
    def unused(self) -> IntArray:
        """Items still to come, by index."""
        return self.items[self.n_given :]

    def give(self, item: int) -> Plan:
        """Return the plan after an item has been given.

        Raises
        ------
        DesignError
            If it is not one of those still to come.
        """
        at = np.flatnonzero(self.unused == item)
        if at.size == 0:
            raise DesignError(f"item {item} is not among the planned items still to come")
        items = np.concatenate([self.given, [item], np.delete(self.unused, at[0])])
        return Plan(items, self.n_given + 1)

    def swap(self, swaps: Swaps) -> Plan:
        """Return the plan after swaps ``(out, in)``.

        Raises
        ------
        DesignError
            If an item that should go out is not still to come, or one that should come in is planned already.
        """
        if not swaps:
            return self
        unused = self.unused.tolist()
        for out, into in swaps:
            if out not in unused:
                raise DesignError(f"item {out} is not among the planned items still to come, so it cannot go out")
            unused[unused.index(out)] = into
        return Plan(np.array([*self.given.tolist(), *unused], dtype=np.int64), self.n_given)


def swaps_between(before: Plan, unused: IntArray) -> Swaps:
    """Fewest swaps from a plan to one that has these items still to come, lowest with lowest.

    Parameters
    ----------
    before : the plan
    unused : (n_unused,) items still to come of the other one
    """
    old, new = set(before.unused.tolist()), set(unused.tolist())
    return tuple(zip(sorted(old - new), sorted(new - old), strict=True))
