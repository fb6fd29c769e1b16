"""The grid of a calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.calibration.grid import LARGEST_N_NODES, grid_for, holds, is_at_its_largest, make_grid, wider_and_finer
from engine.calibration.start import starting_population

NOBODY = np.zeros(0)


def test_it_starts_as_61_nodes_from_minus_six_to_six() -> None:
    standard = starting_population(1, 0, free_first_mean=False, free_first_sd=False)
    assert grid_for(standard, NOBODY, np.inf, None) == pytest.approx(np.linspace(-6.0, 6.0, 61), abs=1e-12)


def test_it_covers_six_sds_of_every_group_and_every_persons_regression() -> None:
    groups = starting_population(2, 1, free_first_mean=False, free_first_sd=False)
    groups = replace(groups, mean=np.array([0.0, 3.0]), log_sd=np.log([1.0, 1.6]))
    nodes = grid_for(groups, np.array([-1.0, 2.0]), np.inf, None)
    assert nodes[0] <= -7.0
    assert nodes[-1] >= 3.0 + 6.0 * 1.6 + 2.0


def test_it_is_as_fine_as_the_narrowest_posterior_wants_it() -> None:
    standard = starting_population(1, 0, free_first_mean=False, free_first_sd=False)
    nodes = grid_for(standard, NOBODY, 0.11, None)
    assert nodes[1] - nodes[0] == pytest.approx(0.1)
    assert 0.0 in nodes.round(12)


@pytest.mark.parametrize("seen", [0.0, 1e-9, 0.03])
def test_a_posterior_that_falls_between_two_nodes_makes_the_grid_four_times_as_fine_and_no_finer(seen: float) -> None:
    """On one node its sd is 0, or what rounding leaves of it; a finer grid will tell what it is."""
    standard = starting_population(1, 0, free_first_mean=False, free_first_sd=False)
    nodes = grid_for(standard, NOBODY, seen, make_grid(-6.0, 6.0, 0.2))
    assert nodes[1] - nodes[0] == pytest.approx(0.05)


def test_a_grid_that_would_be_endless_is_cut_short_and_says_so() -> None:
    assert not is_at_its_largest(make_grid(-6.0, 6.0, 0.2))
    coarse = make_grid(-200.0, 200.0, 0.05)
    assert (coarse.size, coarse[0], coarse[-1]) == (LARGEST_N_NODES, -200.0, 200.0)
    assert is_at_its_largest(coarse)


def test_wider_and_finer_is_half_the_spacing_and_half_as_wide_again() -> None:
    nodes = wider_and_finer(make_grid(-6.0, 6.0, 0.2))
    assert (nodes[0], nodes[-1], nodes.size) == (pytest.approx(-9.0), pytest.approx(9.0), 181)
    assert holds(nodes, make_grid(-6.0, 6.0, 0.2))
    assert not holds(make_grid(-6.0, 6.0, 0.2), nodes)
    assert not holds(make_grid(-5.0, 6.0, 0.1), make_grid(-6.0, 6.0, 0.2))
