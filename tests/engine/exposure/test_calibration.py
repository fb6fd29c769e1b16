from __future__ import annotations

import numpy as np
import pytest

from engine.arrays import FloatArray
from engine.errors import DesignError
from engine.exposure import (
    Eligibility,
    ExposureLimit,
    ExposureOptions,
    Simulate,
    SimulatedTests,
    all_eligible,
    calibrate_exposure,
    calibrate_sympson_hetter,
    conditional_limits,
    exposure_rates,
    item_units,
    overlap_rate,
    sympson_hetter_step,
    unit_draws,
)
from engine.exposure.calibration import draw_abilities, population_weights, spread_evenly
from engine.selection import SelectionTables
from tests.engine.exposure.cohorts import Cohort, give_tests
from tests.engine.selection.random_banks import three_parameter_bank

N_ITEMS, LENGTH, RATE, N = 300, 15, 0.25, 8000
QUICK = ExposureOptions(n_persons=2000, n_iterations=16)
NOISE = 4.5 * np.sqrt(RATE * (1.0 - RATE) / N)  # some 60 rates near the limit: 1 in 5,000 runs has one beyond


@pytest.fixture(scope="module")
def tables() -> SelectionTables:
    return SelectionTables(three_parameter_bank(N_ITEMS))


def simulator(tables: SelectionTables) -> Simulate:
    def simulate(
        theta: FloatArray, draws: FloatArray, eligibility: Eligibility, rng: np.random.Generator
    ) -> SimulatedTests:
        return give_tests(tables, theta, rng, eligibility, draws, length=LENGTH).tests

    return simulate


def fresh(tables: SelectionTables, eligibility: Eligibility, mean: float = 0.0) -> Cohort:
    rng = np.random.default_rng(20261123)
    draws = unit_draws(eligibility, rng.random(N))
    return give_tests(tables, rng.standard_normal(N) + mean, rng, eligibility, draws, length=LENGTH)


def test_limits_hold_for_fresh_persons(tables: SelectionTables) -> None:
    start = all_eligible(item_units(N_ITEMS))
    found = calibrate_exposure(simulator(tables), start, [ExposureLimit(RATE)], np.random.default_rng(1), QUICK)
    rates = exposure_rates(fresh(tables, found.eligibility).tests.item, N_ITEMS)
    assert rates.max() <= RATE + NOISE
    assert np.sort(rates)[-30:].mean() > 0.9 * RATE  # and nothing is held back for no reason
    assert found.highest[0, 0] == pytest.approx(1.0 / RATE)  # at first everybody sees the first item
    assert found.lifted[-1] == 0.0


def test_limits_of_several_populations_hold_for_each(tables: SelectionTables) -> None:
    limits = [ExposureLimit(RATE, mean) for mean in (-0.4, 0.4)]
    start = all_eligible(item_units(N_ITEMS))
    found = calibrate_exposure(simulator(tables), start, limits, np.random.default_rng(1), QUICK)
    for mean in (-0.4, 0.0, 0.4):
        cohort = fresh(tables, found.eligibility, mean)
        assert exposure_rates(cohort.tests.item, N_ITEMS).max() <= RATE + NOISE


def test_limits_conditional_on_ability_hold_in_each_interval(tables: SelectionTables) -> None:
    edges = np.array([-0.8, 0.0, 0.8])
    limits, start = conditional_limits(edges, RATE), all_eligible(item_units(N_ITEMS), edges)
    found = calibrate_exposure(simulator(tables), start, limits, np.random.default_rng(1), QUICK)
    cohort = fresh(tables, found.eligibility)
    lives = start.interval(cohort.theta)
    for k in range(4):
        here = cohort.tests.item[lives == k]
        noise = 4.5 * np.sqrt(RATE * (1.0 - RATE) / len(here))
        assert exposure_rates(here, N_ITEMS).max() <= 1.03 * RATE + noise


