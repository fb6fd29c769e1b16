"""What the scored answers of a state say of ability."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from engine.adaptive.bank import AdaptiveBank
from engine.adaptive.state import AdaptiveState
from engine.adaptive.strategy import Estimator
from engine.arrays import BoolArray, FloatArray
from engine.grain import round_to_grain
from engine.selection import (
    PointMethod,
    PointTables,
    Standing,
    add_to_points,
    estimate_points,
    stand,
    start_points,
)

TABLES_KEPT = 16
_METHODS = {Estimator.ML: PointMethod.ML, Estimator.WLE: PointMethod.WLE, Estimator.MAP: PointMethod.MAP}


def posterior_of(bank: AdaptiveBank, state: AdaptiveState, *, without: BoolArray | None = None) -> Standing:
    """Where tests stand: the prior and one row an answer, added in the order of answering.

    Parameters
    ----------
    bank, state
        Of n_persons tests.
    without : (n_persons, n_positions) answers to leave out; None for none
    """
    tables, n_reached = bank.selection, int(state.n_given.max(initial=0))
    answered = state.scored & (state.category >= 0)
    if without is not None:
        answered &= ~without
    reached = np.s_[:, :n_reached]  # what comes after adds nothing
    row = tables.offset.take(state.item[reached])
    row += state.category[reached]
    row[~answered[reached]] = tables.no_answer
    terms = np.empty((state.n_persons, row.shape[1] + 1, tables.n_nodes))
    terms[:, 0] = tables.log_prior
    terms[:, 1:] = tables.row.take(row, axis=0)
    log_weights: FloatArray = np.add.reduce(terms, axis=1)
    standing = stand(tables, log_weights, state.n_scored)
    if bank.strategy.estimator is Estimator.EAP:
        return standing
    return _at_points(bank, state, answered, standing)


def _at_points(bank: AdaptiveBank, state: AdaptiveState, answered: BoolArray, standing: Standing) -> Standing:
    """Return the same with abilities and standard errors by a point; the posterior's error where there is none."""
    points = _points(bank)
    sums = start_points(points, state.n_persons)
    category = np.where(answered, state.category, -1).astype(np.int64)
    for item, scored in zip(state.item.T.astype(np.int64), category.T, strict=True):
        sums = add_to_points(points, sums, item, scored)
    found = estimate_points(points, sums, _METHODS[bank.strategy.estimator], step=bank.strategy.start_step)
    known = np.isfinite(found.standard_error)
    return replace(
        standing,
        theta=round_to_grain(found.theta),
        standard_error=round_to_grain(np.where(known, found.standard_error, standing.standard_error)),
    )


@lru_cache(maxsize=TABLES_KEPT)
def _points(bank: AdaptiveBank) -> PointTables:
    """Tables of a bank; kept, because it never changes."""
    return PointTables(bank.selection)
