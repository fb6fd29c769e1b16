"""What a calibration says about itself, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import Convergence

GOOD = Convergence((-120.0, -110.0, -109.5), True, 2e-5, 1e-4, 61, -6.0, 6.0, 1, 1e-6)


def test_a_good_fit_says_how_the_grid_was_checked() -> None:
    assert GOOD.words() == (
        "Converged after 3 cycles: no parameter is expected to move by more than 2e-05. Grid: 61 nodes from -6 to 6, "
        "0.2 apart; on half the spacing and 1.5 times the range the log-likelihood moves by 1e-06, so the grid is wide "
        "and fine enough."
    )


@pytest.mark.parametrize(("n_grids", "times"), [(2, "once"), (3, "twice"), (6, "5 times")])
def test_refining_is_told(n_grids: int, times: str) -> None:
    assert GOOD.words() in replace(GOOD, n_grids=n_grids).words()
    assert replace(GOOD, n_grids=n_grids).words().endswith(f"It was refined {times} to get there.")


def test_a_grid_that_does_not_hold_is_warned_of() -> None:
    assert "moves by 0.4, which is too much: be careful" in replace(GOOD, moved=-0.4).words()


@pytest.mark.parametrize("converged", [True, False])
def test_a_grid_with_as_many_nodes_as_there_may_be_is_told_in_plain_words(converged: bool) -> None:
    largest = replace(GOOD, n_nodes=2001, converged=converged)
    assert "has 2001 nodes, the most there are, and may be coarser than the narrowest posterior asks" in largest.words()
    assert "the most there are" not in replace(GOOD, converged=converged).words()


def test_a_histogram_says_that_its_grid_was_checked_with_normal_densities() -> None:
    assert "; with normal densities, on half the spacing" in replace(GOOD, is_histogram=True).words()


def test_leaps_in_vain_are_steps_but_no_cycles() -> None:
    assert (replace(GOOD, n_given_up=2).n_cycles, replace(GOOD, n_given_up=2).n_steps) == (3, 5)
