"""Bring a set of items back within the rules, by the swaps that mend most."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.assembly.shadow.search import Search, first_best

MOST_REPAIRS = 40  # a passage that takes another's place needs 0 to 5, mostly one or two
MENDED = 1e-9  # violations smaller than this are rounding


def repair(search: Search, score: IntArray, limit: int = MOST_REPAIRS) -> bool:
    """Swap until no rule is broken; of the swaps that mend most, the one that costs least information.

    Parameters
    ----------
    search : the plan; changed in place
    score : (n_items,) whole multiples of 1e-9
    limit : most swaps

    Returns
    -------
    Whether all rules are kept. Swaps that only move a violation elsewhere are not tried.
    """
    for _ in range(limit):
        if search.kept():
            return True
        into = np.flatnonzero(search.free)
        if search.unused.size == 0 or into.size == 0:
            return False
        change = _changes(search, search.unused, into)
        least = float(change.min())
        if least >= -MENDED:
            return False
        gain = score[into] - score[search.unused][:, np.newaxis]
        gain[change > least + MENDED] = np.iinfo(np.int64).min
        position, column = first_best(gain, search.unused, into)
        search.swap(position, int(into[column]))
    return search.kept()


def _changes(search: Search, out: IntArray, into: IntArray) -> FloatArray:
    """How many items fewer or more a swap leaves too many or too few, (n_out, n_in); budgets in mean items.

    Within bounds, only a row at its bound changes: by one for what leaves it, one for what enters. Where both
    items are in a row, nothing changes, so its part is taken back; rows beyond a bound have parts that cancel.
    """
    member, at_low, at_high = search.tables.member, search.low - search.count, search.high - search.count
    leaves, comes = member.take(out, axis=0), member.take(into, axis=0)  # (n_out, n_rows), (n_in, n_rows)
    shed = (at_low >= 0).astype(np.float32) - (at_high < 0)
    gained = (at_high <= 0).astype(np.float32) - (at_low > 0)
    counts = (leaves @ shed)[:, np.newaxis] + comes @ gained - (leaves * (shed + gained)) @ comes.T  # small: exact
    change: FloatArray = counts.astype(np.float64)
    for budget in range(search.total.size):
        change += _overspent(search, budget, out, into)
    return change


def _overspent(search: Search, budget: int, out: IntArray, into: IntArray) -> FloatArray | float:
    """How much further a swap takes a sum beyond its budget, (n_out, n_in), in mean items; 0.0 where none can."""
    rules = search.tables.rules
    leaves, comes, total = rules.amount[budget, out], rules.amount[budget, into], search.total[budget]
    low, high = rules.amount_minimum[budget], rules.amount_maximum[budget]
    unit = search.tables.budget_unit[budget]
    before = max(0.0, total - high, low - total)
    lowest, highest = total + comes.min() - leaves.max(), total + comes.max() - leaves.min()
    if before == 0.0 and low <= lowest and highest <= high:
        return 0.0
    after = (total - leaves)[:, np.newaxis] + comes
    beyond: FloatArray = (np.maximum(np.maximum(after - high, low - after), 0.0) - before) / unit
    return beyond
