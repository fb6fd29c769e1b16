"""When adaptive tests are over: what the stopping rules ask for is worked out from the state, and only then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.adaptive.bank import AdaptiveBank
from engine.adaptive.posterior import posterior_of
from engine.adaptive.state import AdaptiveState
from engine.adaptive.strategy import Ending
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.classification import ClassificationTable, add_to_likelihoods, classification_table, log_ratios
from engine.selection import Standing, information_of_all
from engine.stopping import (
    BlueprintComplete,
    MaximumLength,
    PredictedReduction,
    Progress,
    ReasonArray,
    StopReason,
    TimeLimit,
    VarianceReduction,
    reasons_to_stop,
)

TABLES_KEPT = 16
FULL_LENGTH, GOING_ON = np.int8(StopReason.FULL_LENGTH), np.int8(StopReason.GOING_ON)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What a stopping rule may ask about n_persons tests.

    Attributes
    ----------
    bank, state, standing : as in a scene
    barred : (n_persons, n_items) items that may not be given now
    elapsed_ms : (n_persons,) working time so far; None where nobody holds a clock
    """

    bank: AdaptiveBank
    state: AdaptiveState
    standing: Standing
    barred: BoolArray
    elapsed_ms: IntArray | None


def reasons(moment: Moment) -> ReasonArray:
    """Why each test is over, (n_persons,): a `StopReason`, 0 to go on.

    Parameters
    ----------
    moment : of n_persons tests
    """
    length = moment.bank.blueprint.length
    ending = moment.bank.strategy.ending
    n_scored = moment.standing.n_given
    if ending is None:
        return np.where(n_scored >= length, FULL_LENGTH, GOING_ON)
    timeless = moment.elapsed_ms is None
    rules = (*(rule for rule in ending.rules if not (timeless and isinstance(rule, TimeLimit))), MaximumLength(length))
    kinds = {type(rule) for rule in rules}
    progress = Progress(
        n_answered=n_scored,
        standard_error=moment.standing.standard_error,
        standard_error_before=_before(moment) if VarianceReduction in kinds else None,
        information_ahead=_ahead(moment) if PredictedReduction in kinds else None,
        elapsed_ms=moment.elapsed_ms,
        is_complete=_is_complete(moment) if ending.until_complete or BlueprintComplete in kinds else None,
        log_ratio=_log_ratio(moment, ending) if ending.cuts is not None else None,
    )
    return reasons_to_stop(rules, progress, minimum=ending.minimum, until_complete=ending.until_complete)


def _before(moment: Moment) -> FloatArray:
    """Standard errors before the last scored answer, (n_persons,)."""
    scored = moment.state.scored
    last = np.cumsum(scored, axis=1) == scored.sum(axis=1, keepdims=True)
    return posterior_of(moment.bank, moment.state, without=scored & last).standard_error


def _ahead(moment: Moment) -> FloatArray:
    """Information of the best item left at the present ability, (n_persons,)."""
    information = information_of_all(moment.bank.selection, moment.standing.theta)
    ahead: FloatArray = np.where(moment.barred, 0.0, information).max(axis=1)
    return ahead


def _is_complete(moment: Moment) -> BoolArray:
    """Whether the scored items meet every rule but the length, (n_persons,)."""
    rules, state = moment.bank.plans.rules, moment.state
    given = (state.item[person, state.scored[person]] for person in range(state.n_persons))
    return np.array([not set(rules.broken(items)) - {"length"} for items in given], dtype=np.bool_)


def _log_ratio(moment: Moment, ending: Ending) -> FloatArray:
    """Log-likelihood ratio at each cut score, (n_persons, n_cuts)."""
    assert ending.cuts is not None
    table, state = _table(moment.bank), moment.state
    counted = np.where(state.scored, state.category, -1).astype(np.int64)
    likelihood = np.zeros((state.n_persons, table.n_points))
    for item, category in zip(state.item.T.astype(np.int64), counted.T, strict=True):
        likelihood = add_to_likelihoods(table, likelihood, item, category)
    return log_ratios(table, likelihood)


@lru_cache(maxsize=TABLES_KEPT)
def _table(bank: AdaptiveBank) -> ClassificationTable:
    """Return what every answer says about the cuts of a bank; kept, because a bank never changes."""
    ending = bank.strategy.ending
    assert ending is not None
    assert ending.cuts is not None
    return classification_table(bank.pool.items, ending.cuts)
