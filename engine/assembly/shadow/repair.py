"""Bring a set of items back within the rules, by the swaps that mend most."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.assembly.rules import WordArray
from engine.assembly.shadow.search import Search, as_words

MOST_REPAIRS = 40  # a passage that takes another's place needs 0 to 6
MENDED = 1e-9  # violations smaller than this are rounding


def violation(search: Search) -> float:
    """How many items too many or too few, over all rows and budgets (budgets in mean items)."""
    over = np.maximum(search.count - search.high, 0) + np.maximum(search.low - search.count, 0)
    return float(over.sum() + _beyond(search, search.total).sum() + _missing_passages(search))


def repair(search: Search, score: IntArray, limit: int = MOST_REPAIRS) -> bool:
    """Swap until no rule is broken; of the swaps that mend most, the one that costs least information.

    Returns
    -------
    Whether all rules are kept. Swaps that only move a violation elsewhere are not tried.
    """
    for _ in range(limit):
        wrong = violation(search)
        if wrong <= MENDED:
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
        position, column = divmod(int(gain.argmax()), into.size)
        search.swap(position, int(into[column]))
    return violation(search) <= MENDED


def _changes(search: Search, out: IntArray, into: IntArray) -> FloatArray:
    """How much each swap adds to the violation, (n_out, n_in).

    Within bounds, only a row at its bound changes: by one for what leaves it, one for what enters. Where both
    items are in a row, nothing changes, so its part is taken back; rows beyond a bound have parts that cancel.
    """
    count, low, high = search.count, search.low, search.high
    leaving, entering = count <= low, count >= high
    mending = as_words(count > high), as_words(count < low)
    one, two = as_words((count == low) ^ (count == high)), as_words((count == low) & (count == high))
    words = zip(
        search.tables.words, as_words(leaving), as_words(entering), mending[0], mending[1], one, two, strict=True
    )
    change = np.zeros((out.size, into.size))
    for bits, bare, full, over, under, single, double in words:
        leaves, comes = bits[out], bits[into]
        change += (_ones(leaves & bare) - _ones(leaves & over))[:, np.newaxis]
        change += _ones(comes & full) - _ones(comes & under)
        change -= _ones((leaves & single)[:, np.newaxis] & comes)
        if np.any(leaves & double):
            change -= 2.0 * _ones((leaves & double)[:, np.newaxis] & comes)
    amount = search.tables.rules.amount
    if amount.size:
        total = search.total[:, np.newaxis, np.newaxis] + amount[:, np.newaxis, into] - amount[:, out, np.newaxis]
        change += _beyond(search, total).sum(axis=0) - _beyond(search, search.total).sum()
    return change


def _ones(words: WordArray) -> FloatArray:
    """Bits that are set in each word."""
    return np.bitwise_count(words).astype(np.float64)


def _beyond(search: Search, total: FloatArray) -> FloatArray:
    """How far sums are outside their budgets, in mean items; budgets on the first axis."""
    rules, shape = search.tables.rules, (-1,) + (1,) * (total.ndim - 1)
    low, high = rules.amount_minimum.reshape(shape), rules.amount_maximum.reshape(shape)
    unit = search.tables.budget_unit.reshape(shape)
    beyond: FloatArray = np.maximum(np.maximum(total - high, low - total), 0.0) / unit
    return beyond


def _missing_passages(search: Search) -> int:
    """Passages too few or too many."""
    rules = search.tables.rules
    held = int((search.high[rules.passage_rows] > 0).sum())
    return max(0, rules.passages_minimum - held, held - rules.passages_maximum)
