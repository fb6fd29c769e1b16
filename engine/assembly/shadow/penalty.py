"""The next item when no plan meets every rule: the one that leaves the blueprint least broken."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.tables import PlanTables
from engine.grain import quantise

INFORMATION = 0.5  # what the most informative item is worth, in items too many or too few


def least_penalty(tables: PlanTables, plan: Plan, score: FloatArray, candidates: IntArray) -> int:
    """Candidate with the smallest weighted deviation from the blueprint.

    Swanson & Stocking (1993), A model and heuristic for solving very large item selection problems, Applied
    Psychological Measurement 17, 151-166.

    The rest of the test is taken to be like the pool on average. Ties go to the lowest index.

    Parameters
    ----------
    tables : rules of the pool
    plan : what was given so far
    score : (n_items,) what each item is worth, 0 or more
    candidates : item indices, at least one
    """
    rules = tables.rules
    share = tables.member[rules.usable].mean(axis=0)
    remaining = max(0, rules.length - plan.n_given - 1)
    bounded = np.flatnonzero(tables.high <= rules.length)
    bounded = bounded[(bounded < rules.passage_rows.start)]  # passages are kept whole by the candidates
    expected = tables.counts(plan.given)[bounded] + remaining * share[bounded]
    projected = expected + tables.member[candidates][:, bounded]  # (n_candidates, n_rows)
    penalty = _outside(projected, tables.low[bounded], tables.high[bounded])
    amount = rules.amount
    if amount.size:
        sums = amount[:, plan.given].sum(axis=1) + remaining * amount[:, rules.usable].mean(axis=1)
        sums = (sums + amount[:, candidates].T) / tables.budget_unit
        penalty += _outside(sums, rules.amount_minimum / tables.budget_unit, rules.amount_maximum / tables.budget_unit)
    worth = score[candidates] / max(float(score[candidates].max()), np.finfo(np.float64).tiny)
    return int(candidates[np.argmin(quantise(penalty - INFORMATION * worth))])


def unbroken(tables: PlanTables, plan: Plan, candidates: BoolArray) -> IntArray:
    """Candidates that at least clash with nothing given: no enemies, no second visit to a passage, no full row.

    Where nothing is left of that, the enemies alone; where nothing is left of that either, all candidates.

    Parameters
    ----------
    tables : rules of the pool
    plan : what was given so far
    candidates : (n_items,) items that may be given
    """
    rules = tables.rules
    count = tables.counts(plan.given)
    full = count >= tables.high
    enemies = rules.n_counts + np.flatnonzero(full[rules.n_counts :][: rules.n_enemies])
    hostile = (tables.member[:, enemies] > 0).any(axis=1)
    current = int(rules.passage[plan.given[-1]]) if plan.n_given else -1
    rows = count[rules.passage_rows]
    closed = (rows > 0) & (np.arange(rules.n_passages) != current)
    left = (rules.passage >= 0) & np.append(closed, False)[rules.passage]
    stuffed = (tables.member[:, full] > 0).any(axis=1)
    for clashes in (hostile | left | stuffed, hostile | left, hostile):
        kept = np.flatnonzero(candidates & ~clashes)
        if kept.size:
            return kept
    return np.flatnonzero(candidates)


def _outside(values: FloatArray, low: FloatArray | IntArray, high: FloatArray | IntArray) -> FloatArray:
    """Sum of how far each row of values is beyond its bounds."""
    outside: FloatArray = np.maximum(np.maximum(values - high, low - values), 0.0).sum(axis=1)
    return outside
