"""Exchange unused planned items for more informative ones, one at a time, wherever every rule still holds."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.plan import Plan, Swaps
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.tables import PlanTables, quantised

MOST_SWAPS = 80  # twice a usual test; a start plan of another ability takes about 20, an answer 2


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
    search = Search(tables, plan, tables.allowed(excluded))
    climb(search, quantised(score), limit)
    return search.recorded()


def climb(search: Search, score: IntArray, limit: int = MOST_SWAPS) -> None:
    """Take the best swap until none improves the plan."""
    for _ in range(limit):
        unused = search.unused
        if unused.size == 0:
            return
        worth = score[unused]
        into = np.flatnonzero(search.free & (score > worth.min()))
        if into.size == 0:
            return
        gain = score[into] - worth[:, np.newaxis]  # (n_unused, n_in)
        gain *= search.feasible(unused, into)
        best = int(gain.argmax())
        if gain.flat[best] <= 0:
            return
        position, column = divmod(best, into.size)
        search.swap(position, int(into[column]))
