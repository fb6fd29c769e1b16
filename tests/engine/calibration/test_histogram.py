"""Ability distributions of any form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import (
    ItemParameters,
    LogNormalPrior,
    Priors,
    Responses,
    calibrate,
    response_table,
    simulate_responses,
)
from engine.calibration.fitting import fit_on_checked_grid
from engine.calibration.histogram import fit_histogram
from engine.calibration.parts import bundle
from tests.engine.calibration.conftest import problem_of

RNG = np.random.default_rng(21)
ITEMS = ItemParameters.two_parameter(RNG.uniform(0.8, 1.6, 25), np.linspace(-2.0, 2.0, 25))


def two_lumps(n: int) -> Responses:
    """Abilities in two lumps, of mean 0 and variance 1."""
    rng = np.random.default_rng(22)
    theta = np.where(rng.random(n) < 0.5, -0.9, 0.9) + rng.normal(0.0, np.sqrt(1.0 - 0.81), n)
    return simulate_responses(theta, ITEMS, np.ones((n, 25), dtype=np.bool_), rng)


def test_a_histogram_fits_two_lumps_better_than_a_normal_density() -> None:
    responses = two_lumps(3000)
    normal, free = calibrate(responses, errors="none"), calibrate(responses, density="histogram", errors="none")
    assert free.log_likelihood > normal.log_likelihood + 50.0
    assert free.groups[0].mean == pytest.approx(0.0, abs=1e-9)
    assert free.groups[0].sd == pytest.approx(1.0, abs=1e-9)
    error = free.items.difficulty - ITEMS.difficulty
    assert np.sqrt(np.mean(error**2)) < 0.08
    weights, nodes = free.densities[0].weights, free.densities[0].nodes
    middle = weights[np.abs(nodes) < 0.25].sum()
    assert middle < weights[np.abs(np.abs(nodes) - 0.9) < 0.25].sum() / 2.0  # a dip where a normal density has its top


def test_a_histogram_keeps_what_the_check_of_the_grid_said_of_the_normal_densities() -> None:
    """Weights stand at nodes and nowhere else, so there is no finer grid on which they could be checked."""
    responses = two_lumps(1200)
    normal, free = calibrate(responses, errors="none"), calibrate(responses, density="histogram", errors="none")
    assert (free.convergence.moved, free.convergence.n_grids) == (normal.convergence.moved, normal.convergence.n_grids)
    assert free.convergence.is_histogram
    assert not normal.convergence.is_histogram
    assert free.n_cycles > normal.n_cycles


def test_a_histogram_goes_on_where_parts_cut_its_posteriors_off() -> None:
    """Parts that were cut for other abilities: they are cut anew, and the fit ends where it would have ended."""
    problem, start, kept = problem_of(two_lumps(1500), ["2pl"] * 25, np.linspace(-6.0, 6.0, 61))
    bundles = bundle(kept, problem.offset)
    outcome = fit_on_checked_grid(problem, bundles, start, 500, 1e-4)
    good = fit_histogram(outcome, bundles, 500, 1e-4)
    narrow = tuple(replace(part, low=28, high=33) for part in outcome.problem.parts)
    cut = replace(outcome, problem=replace(outcome.problem, parts=narrow))
    mended = fit_histogram(cut, bundles, 500, 1e-4)
    assert good.fit.converged
    assert mended.fit.converged
    assert not mended.fit.cut_off
    assert mended.fit.counts.log_likelihood == pytest.approx(good.fit.counts.log_likelihood, abs=0.05)


def test_setting_the_scale_leaves_every_probability_as_it_is() -> None:
    """The reported items and histogram give the likelihood that was reached."""
    responses = two_lumps(1500)
    result = calibrate(responses, density="histogram", errors="none")
    density = result.densities[0]
    table = response_table(result.items, density.nodes)
    codes = np.zeros((1500, 25), dtype=np.int64)
    codes[responses.person, responses.item] = responses.category
    joint = table.log_probability[table.offset[:-1] + codes].sum(axis=1)
    likelihood = np.log(np.exp(joint) @ density.weights).sum()
    assert result.log_likelihood == pytest.approx(float(likelihood), abs=1e-4)


def test_a_histogram_counts_the_weights_that_are_free() -> None:
    """Weights sum to 1 in each group; group 0's mean and sd set the scale (with slopes of 1, its mean alone)."""
    codes = two_lumps(300)
    group = (np.arange(300) % 2).astype(np.int32)
    responses = Responses(codes.start, codes.item, codes.category, codes.weight, group, n_items=25)
    free = calibrate(responses, density="histogram", errors="none", max_cycles=30)
    assert free.n_free == 50 + 2 * (free.n_nodes - 1) - 2
    rasch = calibrate(responses, model="rasch", density="histogram", errors="none", max_cycles=30)
    assert rasch.n_free == 25 + 2 * (rasch.n_nodes - 1) - 1


def test_priors_see_the_items_that_are_reported() -> None:
    prior = LogNormalPrior(0.2, 0.5)
    result = calibrate(two_lumps(500), density="histogram", errors="none", priors=Priors(discrimination=prior))
    of_items = float(prior.log_density(result.items.discrimination)[0].sum())
    assert result.log_posterior - result.log_likelihood == pytest.approx(of_items, abs=1e-8)
