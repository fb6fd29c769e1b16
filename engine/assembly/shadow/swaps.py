"""Exchange unused planned items for more informative ones, one at a time, wherever every rule still holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.plan import Plan, Swaps
from engine.assembly.shadow.search import Search, first_best
from engine.assembly.shadow.tables import PlanTables
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
        self.rows_out, self.rows_in = tables.member.take(self.out, axis=0), tables.member.take(self.into, axis=0)
        self.amount_out, self.amount_in = tables.amount.take(self.out, axis=0), tables.amount.take(self.into, axis=0)

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
        for outgoing, incoming in ((self.rows_out, self.rows_in), (self.amount_out, self.amount_in)):
            kept = outgoing[position].copy()
            outgoing[position] = incoming[column]
            incoming[column] = kept

    def _counts_kept(self) -> Matrix:
        """Whether each swap keeps the counts that are kept now, (n_out, n_in).

        A row at its maximum takes an item only for another of its own; one at its minimum loses an item only so. For
        each swap the rows at a bound that either item is in are counted, and must be the rows that both are in.
        """
        search = self.search
        full = (search.count >= search.high).astype(np.float32)
        bare = (search.count <= search.low).astype(np.float32)
        alone = np.add.outer(self.rows_out @ bare, self.rows_in @ full)  # small whole numbers: exact
        kept: Matrix = self.rows_out @ (self.rows_in * (full + bare)).T >= alone
        return kept

    def _affordable(self, kept: Matrix) -> Matrix:
        """Whether each swap that keeps the counts keeps the budgets too, (n_out, n_in)."""
        rules, total = self.search.tables.rules, self.search.total
        most = self.amount_out + (rules.amount_maximum - total)  # (n_out, n_budgets)
        for budget, least in enumerate(rules.amount_minimum.tolist()):
            comes = self.amount_in[:, budget]
            kept &= comes <= most[:, budget, np.newaxis]
            if least > 0.0:
                kept &= comes >= (self.amount_out[:, budget] + (least - total[budget]))[:, np.newaxis]
        return kept
