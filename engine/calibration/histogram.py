"""An ability distribution of any form: free weights at the nodes (Bock & Aitkin, 1981; Woods, 2007)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.blocks import ItemBlock
from engine.calibration.fitting import Outcome, climb_uncut
from engine.calibration.parts import Bundle
from engine.models import Kind

Density = Literal["normal", "histogram"]
DENSITIES: tuple[Density, ...] = get_args(Density)


def fit_histogram(outcome: Outcome, bundles: Sequence[Bundle], max_cycles: int, tolerance: float) -> Outcome:
    """Go on from normal densities with free weights at the nodes of every group.

    The likelihood does not change when abilities are moved and stretched together with the items, so the
    scale is set at the end: the first group's histogram gets the mean and sd that its normal density had,
    nodes and all (its mean alone, where slopes are fixed). Where items are fixed nothing moves.

    Parameters
    ----------
    outcome
        Fit with normal densities. Its grid is kept, and so is what its check said: weights at nodes have no
        value between them, on which a finer grid could be checked.
    bundles
        Responses, to cut parts anew where a histogram's tails reach farther than the normal density's.
    max_cycles, tolerance
        As in `climb`.
    """
    problem, estimates = outcome.problem, outcome.fit.estimates
    population = estimates.population
    start = replace(population, log_histogram=population.log_weights(problem.nodes))
    began = replace(estimates, population=start)
    problem, fit = climb_uncut(problem, bundles, began, max_cycles, tolerance)
    weights = fit.estimates.population.log_histogram
    assert weights is not None
    first = np.exp(weights[0])
    mean = float(first @ problem.nodes)
    sd = float(np.sqrt(first @ problem.nodes**2 - mean**2))
    move = 0.0 if population.free_mean[0] else mean
    stretch = 1.0 if population.free_sd[0] else sd
    parameters = tuple(
        _moved(block, values, move, stretch)
        for block, values in zip(problem.blocks, fit.estimates.parameters, strict=True)
    )
    nodes = (problem.nodes - move) / stretch
    problem = replace(problem, nodes=nodes)
    estimates = replace(fit.estimates, parameters=parameters, log_p=())
    log_posterior = fit.counts.log_likelihood + problem.log_prior(estimates)  # priors see the items on the new scale
    fit = replace(fit, estimates=estimates, log_posterior=log_posterior)
    return replace(outcome, problem=problem, fit=fit)


def _moved(block: ItemBlock, parameters: FloatArray, move: float, stretch: float) -> FloatArray:
    """Parameters of items on the scale ``(theta - move) / stretch``, which leaves every probability as it is."""
    moved = parameters.copy()
    if block.model == "rsm":
        moved[:, 1] -= move
        return moved
    n_slopes = parameters.shape[1] // 2 if block.kind == Kind.NOMINAL else 1
    slopes = parameters[:, :n_slopes]
    n_levels = slopes.shape[1] if block.kind == Kind.NOMINAL else block.family.n_categories - 1
    times = np.arange(1, n_levels + 1) if block.kind == Kind.PARTIAL_CREDIT else 1.0
    moved[:, n_slopes : n_slopes + n_levels] += slopes * times * move
    moved[:, :n_slopes] = slopes * stretch
    return moved
