"""Tests that end when enough is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import AdaptiveBank, DesignError, Ending, Method, Strategy, make_bank, simulate_adaptive
from engine.classification import Classified, CutScores
from engine.stopping import (
    BlueprintComplete,
    PredictedReduction,
    StandardError,
    StopReason,
    TimeLimit,
    VarianceReduction,
)
from tests.engine.simulation.simulated_banks import plain_bank, rich_blueprint, rich_pool
from tests.engine.simulation.test_adaptive import assert_same, both_ways, rich_bank

BANK = plain_bank(300, 40)
THETA = np.random.default_rng(1).normal(size=2000)
ITEMS = BANK.pool.items


def ending_by(bank: AdaptiveBank, ending: Ending) -> AdaptiveBank:
    """The same bank with other rules that end tests."""
    return replace(bank, strategy=replace(bank.strategy, ending=ending))


def test_precision_ends_a_test_and_no_sooner() -> None:
    tests = simulate_adaptive(ending_by(BANK, Ending((StandardError(0.3),), minimum=8)), THETA, ITEMS, 1)
    ended = tests.reason == StopReason.PRECISE
    assert 0.5 < ended.mean() < 1.0
    assert tests.standard_error[ended].max() <= 0.3
    assert np.all(tests.n_scored[ended] >= 8)
    assert np.all(tests.n_scored[~ended] == 40)
    assert np.all(tests.reason[~ended] == StopReason.FULL_LENGTH)
    whole = simulate_adaptive(BANK, THETA, ITEMS, 1)
    first = np.arange(40) < tests.n_scored[:, np.newaxis]
    assert np.array_equal(tests.item[first], whole.item[first])
    assert np.all(tests.item[~first] == -1)


def test_time_ends_a_test_below_its_least_length() -> None:
    bank = ending_by(BANK, Ending((TimeLimit(600_000),), minimum=30))
    tests = simulate_adaptive(bank, THETA[:50], ITEMS, 1, duration=np.full(300, 60_000.0))
    assert np.all(tests.n_scored == 10)
    assert np.all(tests.reason == StopReason.TIME_UP)


def test_a_level_that_is_certain_ends_a_test_and_is_rarely_wrong() -> None:
    cuts = CutScores(np.array([-0.7, 0.6]), 0.25)
    tests = simulate_adaptive(ending_by(BANK, Ending((Classified(cuts),), minimum=5)), THETA, ITEMS, 1)
    certain = tests.reason == StopReason.CLASSIFIED
    assert certain.mean() > 0.3
    far = certain & (np.abs(tests.theta[:, np.newaxis] - cuts.theta) > cuts.delta).all(axis=1)
    level = np.searchsorted(cuts.theta, tests.theta)
    assert np.mean(np.searchsorted(cuts.theta, tests.estimate)[far] == level[far]) > 0.95


@pytest.mark.parametrize("until_complete", [False, True])
def test_both_loops_end_tests_alike(until_complete: bool) -> None:
    """A field-test item tells nothing of ability, and so is no reason to stop."""
    rules = (StandardError(0.35), VarianceReduction(0.02), Classified(CutScores(np.zeros(1), 0.2)))
    ending = Ending(rules, minimum=3, until_complete=until_complete)
    fast, slow = both_ways(ending_by(rich_bank(), ending), 150)
    assert_same(fast, slow)
    reasons = set(np.unique(fast.reason).tolist())
    assert {StopReason.PRECISE, StopReason.LITTLE_GAINED} <= reasons


def test_a_blueprint_that_is_not_met_yet_keeps_a_test_going() -> None:
    pool = rich_pool(3)
    bank = make_bank(pool, rich_blueprint(12), Strategy(method=Method.SHADOW))
    ending = Ending((StandardError(0.9),), until_complete=True)
    tests = simulate_adaptive(ending_by(bank, ending), THETA[:60], pool.items, 1)
    number = np.array([label == "number" for label in pool.labels["area"]])
    ended = np.flatnonzero(tests.reason == StopReason.PRECISE)
    assert ended.size
    for person in ended.tolist():
        assert 4 <= number[tests.scored_items(person)].sum() <= 8


def test_both_loops_end_tests_alike_when_the_blueprint_is_complete() -> None:
    fast, slow = both_ways(ending_by(rich_bank(), Ending((BlueprintComplete(),), minimum=5)), 100)
    assert_same(fast, slow)
    assert np.mean(fast.reason == StopReason.COMPLETE) > 0.5


def test_a_rule_that_looks_ahead_ends_tests_too() -> None:
    bank = ending_by(BANK, Ending((PredictedReduction(0.008),), minimum=5))
    tests = simulate_adaptive(bank, THETA[:60], ITEMS, 1)
    ended = tests.reason == StopReason.LITTLE_TO_GAIN
    assert ended.any()
    assert tests.n_scored[ended].max() < 40


def test_rules_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DesignError, match="minimum length must be 0 or more, not -1"):
        Ending((), minimum=-1)
    cuts = Classified(CutScores(np.zeros(1), 0.2))
    with pytest.raises(DesignError, match="one set of cut scores"):
        Ending((cuts, cuts))
    with pytest.raises(DesignError, match="finite, 0 or more"):
        simulate_adaptive(BANK, THETA, ITEMS, 1, duration=np.array([1.0, -1.0]))
    with pytest.raises(DesignError, match="least length 41 is above the greatest, 40"):
        simulate_adaptive(ending_by(BANK, Ending((), minimum=41)), THETA, ITEMS, 1)
    with pytest.raises(DesignError, match="a duration for each of 300 items, not 0"):
        simulate_adaptive(ending_by(BANK, Ending((TimeLimit(1000),))), THETA, ITEMS, 1)
