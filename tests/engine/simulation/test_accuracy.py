"""What simulated tests find out about persons, held against the project's targets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine import (
    Behaviour,
    ItemParameters,
    Responses,
    Simulation,
    Subgroup,
    calibrate,
    draw_persons,
    item_information,
    simulate_adaptive,
    simulate_linear,
)
from engine.arrays import FloatArray, IntArray
from engine.exposure import ExposureLimit, ExposureOptions, all_eligible, calibrate_exposure, item_units
from engine.selection import SelectionTables
from engine.simulation import exposure_simulator, use_of_items
from tests.engine.simulation.simulated_banks import (
    LENGTH,
    plain_bank,
    reference_items,
    reference_module,
    unconstrained,
)

EVERYONE = [Subgroup("all")]


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> ModuleType:
    return reference_module(shared_data)


def errors(tests: Simulation) -> tuple[float, float]:
    """Root of the mean squared error, of all and of the tails (beyond 1.5 logits)."""
    squared, tails = (tests.estimate - tests.theta) ** 2, np.abs(tests.theta) > 1.5
    return float(np.sqrt(squared.mean())), float(np.sqrt(squared[tails].mean()))


def coverage(tests: Simulation) -> float:
    return float(np.mean(np.abs(tests.estimate - tests.theta) <= 1.96 * tests.standard_error))


def best_form(tables: SelectionTables, length: int) -> IntArray:
    """Items with the most information over the prior, the best first."""
    information: FloatArray = tables.prior.weights @ item_information(tables.nodes, tables.items)
    return np.argsort(-information, kind="stable")[:length]


def test_the_pupils_of_the_reference_bank_are_measured_as_well_as_the_target_says(reference: ModuleType) -> None:
    """.208 for all, .260 for the tails; .253 for the best linear form.

    Bank, pupils and luck give every digit: maximum information comes to .20811, the target in its three digits.
    """
    bank = unconstrained(reference_items(reference))
    theta, luck = reference.thetas(1000), reference.uniforms(1000)
    overall, tails = errors(simulate_adaptive(bank, theta, bank.pool.items, 1, chance=luck))
    assert overall <= 0.2085
    assert tails <= 0.260
    form = best_form(bank.selection, LENGTH)[np.newaxis]
    linear, _ = errors(simulate_linear(bank.selection, form, theta, bank.pool.items, 1, chance=luck))
    assert linear == pytest.approx(0.253, abs=0.001)


@pytest.mark.slow
def test_forty_thousand_pupils_of_our_own_draws_are_measured_as_well(reference: ModuleType) -> None:
    """Targets: .215 and .257."""
    bank = unconstrained(reference_items(reference))
    tests = simulate_adaptive(bank, draw_persons(EVERYONE, 40_000, 1).theta, bank.pool.items, 1)
    overall, tails = errors(tests)
    assert overall <= 0.215
    assert tails <= 0.257
    assert 0.945 <= coverage(tests) <= 0.955  # three standard errors of a share of .95 are .0033


@pytest.mark.parametrize(
    ("ability", "adaptive", "linear"), [(0.0, -0.19, -0.10), (1.0, -0.36, -0.29), (2.0, -0.57, -0.62)]
)
def test_three_wrong_answers_at_the_start_cost_an_adaptive_test_little_more_than_a_linear_one(
    reference: ModuleType, ability: float, adaptive: float, linear: float
) -> None:
    """Shifts of the mean estimate after 40 items, of the project's targets; their linear form is not known."""
    bank = unconstrained(reference_items(reference), 40)
    theta, items = np.full(4000, ability), bank.pool.items
    form = best_form(bank.selection, 40)[np.newaxis]

    def shift(run: str) -> float:
        mean = []
        for behaviour in (Behaviour(), Behaviour(unlucky=3)):
            if run == "adaptive":
                tests = simulate_adaptive(bank, theta, items, 2, behaviour=behaviour)
            else:
                tests = simulate_linear(bank.selection, form, theta, items, 2, behaviour=behaviour)
            assert behaviour.unlucky == 0 or not tests.category[:, :3].any()
            mean.append(float(tests.estimate.mean()))
        return mean[1] - mean[0]

    assert shift("adaptive") == pytest.approx(adaptive, abs=0.02)
    assert shift("linear") == pytest.approx(linear, abs=0.15)


@pytest.mark.parametrize("linear", [False, True])
def test_intervals_of_95_per_cent_hold_95_per_cent_of_the_persons(linear: bool) -> None:
    bank = plain_bank(200, 20)
    theta, items = draw_persons(EVERYONE, 6000, 3).theta, bank.pool.items
    forms = np.arange(200).reshape(10, 20)
    tests = (
        simulate_linear(bank.selection, forms, theta, items, 4) if linear else simulate_adaptive(bank, theta, items, 4)
    )
    assert 0.93 <= coverage(tests) <= 0.97
    claimed = np.sqrt((tests.standard_error**2).mean())
    assert errors(tests)[0] == pytest.approx(claimed, rel=4.0 / np.sqrt(2 * 6000))  # four standard errors


@pytest.mark.slow
def test_answers_of_a_linear_test_give_back_the_items_that_generated_them() -> None:
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 2.0, 30), rng.normal(size=30))
    theta = draw_persons(EVERYONE, 5000, 6).theta
    tests = simulate_linear(SelectionTables(items), np.arange(30)[np.newaxis], theta, items, 7)
    found = calibrate(Responses.from_dense(tests.category), model="2pl")
    for name in ("discrimination", "difficulty"):
        z = (getattr(found.items, name) - getattr(items, name)) / getattr(found.standard_errors, name)
        assert np.sqrt(np.mean(z**2)) < 1.5
        assert np.abs(z).max() < 4.5


@pytest.mark.slow
def test_answers_of_adaptive_tests_give_back_difficulties_on_their_scale() -> None:
    """Items that few persons met say little; the others come back within their standard errors."""
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(np.ones(60), rng.normal(size=60))
    theta = draw_persons(EVERYONE, 8000, 6).theta
    tests = simulate_adaptive(unconstrained(items, 25), theta, items, 7)
    person = np.repeat(np.arange(8000), 25)
    answers = Responses.from_triplets(person, tests.item.ravel(), tests.category.ravel(), n_persons=8000, n_items=60)
    found = calibrate(answers, model="rasch")
    z = (found.items.difficulty - items.difficulty) / found.standard_errors.difficulty
    assert np.sqrt(np.mean(z**2)) < 1.5


@pytest.mark.slow
def test_a_limit_on_exposure_holds_for_fresh_persons_at_little_cost(reference: ModuleType) -> None:
    """Targets at a limit of .20: no item above .21, overlap .19 or less, RMSE 1.10 times that without a limit."""
    bank = unconstrained(reference_items(reference))
    items, persons = bank.pool.items, draw_persons(EVERYONE, 20_000, 11)
    simulate = exposure_simulator(bank, items)
    start = all_eligible(item_units(bank.n_items))
    options = ExposureOptions(n_persons=5000, n_iterations=16)
    found = calibrate_exposure(simulate, start, [ExposureLimit(0.2)], np.random.default_rng(12), options)
    limited = replace(bank, strategy=replace(bank.strategy, eligibility=found.eligibility))
    free, tests = (simulate_adaptive(of, persons.theta, items, 13) for of in (bank, limited))
    use = use_of_items(tests, bank.plans.rules)
    assert use.highest <= 0.21
    assert use.overlap <= 0.19
    assert errors(tests)[0] <= 1.10 * errors(free)[0]
