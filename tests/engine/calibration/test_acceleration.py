"""A climb that remembers, and never goes down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import ItemParameters, LogNormalPrior, Model, NormalPrior, Priors, Responses, simulate_responses
from engine.calibration.acceleration import climb
from engine.calibration.problem import Estimates, Problem
from tests.engine.calibration.conftest import problem_of

NODES = np.linspace(-8.0, 8.0, 81)


def plain(problem: Problem, start: Estimates, n_cycles: int) -> float:
    """Log-posterior after so many plain cycles, each checked not to fall."""
    here, counts, value = problem.expect(start)
    for _ in range(n_cycles):
        here, counts, reached = problem.expect(problem.maximise(here, counts))
        assert reached >= value - 1e-9 * abs(value)
        value = reached
    return value


def assert_never_falls(history: list[float]) -> None:
    """No cycle ends lower than the one before, but for rounding."""
    values = np.array(history)
    assert np.all(np.diff(values) >= -1e-12 * np.abs(values[:-1]))  # ROUNDING of the climb


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl", "3pl", "gpcm", "grm", "rsm", "nominal"])
def test_it_ends_where_plain_cycles_end_in_fewer_of_them(model: Model) -> None:
    rng = np.random.default_rng(12)
    n_categories = 2 if model in {"rasch", "1pl", "2pl", "3pl"} else 3
    theta = rng.normal(size=700)
    z = np.outer(theta, rng.uniform(0.8, 1.6, 8)) + rng.normal(size=8) + rng.logistic(size=(700, 8))
    codes = np.digitize(z, [-0.7, 0.9][: n_categories - 1])
    priors = (
        Priors(discrimination=LogNormalPrior(0.0, 0.5), guessing=NormalPrior(-1.4, 0.5)) if model == "3pl" else None
    )
    problem, start, _ = problem_of(Responses.from_dense(codes.astype(np.int8)), [model] * 8, NODES, priors)
    fit = climb(problem, start, 500, 1e-6)
    n_cycles = len(problem.history)
    assert fit.converged
    assert fit.log_posterior == problem.history[-1]
    assert_never_falls(problem.history)
    slow = plain(problem, start, 3 * n_cycles)
    assert fit.log_posterior >= slow - 1e-6


def test_where_a_leap_would_go_down_the_plain_step_is_taken() -> None:
    """Two equal columns have no best slope: leaps overshoot, and still no accepted step lowers the likelihood."""
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, 6), rng.normal(size=6))
    answers = simulate_responses(rng.normal(size=300), items, np.ones((300, 6), dtype=np.bool_), rng)
    codes = np.zeros((300, 6), dtype=np.int8)
    codes[answers.person, answers.item] = answers.category
    responses = Responses.from_dense(np.column_stack([codes, codes[:, 3]]))
    problem, start, _ = problem_of(responses, ["2pl"] * 7, NODES)
    fit = climb(problem, start, 60, 1e-8)
    assert len(problem.given_up) > 0
    assert fit.log_posterior == problem.history[-1]
    assert_never_falls(problem.history)
    assert min(problem.given_up) < max(problem.history) - 0.01  # it did overshoot, and nobody is told of it


def test_a_part_that_cuts_posteriors_off_stops_the_climb() -> None:
    rng = np.random.default_rng(6)
    items = ItemParameters.two_parameter(np.ones(10), np.linspace(-1.0, 1.0, 10))
    answers = simulate_responses(rng.normal(size=100), items, np.ones((100, 10), dtype=np.bool_), rng)
    problem, start, _ = problem_of(answers, ["2pl"] * 10, NODES)
    narrow = tuple(replace(part, low=30, high=50) for part in problem.parts)
    fit = climb(replace(problem, parts=narrow), start, 100, 1e-6)
    assert fit.cut_off
    assert not fit.converged
