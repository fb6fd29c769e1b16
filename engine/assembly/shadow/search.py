"""One plan at work: what it counts up to, which items may come in, and what a swap changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, IntArray
from engine.assembly.rules import WordArray
from engine.assembly.shadow.plan import Plan, Swaps
from engine.assembly.shadow.tables import PlanTables

Matrix = npt.NDArray[np.bool_]


def as_words(rows: BoolArray) -> WordArray:
    """Truth values of n_words * 64 rows as words."""
    return np.packbits(rows, bitorder="little").view("<u8").astype(np.uint64, copy=False)


class Search:
    """Working copy of a plan that swaps are tried on; lives no longer than one decision.

    Attributes
    ----------
    unused : (n_unused,) planned items still to come
    count : (n_words * 64,) items of the plan per row
    low, high : (n_words * 64,) bounds that hold for this plan; a passage that is not in it has 0 and 0
    total : (n_budgets,) sums
    free : (n_items,) items that may come in: not planned, no enemy given, their passage planned and not left
    """

    def __init__(self, tables: PlanTables, plan: Plan, allowed: BoolArray) -> None:
        self.tables = tables
        self.given = plan.given
        self.allowed = allowed
        self.unused = plan.unused.copy()
        self.count = tables.counts(plan.items)
        self.total = tables.rules.amount[:, plan.items].sum(axis=1)
        self.swaps: list[tuple[int, int]] = []
        rules = tables.rules
        rows, held = rules.passage_rows, self.count[rules.passage_rows] > 0
        self.low, self.high = tables.low.copy(), tables.high.copy()
        self.low[rows] *= held
        self.high[rows] *= held
        self.free = self._open(allowed, ~held)
        self.free[plan.items] = False

    def _open(self, allowed: BoolArray, locked_passages: BoolArray) -> BoolArray:
        """Items that no locked row holds: enemies of given items, passages outside the plan or left."""
        tables, rules = self.tables, self.tables.rules
        locked = np.zeros(tables.low.size, dtype=np.bool_)
        locked[rules.passage_rows] = locked_passages
        if self.given.size:
            seen: BoolArray = np.bitwise_or.reduce(tables.member[self.given], axis=0) > 0
            locked[rules.n_counts : rules.n_counts + rules.n_enemies] = seen[rules.n_counts :][: rules.n_enemies]
            current = int(rules.passage[self.given[-1]])
            seen = seen[rules.passage_rows]
            if current >= 0:
                seen[current] = False
            locked[rules.passage_rows] |= seen
        free = allowed.copy()
        for word, bits in zip(as_words(locked), tables.words, strict=True):
            if word:
                free &= (bits & word) == 0
        return free

    def feasible(self, out: IntArray, into: IntArray) -> Matrix:
        """Whether each swap keeps every rule that is kept now, (n_out, n_in).

        A row at its maximum takes an item only for another of its own; one at its minimum loses an item only so.
        """
        at_maximum, at_minimum = as_words(self.count >= self.high), as_words(self.count <= self.low)
        broken: WordArray | None = None
        for words, full, bare in zip(self.tables.words, at_maximum, at_minimum, strict=True):
            outgoing, incoming = words[out], words[into]
            wrong = (~outgoing)[:, np.newaxis] & (incoming & full)
            wrong |= (outgoing & bare)[:, np.newaxis] & ~incoming
            broken = wrong if broken is None else broken | wrong
        assert broken is not None  # there is always one word
        kept: Matrix = broken == 0
        rules = self.tables.rules
        budgets = zip(rules.amount, self.total, rules.amount_minimum, rules.amount_maximum, strict=True)
        for amount, total, low, high in budgets:
            leaves, comes = amount[out][:, np.newaxis], amount[into]
            kept &= comes <= leaves + (high - total)
            if low > 0.0:
                kept &= comes >= leaves + (low - total)
        return kept

    def kept(self) -> bool:
        """Whether every rule holds."""
        rules = self.tables.rules
        counts = bool(np.all(self.count <= self.high) and np.all(self.count >= self.low))
        sums = bool(np.all(rules.within_budgets(self.total)))
        held = int((self.high[rules.passage_rows] > 0).sum())
        return counts and sums and rules.passages_minimum <= held <= rules.passages_maximum

    def swap(self, position: int, into: int) -> None:
        """Put an item in the place of an unused one."""
        out = int(self.unused[position])
        tables = self.tables
        self.unused[position] = into
        self.unused.sort()
        self.count += tables.member[into]
        self.count -= tables.member[out]
        self.total += tables.rules.amount[:, into] - tables.rules.amount[:, out]
        self.free[into], self.free[out] = False, self.allowed[out]
        self.swaps.append((out, into))

    def plan(self) -> Plan:
        """Return the plan as it stands."""
        return Plan(np.concatenate([self.given, self.unused]), self.given.size)

    def recorded(self) -> Swaps:
        """Swaps so far."""
        return tuple(self.swaps)
