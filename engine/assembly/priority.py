"""The light alternative to a plan: information times how much room each rule still has."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.penalty import least_penalty, unbroken
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.tables import PlanTables
from engine.errors import DesignError
from engine.grain import quantise

LEAN = 0.95  # mean amounts that every item still to come must at least be able to take from a budget


def next_by_priority(
    tables: PlanTables, given: IntArray, score: FloatArray, *, excluded: BoolArray | None = None
) -> int:
    """Item with the highest priority index; enemies and passages are kept, counts nearly.

    The maximum priority index of Cheng & Chang (2009), British Journal of Mathematical and Statistical Psychology 62,
    369-383.

    Each rule that an item counts in multiplies its information by the share of the rule's maximum that is left;
    each one that it does not count in, by the share of places that others may still take before its minimum is out
    of reach (the two-sided index of Cheng, Chang, Douglas & Guo, 2009). Where every index is 0, the least weighted
    deviation decides. Ties go to the lowest index.

    Parameters
    ----------
    tables : rules of the pool
    given : items given already, in order
    score : (n_items,) what each item is worth now, 0 or more
    excluded : (n_items,) items that may not be given, None for none

    Raises
    ------
    DesignError
        If every item that may be scored was given.
    """
    given = np.asarray(given, dtype=np.int64)
    unseen = tables.rules.usable.copy()
    unseen[given] = False
    if not unseen.any():
        raise DesignError("every item that may be scored has been given")
    allowed = unseen if excluded is None or not (unseen & ~excluded).any() else unseen & ~excluded
    candidates = _open(tables, given, allowed)
    index = score[candidates] * _room(tables, given, candidates)
    if not np.any(index > 0.0):
        return least_penalty(tables, Plan(given, given.size), score, candidates)
    return int(candidates[np.argmax(quantise(index))])


def _open(tables: PlanTables, given: IntArray, allowed: BoolArray) -> IntArray:
    """Items that keep enemies apart and passages whole; where none does, those that clash least."""
    rules = tables.rules
    count = tables.counts(given)[rules.passage_rows]
    fewest, most = rules.minimum[rules.passage_rows], rules.maximum[rules.passage_rows]
    current = int(rules.passage[given[-1]]) if given.size else -1
    if current >= 0 and count[current] < fewest[current]:
        inside = np.flatnonzero(allowed & (rules.passage == current))
        if inside.size:
            return inside
    left = rules.length - given.size
    begun = count > 0
    available = np.bincount(rules.passage[allowed & (rules.passage >= 0)], minlength=rules.n_passages)
    may = ~begun & (available >= fewest) & (fewest <= left) & (int(begun.sum()) < rules.passages_maximum)
    if current >= 0:
        may[current] = count[current] < most[current]
    owed = max(0, rules.passages_minimum - int(begun.sum()))
    smallest = int(fewest[~begun].min()) if owed and not begun.all() else 0
    alone = left > owed * smallest  # else passages that are still owed need every place
    fits = np.where(rules.passage >= 0, np.append(may, alone)[rules.passage], alone)
    kept = unbroken(tables, Plan(given, given.size), allowed & fits) if np.any(allowed & fits) else np.empty(0, int)
    return kept if kept.size else unbroken(tables, Plan(given, given.size), allowed)


def _room(tables: PlanTables, given: IntArray, candidates: IntArray) -> FloatArray:
    """Product over the rules of the room that each leaves for a candidate, (n_candidates,)."""
    rules = tables.rules
    n, length, n_given = rules.n_counts, rules.length, given.size
    count = tables.counts(given)[:n].astype(np.float64)
    low, high = rules.minimum[:n], np.minimum(rules.maximum[:n], length)
    above = np.clip((high - count) / np.maximum(high, 1), 0.0, 1.0)
    below = np.where(
        low > 0, np.clip(((length - low) - (n_given - count)) / np.maximum(length - low, 1), 0.0, 1.0), 1.0
    )
    member = tables.member[candidates][:, :n] > 0
    room: FloatArray = np.where(member, above, below).prod(axis=1)
    return room * _affordable(tables, given, candidates)


def _affordable(tables: PlanTables, given: IntArray, candidates: IntArray) -> FloatArray:
    """Share of the budgets' usual pace that is left after each candidate; 0 beyond a lean pace, (n_candidates,)."""
    rules = tables.rules
    after = max(0, rules.length - given.size - 1)
    share = np.ones(candidates.size)
    for amount, most, usual in zip(rules.amount, rules.amount_maximum, tables.budget_unit.tolist(), strict=True):
        spare = most - float(amount[given].sum()) - amount[candidates]
        share *= np.where(spare >= LEAN * usual * after, np.clip(spare / (usual * max(after, 1)), 0.0, 1.0), 0.0)
    return share
