"""A fit rests on a grid that was checked, and refined where the likelihood still depended on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import ItemParameters, Responses, simulate_responses
from engine.arrays import FloatArray
from engine.calibration.fitting import Outcome, climb_uncut, fit_on_checked_grid, whole_parts
from engine.calibration.grid import LARGEST_MOVE, wider_and_finer
from engine.calibration.parts import bundle
from tests.engine.calibration.conftest import problem_of, wide_groups

STANDARD = np.linspace(-6.0, 6.0, 61)


@pytest.fixture(scope="module")
def far() -> Responses:
    """N(0, 1) and N(3, 1.6²)."""
    return wide_groups(1500)


@pytest.fixture(scope="module")
def codes() -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    """600 persons to 12 ordinary items."""
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, 12), rng.normal(size=12))
    answers = simulate_responses(rng.normal(size=600), items, np.ones((600, 12), dtype=np.bool_), rng)
    return answers.category.reshape(600, 12)


def fitted(responses: Responses, nodes: FloatArray, *, keeps_grid: bool = False) -> Outcome:
    """A fit of two-parameter items that starts on some nodes."""
    problem, start, kept = problem_of(responses, ["2pl"] * responses.n_items, nodes)
    return fit_on_checked_grid(problem, bundle(kept, problem.offset), start, 500, 1e-4, keeps_grid=keeps_grid)


def spacing(outcome: Outcome) -> float:
    return float(np.diff(outcome.problem.nodes[:2])[0])


def test_a_grid_that_cuts_a_group_off_is_found_out_and_refined(far: Responses) -> None:
    """On [-6, 6] the check moves the likelihood by far more than 0.01, so the fit does not stay there."""
    kept, found = fitted(far, STANDARD, keeps_grid=True), fitted(far, STANDARD)
    assert (kept.n_grids, kept.problem.nodes.size) == (1, 61)
    assert abs(kept.moved) > 100.0 * LARGEST_MOVE
    assert found.n_grids > 1
    assert found.fit.converged
    assert abs(found.moved) <= LARGEST_MOVE
    population = found.fit.estimates.population
    assert found.problem.nodes[-1] >= (population.mean + 6.0 * population.sd).max() - 1e-9
    assert found.fit.counts.log_likelihood > kept.fit.counts.log_likelihood + 1.0


def test_a_grid_that_holds_everybody_is_left_as_it_is(far: Responses) -> None:
    held = fitted(far, np.linspace(-9.0, 15.0, 121))
    assert (held.n_grids, held.problem.nodes.size) == (1, 121)
    assert abs(held.moved) <= LARGEST_MOVE
    assert held.fit.counts.log_likelihood == pytest.approx(fitted(far, STANDARD).fit.counts.log_likelihood, abs=0.01)


def test_steep_items_are_found_out_by_the_check_alone(
    codes: np.ndarray[tuple[int, int], np.dtype[np.int8]],
) -> None:
    """An item and its copy are step functions of ability: no posterior is narrow, and still the grid is too coarse."""
    steep = Responses.from_dense(np.column_stack([codes[:, :4], codes[:, 3]]))
    kept, found = fitted(steep, STANDARD, keeps_grid=True), fitted(steep, STANDARD)
    assert abs(kept.moved) > LARGEST_MOVE
    assert found.n_grids == 2
    assert found.problem.nodes == pytest.approx(wider_and_finer(STANDARD))
    assert abs(found.moved) <= LARGEST_MOVE
    plain = fitted(Responses.from_dense(codes[:, :4]), STANDARD)
    assert (plain.n_grids, plain.problem.nodes.size) == (1, 61)


@pytest.mark.parametrize("n_nodes", [4, 7, 13])
def test_a_coarse_start_ends_where_a_good_one_ends(
    n_nodes: int, codes: np.ndarray[tuple[int, int], np.dtype[np.int8]]
) -> None:
    responses = Responses.from_dense(codes)
    good, coarse = fitted(responses, STANDARD), fitted(responses, np.linspace(-6.0, 6.0, n_nodes))
    assert coarse.n_grids > 1
    assert spacing(coarse) <= 0.2 + 1e-9
    assert coarse.fit.converged
    assert coarse.fit.counts.log_likelihood == pytest.approx(good.fit.counts.log_likelihood, abs=LARGEST_MOVE)
    pairs = zip(coarse.fit.estimates.parameters, good.fit.estimates.parameters, strict=True)
    assert all(found == pytest.approx(expected, abs=2e-3) for found, expected in pairs)


def test_parts_that_cut_posteriors_off_are_cut_anew(far: Responses) -> None:
    nodes = np.linspace(-9.0, 15.0, 121)
    problem, start, kept = problem_of(far, ["2pl"] * far.n_items, nodes)
    bundles = bundle(kept, problem.offset)
    narrow = tuple(replace(part, low=40, high=60) for part in whole_parts(bundles, nodes.size))
    mended, fit = climb_uncut(replace(problem, parts=narrow), bundles, start, 500, 1e-4)
    assert fit.converged
    assert not fit.cut_off
    assert fit.counts.log_likelihood == pytest.approx(fitted(far, nodes).fit.counts.log_likelihood, abs=0.01)
    assert min(part.low for part in mended.parts) < 40