def test_a_passage_answers_for_its_busiest_item(tables: SelectionTables) -> None:
    unit = np.arange(N_ITEMS) // 3
    found = calibrate_exposure(
        simulator(tables), all_eligible(unit), [ExposureLimit(RATE)], np.random.default_rng(1), QUICK
    )
    assert found.eligibility.probability.shape == (1, N_ITEMS // 3)
    assert exposure_rates(fresh(tables, found.eligibility).tests.item, N_ITEMS).max() <= RATE + NOISE


def test_overlap_is_kept_where_it_asks_more_than_the_rates(tables: SelectionTables) -> None:
    start = all_eligible(item_units(N_ITEMS))
    limit = ExposureLimit(RATE, overlap=0.15)
    found = calibrate_exposure(simulator(tables), start, [limit], np.random.default_rng(1), QUICK)
    assert 0.13 <= overlap_rate(fresh(tables, found.eligibility).tests.item, N_ITEMS) <= 0.15


def test_each_item_has_its_own_limit(tables: SelectionTables) -> None:
    rate = np.where(np.arange(N_ITEMS) % 2 == 0, 0.15, 0.4)
    found = calibrate_exposure(
        simulator(tables),
        all_eligible(item_units(N_ITEMS)),
        [ExposureLimit(rate)],
        np.random.default_rng(1),
        QUICK,
    )
    rates = exposure_rates(fresh(tables, found.eligibility).tests.item, N_ITEMS)
    assert np.all(rates <= rate + 4.5 * np.sqrt(rate * (1.0 - rate) / N))


def test_sympson_hetter_finds_the_same_without_averaging(tables: SelectionTables) -> None:
    start = all_eligible(item_units(N_ITEMS))
    options = ExposureOptions(n_persons=2000, n_iterations=10)
    found = calibrate_sympson_hetter(simulator(tables), start, [ExposureLimit(RATE)], np.random.default_rng(1), options)
    rates = exposure_rates(fresh(tables, found).tests.item, N_ITEMS)
    noise = 4.5 * np.sqrt(RATE * (1.0 - RATE) * (1 / N + 1 / 2000))  # of the check and of the last iteration
    assert rates.max() <= RATE + noise


def test_a_step_of_sympson_hetter_by_hand() -> None:
    """Limits of .2 over selected shares of 1, .4 and .1; the two largest become 1."""
    step = sympson_hetter_step(np.array([[1.0, 0.4, 0.1]]), np.full(3, 0.2), 2)
    assert step.tolist() == [[0.2, 1.0, 1.0]]
    assert sympson_hetter_step(np.array([[1.0, 0.4, 0.1]]), np.full(3, 0.2), 1).tolist() == [[0.2, 0.5, 1.0]]


def test_persons_of_all_populations_stand_for_each() -> None:
    limits = [ExposureLimit(0.2, -0.5), ExposureLimit(0.2, 0.7, 0.8), *conditional_limits(np.array([1.0]), 0.2)]
    theta = draw_abilities(limits, 40_000, np.random.default_rng(1))
    weights = population_weights(limits, theta)
    assert weights.sum(axis=1) == pytest.approx(1.0)
    assert (weights @ theta)[:2] == pytest.approx([-0.5, 0.7], abs=0.01)
    assert weights[1] @ (theta - 0.7) ** 2 == pytest.approx(0.64, abs=0.01)
    assert weights[3, theta < 1.0].sum() == 0.0


def test_numbers_are_spread_evenly() -> None:
    numbers = spread_evenly((500, 3), np.random.default_rng(1))
    assert np.array_equal(np.sort(np.floor(numbers * 500), axis=0), np.tile(np.arange(500.0)[:, np.newaxis], 3))
    standardised = (numbers - 0.5) * np.sqrt(12.0)
    correlation = standardised.T @ standardised / 500
    assert np.abs(correlation[np.triu_indices(3, 1)]).max() < 4.0 / np.sqrt(500)


def test_bad_input_is_refused(tables: SelectionTables) -> None:
    start, rng = all_eligible(item_units(N_ITEMS)), np.random.default_rng(1)
    with pytest.raises(DesignError, match="sum to 12, too few for a test of 15"):
        calibrate_exposure(simulator(tables), start, [ExposureLimit(0.04)], rng, QUICK)
    with pytest.raises(DesignError, match="one limit for each of 1 intervals, not 2"):
        calibrate_sympson_hetter(simulator(tables), start, conditional_limits(np.array([0.0]), 0.2), rng, QUICK)
    with pytest.raises(DesignError, match="100 persons"):
        ExposureOptions(n_persons=10)
    with pytest.raises(DesignError, match="margin"):
        ExposureOptions(margin=0.6)
