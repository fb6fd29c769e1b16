"""A maximisation step, and that a climb of such steps ends at the top."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from engine import EngineError, Model, Responses, calibrate
from engine.calibration.acceleration import climb
from engine.calibration.information import observed_information
from engine.calibration.maximisation import bounds
from tests.engine.calibration.conftest import problem_of

NODES = np.linspace(-8.0, 8.0, 81)


def odd_answers(seed: int, *, dichotomous: bool) -> Responses:
    """Few persons of a narrow or wide ability, slopes down to below 0, skewed items, some gaps."""
    rng = np.random.default_rng(seed)
    n_persons, n_items = int(rng.integers(80, 600)), int(rng.integers(4, 9))
    n_categories = 2 if dichotomous else int(rng.integers(2, 5))
    theta = rng.normal(size=n_persons) * rng.choice([0.5, 1.0, 2.0])
    z = np.outer(theta, rng.uniform(-0.3, 2.0, n_items)) + 1.5 * rng.normal(size=n_items)
    codes = np.digitize(z + rng.logistic(size=z.shape), np.sort(rng.normal(size=n_categories - 1))).astype(np.int8)
    if rng.random() < 0.3:
        codes[rng.random(codes.shape) < 0.2] = -1
    return Responses.from_dense(codes)


@pytest.mark.parametrize("model", get_args(Model))
def test_a_climb_that_says_it_arrived_is_at_the_top(model: Model) -> None:
    """The gradient of every parameter that is not at a bound is nothing, in units of what one standard error changes.

    Asymptotes without priors on so few answers often run to a bound: slopes and intercepts must move all the same.
    """
    least = 0.15 if model in {"3pl", "4pl"} else 0.01
    n_arrived = 0
    for seed in range(12):
        responses = odd_answers(seed, dichotomous=model in {"rasch", "1pl", "2pl", "3pl", "4pl"})
        try:
            calibrate(responses, model=model, errors="none", max_cycles=1)
        except EngineError:
            continue  # an item that nobody, or everybody, answered well
        problem, start, _ = problem_of(responses, [model] * responses.n_items, NODES)
        fit = climb(problem, start, 1500, 1e-4)
        if not fit.converged:
            continue
        n_arrived += 1
        information = observed_information(problem, responses, fit.estimates, fit.counts)
        gradient = np.asarray(information.scores.sum(axis=0)).ravel()
        unit = np.sqrt(np.maximum(np.diag(information.matrix), 1e-9))
        first = 0
        for block, parameters in zip(problem.blocks, fit.estimates.parameters, strict=True):
            lower, upper = bounds(block)
            place = block.places(first)
            first += block.n_free
            inner = place[(parameters > lower) & (parameters < upper) & (place >= 0)]
            assert np.all(np.abs(gradient[inner]) <= least * unit[inner]), seed
    assert n_arrived >= 4
