"""Likelihood, gradient and information against the enumeration of all patterns."""

from __future__ import annotations

import numpy as np
import pytest

from engine import MultistageDesign, Responses
from engine.arrays import FloatArray
from engine.conditional.layout import lay_out
from engine.conditional.likelihood import ConditionalLikelihood, conditional_likelihood
from engine.conditional.steps import StepLayout
from tests.engine.conditional.brute_force import Enumeration, derivative, second_derivative
from tests.engine.conditional.designs import allows, booklet

N_CATEGORIES = [2, 3, 2, 4, 2, 3]
STEPS = StepLayout(np.array([0, 1, 3, 4, 7, 8, 10]))
CUMULATIVE = MultistageDesign(
    [
        booklet([[0, 1], [2, 3], [4]], (0, 1), (1, 4)),
        booklet([[0, 1], [2, 3], [5]], (0, 1), (5, 5)),
        booklet([[0, 1], [5, 3], [2, 4]], (2, 3), (3, 6)),
    ]
)
LAST = MultistageDesign(
    [booklet([[1, 0], [3, 2], [4, 5]], (1, 2), (1, 3)), booklet([[3, 1], [5, 0]], (0, 3)), booklet([[0, 4, 5]])],
    routing="last",
)


def sample(
    design: MultistageDesign | None, n: int = 40
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.int64]], FloatArray]:
    """Patterns that the design allows, and weights that are no whole numbers."""
    rng = np.random.default_rng(11)
    rows: list[FloatArray] = []
    while len(rows) < n:
        codes = rng.integers(0, N_CATEGORIES)
        items = rng.permutation(6)[: rng.integers(2, 7)] if design is None else rng.choice(list(design.booklets)).items  # type: ignore[arg-type]  # any sequence
        row = np.full(6, -1)
        row[items] = codes[items]
        if design is None or allows(design, row):
            rows.append(row)
    return np.array(rows), rng.uniform(0.5, 2.0, n)


def both(design: MultistageDesign | None) -> tuple[ConditionalLikelihood, Enumeration, FloatArray]:
    """What the engine says, who knows better, and where."""
    codes, weight = sample(design)
    step = np.random.default_rng(2).normal(size=10)
    responses = Responses.from_dense(codes, weight=weight)
    known = Enumeration(
        codes.tolist(), N_CATEGORIES, weight.tolist(), lambda row: design is None or allows(design, row)
    )
    return conditional_likelihood(lay_out(responses, STEPS, design), step), known, step


@pytest.mark.parametrize("design", [None, CUMULATIVE, LAST], ids=["linear", "cumulative", "last"])
def test_likelihood_gradient_and_information_are_those_of_the_enumeration(design: MultistageDesign | None) -> None:
    found, known, step = both(design)
    assert found.log_likelihood == pytest.approx(known.log_likelihood(step), rel=1e-12)
    assert found.gradient == pytest.approx(derivative(known.log_likelihood, step), abs=1e-6)
    assert found.information == pytest.approx(-second_derivative(known.log_likelihood, step), abs=1e-5)


@pytest.mark.parametrize("design", [None, CUMULATIVE, LAST], ids=["linear", "cumulative", "last"])
def test_moving_all_steps_by_one_amount_changes_nothing(design: MultistageDesign | None) -> None:
    codes, weight = sample(design)
    layout = lay_out(Responses.from_dense(codes, weight=weight), STEPS, design)
    step = np.linspace(-1.0, 1.0, 10)
    here, there = conditional_likelihood(layout, step), conditional_likelihood(layout, step + 3.0)
    assert there.log_likelihood == pytest.approx(here.log_likelihood, rel=1e-12)
    assert here.gradient.sum() == pytest.approx(0.0, abs=1e-10)
    assert np.abs(here.information.sum(axis=1)).max() < 1e-10


def test_a_design_of_wide_ranges_is_no_design() -> None:
    codes, weight = sample(MultistageDesign([booklet([[0, 1, 2, 3, 4, 5]])]))
    responses = Responses.from_dense(codes, weight=weight)
    step = np.linspace(-2.0, 2.0, 10)
    linear = conditional_likelihood(lay_out(responses, STEPS), step)
    wide = MultistageDesign([booklet([[4, 1], [0, 2, 3], [5]], (0, 99), (0, 99))])
    staged = conditional_likelihood(lay_out(responses, STEPS, wide), step)
    assert staged.log_likelihood == pytest.approx(linear.log_likelihood, rel=1e-12)
    assert staged.gradient == pytest.approx(linear.gradient, abs=1e-10)
    assert staged.information == pytest.approx(linear.information, abs=1e-10)
