"""One plan at work: what it counts up to, which items may come in, and what a swap changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.tables import PlanTables


class Tally:
    """What the items of a whole test count up to, beside the bounds that hold for it.

    Attributes
    ----------
    count : (n_words * 64,) items per row
    low, high : (n_words * 64,) bounds; a passage that is not in the test has 0 and 0
    total : (n_budgets,) sums
    held : (n_passages,) passages of the test
    """

    def __init__(self, tables: PlanTables, items: IntArray) -> None:
        self.tables = tables
        self.count = tables.counts(items)
        self.total: FloatArray = np.add.reduce(tables.rules.amount.take(items, axis=1), axis=1)
        rows = tables.rules.passage_rows
        self.held = self.count[rows] > 0
        self.low, self.high = tables.low.copy(), tables.high.copy()
        self.low[rows] *= self.held
        self.high[rows] *= self.held

    def kept(self) -> bool:
        """Whether every rule holds."""
        if ((self.count > self.high) | (self.count < self.low)).any():
            return False
        rules = self.tables.rules
        n_held = int(np.count_nonzero(self.held))
        return rules.passages_minimum <= n_held <= rules.passages_maximum and not rules.beyond_budgets(self.total)


class Search(Tally):
    """Working copy of a plan that swaps are tried on; lives no longer than one decision.

    Attributes
    ----------
    given : (n_given,) items given already, in order
    unused : (n_unused,) planned items still to come; a swap puts an item in the place of another
    free : (n_items,) items that may come in: not planned, no enemy given, their passage planned and not left
    swaps : ``(out, in)`` so far
    """

    def __init__(self, tables: PlanTables, given: IntArray, unused: IntArray, allowed: BoolArray) -> None:
        items = np.concatenate([given, unused])
        super().__init__(tables, items)
        self.given = given
        self.unused = unused.copy()
        self.unused.sort()
        self.allowed = allowed
        self.swaps: list[tuple[int, int]] = []
        self.free = self._open(items)

    def _open(self, items: IntArray) -> BoolArray:
        """Items that no locked row holds: enemies of given items, passages outside the plan or left."""
        tables, words = self.tables, self.tables.words
        locked = tables.passage_rows & ~np.bitwise_or.reduce(words.take(items, axis=1), axis=1)
        if self.given.size:
            current = words[:, self.given[-1]] & tables.passage_rows
            seen = np.bitwise_or.reduce(words.take(self.given, axis=1), axis=1)
            locked |= seen & tables.lockable_rows & ~current
        clash = words[0] & locked[0]
        for word in range(1, locked.size):
            clash |= words[word] & locked[word]
        free: BoolArray = np.equal(clash, np.uint64(0))
        free &= self.allowed
        free[items] = False
        return free

    def swap(self, position: int, into: int) -> None:
        """Put an item in the place of an unused one."""
        tables, out = self.tables, int(self.unused[position])
        self.unused[position] = into
        self.count += tables.member[into]
        self.count -= tables.member[out]
        self.total += tables.rules.amount[:, into] - tables.rules.amount[:, out]
        self.free[into], self.free[out] = False, self.allowed[out]
        self.swaps.append((out, into))


def first_best(worth: npt.NDArray[np.int64], out: IntArray, into: IntArray) -> tuple[int, int]:
    """Row and column of the largest entry; ties go to the lowest item that goes out, then that comes in.

    Parameters
    ----------
    worth : (n_out, n_in), both at least 1
    out, into : items of the rows and of the columns
    """
    best = int(worth.argmax())
    equal = worth == worth.item(best)
    if np.count_nonzero(equal) > 1:
        rows, columns = np.nonzero(equal)
        first = np.lexsort((into[columns], out[rows]))[0]
        return int(rows[first]), int(columns[first])
    return divmod(best, into.size)
