"""Bring a set of items back within the rules, by the swaps that mend most."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.assembly.rules import WordArray
from engine.assembly.shadow.search import Search, first_best
from engine.assembly.shadow.tables import as_words

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
    """By how much a swap adds to what counts and budgets are beyond their bounds, (n_out, n_in); below 0 it mends.

    In items; budgets in items of mean size. An item that leaves a count at its minimum or below adds one, and takes
    one off a count above its maximum; an item that enters does the reverse. Where both are in a count it stays as it
    is: beyond a bound the two parts cancel, and at one (or at both, where they are equal) what was added is taken back.
    """
    count, low, high = search.count, search.low, search.high
    least, most = count == low, count == high
    rows = (count <= low, count > high, count >= high, count < low, least ^ most, least & most)
    bare, over, full, under, single, double = as_words(np.array(rows))[:, :, np.newaxis]
    words = search.tables.words
    leaves, comes = words[:, out], words[:, into]  # (n_words, n_out), (n_words, n_in)
    out_alone = _ones(leaves & bare) - _ones(leaves & over)
    in_alone = _ones(comes & full) - _ones(comes & under)
    together = np.zeros((out.size, into.size))
    for weight, shared in ((1, leaves & single), (2, leaves & double)):
        for word in np.flatnonzero(shared.any(axis=1)):
            together += weight * np.bitwise_count(shared[word][:, np.newaxis] & comes[word])
    change: FloatArray = (out_alone[:, np.newaxis] + in_alone) - together
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


def _ones(words: WordArray) -> IntArray:
    """How many bits are set in each column: (n_words, n) words, (n,) numbers."""
    counted: IntArray = np.bitwise_count(words).sum(axis=0, dtype=np.int64)
    return counted
