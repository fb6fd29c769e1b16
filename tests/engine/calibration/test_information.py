"""Observed information beside differences of the likelihood itself, for every model and kind of population."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import ItemParameters, LogNormalPrior, Model, NormalPrior, Priors, Responses
from engine.arrays import FloatArray
from engine.calibration.acceleration import climb
from engine.calibration.information import observed_information
from engine.calibration.problem import Estimates, Problem
from tests.engine.calibration.conftest import problem_of

NODES = np.linspace(-14.0, 14.0, 281)  # six sds of the wider group
PRIORS = Priors(LogNormalPrior(0.0, 0.5), NormalPrior(0.0, 2.0), NormalPrior(-1.4, 0.5), NormalPrior(3.0, 0.5))


def answers(n_categories: list[int], **more: Any) -> Responses:
    """Two groups, two booklets and persons given items of their own."""
    rng = np.random.default_rng(8)
    theta = np.concatenate([rng.normal(size=400), rng.normal(0.5, 1.3, 400)])
    k = np.array(n_categories)
    z = np.outer(theta, np.linspace(0.8, 1.5, k.size)) + np.linspace(1.0, -1.0, k.size)
    codes = np.floor(k / (1.0 + np.exp(-(z + rng.logistic(size=z.shape))))).clip(0, k - 1).astype(np.int8)
    codes[::4, -1] = -1
    codes[:20][rng.random((20, k.size)) < 0.3] = -1
    return Responses.from_dense(codes, group=np.repeat([0, 1], 400), **more)


def curvature(problem: Problem, at: Estimates) -> FloatArray:
    """Minus the second derivatives of the log-posterior, by central differences of its gradient's own source."""
    x = problem.pack(at)

    def value(change: FloatArray) -> float:
        return problem.expect(problem.unpack(x + change, at))[2]

    step = 1e-3 * np.eye(x.size)
    hessian = np.empty((x.size, x.size))
    for i in range(x.size):
        for j in range(i + 1):
            a, b = step[i], step[j]
            hessian[i, j] = hessian[j, i] = (value(a + b) - value(a - b) - value(b - a) + value(-a - b)) / 4e-6
    return -hessian


@pytest.mark.parametrize(
    ("models", "n_categories", "priors"),
    [
        (["2pl"] * 5, [2] * 5, None),
        (["rasch"] * 5, [2] * 5, None),
        (["1pl"] * 5, [2] * 5, None),
        (["3pl", "3pl", "2pl", "4pl", "3pl"], [2] * 5, PRIORS),
        (["gpcm", "pcm", "grm", "2pl"], [3, 3, 4, 2], None),
        (["rsm", "rsm", "rsm", "nominal"], [4, 4, 4, 3], None),
    ],
)
def test_it_is_the_curvature_of_the_log_posterior(
    models: list[Model], n_categories: list[int], priors: Priors | None
) -> None:
    problem, start, responses = problem_of(answers(n_categories), models, NODES, priors)
    fit = climb(problem, start, 2000, 1e-8)
    information = observed_information(problem, responses, fit.estimates, fit.counts)
    assert information.matrix == pytest.approx(curvature(problem, fit.estimates), rel=2e-3, abs=0.02)


def test_it_knows_a_regression_on_covariates() -> None:
    rng = np.random.default_rng(4)
    covariates = rng.normal(size=(800, 2))
    problem, start, responses = problem_of(answers([2, 2, 3, 3], covariates=covariates), ["gpcm"] * 4, NODES)
    fit = climb(problem, start, 2000, 1e-8)
    information = observed_information(problem, responses, fit.estimates, fit.counts)
    assert information.matrix == pytest.approx(curvature(problem, fit.estimates), rel=2e-3, abs=0.02)


def test_it_knows_fixed_items_and_a_group_that_they_place() -> None:
    known = ItemParameters.two_parameter([1.1], [0.3])
    problem, start, responses = problem_of(answers([2] * 5), ["2pl"] * 5, NODES, fixed={2: known})
    fit = climb(problem, start, 2000, 1e-8)
    assert problem.pack(fit.estimates).size == 4 * 2 + 2 + 2  # four items, two means, two sds
    information = observed_information(problem, responses, fit.estimates, fit.counts)
    assert information.matrix == pytest.approx(curvature(problem, fit.estimates), rel=2e-3, abs=0.02)


def test_scores_of_persons_sum_to_nothing_at_the_maximum_and_to_the_gradient_elsewhere() -> None:
    problem, start, responses = problem_of(answers([2, 3, 3, 2]), ["2pl", "gpcm", "grm", "2pl"], NODES)
    fit = climb(problem, start, 2000, 1e-8)
    information = observed_information(problem, responses, fit.estimates, fit.counts)
    assert np.abs(np.asarray(information.scores.sum(axis=0))).max() < 1e-3
    x = problem.pack(start)
    begin, counts, _ = problem.expect(start)
    gradient = np.asarray(observed_information(problem, responses, begin, counts).scores.sum(axis=0)).ravel()
    for place, one in enumerate(1e-5 * np.eye(x.size)):
        rise = problem.expect(problem.unpack(x + one, start))[2] - problem.expect(problem.unpack(x - one, start))[2]
        assert gradient[place] == pytest.approx(rise / 2e-5, rel=1e-3, abs=1e-2)
