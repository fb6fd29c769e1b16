"""Exchange unused planned items for more informative ones, one at a time, wherever every rule still holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.plan import Plan, Swaps
from engine.assembly.shadow.search import Search, first_best
from engine.assembly.shadow.tables import PlanTables, as_words
from engine.grain import quantise

MOST_SWAPS = 80  # twice a usual test; from the plan of an ability 3 logits away it takes 33

Matrix = npt.NDArray[np.bool_]


def improve(
    tables: PlanTables, plan: Plan, score: FloatArray, *, excluded: BoolArray | None = None, limit: int = MOST_SWAPS
) -> Swaps:
    """Swaps that make a plan better, best first, until none does; a plan that kept the rules keeps them.

    Ties go to the lowest item that goes out, then to the lowest that comes in.

    Parameters
    ----------
    plan : which items are planned, and given
    score : (n_items,) what each item is worth now, larger is better
    excluded : (n_items,) items that may not come in, None for none
    limit : most swaps

    Source
    ------
    The shadow test (van der Linden & Reese, 1998), kept by local search instead of solved anew.
    """
    search = Search(tables, plan.given, plan.unused, tables.allowed(excluded))
    climb(search, quantise(score), limit)
    return tuple(search.swaps)


def climb(search: Search, score: IntArray, limit: int = MOST_SWAPS) -> None:
    """Take the best swap until none improves the plan."""
    if search.unused.size == 0:
        return
    market = _Market(search, score)
    for _ in range(limit):
        found = market.best()
        if found is None:
            return
        market.take(*found)


class _Market:
    """Items that may go out and come in, with what they bring, side by side; a swap exchanges their places."""

    def __init__(self, search: Search, score: IntArray) -> None:
        tables = search.tables
        self.search = search
        self.out = search.unused
        self.score_out = score[self.out]
        # The least planned score never falls, so what is below it now will never be worth a swap.
        self.into = np.flatnonzero(search.free & (score > self.score_out.min()))
        self.score_in = score[self.into]
        self.words_out, self.words_in = tables.words.take(self.out, axis=1), tables.words.take(self.into, axis=1)
        amount = tables.rules.amount
        self.amount_out, self.amount_in = amount.take(self.out, axis=1), amount.take(self.into, axis=1)
        self.at_bound = np.empty((2, search.count.size), dtype=np.bool_)

    def best(self) -> tuple[int, int] | None:
        """Position and column of the best swap that keeps the rules; None when none improves the plan."""
        if self.into.size == 0:
            return None
        gain = self.score_in - self.score_out[:, np.newaxis]  # (n_out, n_in)
        gain *= self._affordable(self._counts_kept())
        return first_best(gain, self.out, self.into) if gain.item(int(gain.argmax())) > 0 else None

    def take(self, position: int, column: int) -> None:
        """Swap, and let the two items change places."""
        out, into = int(self.out[position]), int(self.into[column])
        self.search.swap(position, into)  # changes self.out, which is the search's own
        self.into[column] = out
        self.score_out[position], self.score_in[column] = self.score_in[column], self.score_out[position]
        if not self.search.free[out]:
            self.score_in[column] = 0  # gone for good
        for outgoing, incoming in ((self.words_out, self.words_in), (self.amount_out, self.amount_in)):
            kept = outgoing[:, position].copy()
            outgoing[:, position] = incoming[:, column]
            incoming[:, column] = kept

    def _counts_kept(self) -> Matrix:
        """Whether each swap keeps the counts that are kept now, (n_out, n_in).

        A row at its maximum takes an item only for another of its own; one at its minimum loses an item only so.
        """
        search, leaves = self.search, self.words_out[:, :, np.newaxis]  # (n_words, n_out, 1)
        comes = self.words_in[:, np.newaxis]
        np.greater_equal(search.count, search.high, out=self.at_bound[0])
        np.less_equal(search.count, search.low, out=self.at_bound[1])
        full, bare = as_words(self.at_bound)
        differs = leaves ^ comes  # (n_words, n_out, n_in)
        differs &= (leaves & bare[:, np.newaxis, np.newaxis]) | (comes & full[:, np.newaxis, np.newaxis])
        kept: Matrix = np.equal(np.bitwise_or.reduce(differs, axis=0), np.uint64(0))
        return kept

    def _affordable(self, kept: Matrix) -> Matrix:
        """Whether each swap that keeps the counts keeps the budgets too, (n_out, n_in)."""
        rules, total = self.search.tables.rules, self.search.total
        leaves = self.amount_out[:, :, np.newaxis]  # (n_budgets, n_out, 1)
        most = leaves + (rules.amount_maximum - total)[:, np.newaxis, np.newaxis]
        for budget, comes in enumerate(self.amount_in):
            kept &= comes <= most[budget]
            if rules.amount_minimum[budget] > 0.0:
                kept &= comes >= leaves[budget] + (rules.amount_minimum[budget] - total[budget])
        return kept
