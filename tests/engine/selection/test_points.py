"""Estimates by a point against bracketed roots of score functions written down from the models' formulas."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq

from engine.ability import AbilityNote
from engine.models import ItemParameters, Kind
from engine.selection import (
    PointMethod,
    PointState,
    PointTables,
    SelectionTables,
    add_to_points,
    estimate_points,
    normal_prior,
    start_points,
)
from engine.selection.points import SPACING
from tests.engine.selection.exact_scores import score, warm
from tests.engine.selection.random_banks import mixed_bank, seeds

MEAN, SD = 0.3, 0.9


def points_of(items: ItemParameters) -> PointTables:
    return PointTables(SelectionTables(items, normal_prior(MEAN, SD)))


def after(points: PointTables, answers: list[tuple[int, int]]) -> PointState:
    state = start_points(points)
    for item, category in answers:
        state = add_to_points(points, state, np.array([item]), np.array([category]))
    return state


def roots(function: Callable[[float], float], points: PointTables) -> list[float]:
    """Where a function falls through 0 between the bounds."""
    grid = np.linspace(points.nodes[0], points.nodes[-1], 481)
    values = [function(theta) for theta in grid.tolist()]
    falls = [k for k in range(480) if values[k] > 0.0 >= values[k + 1]]
    return [float(brentq(function, grid[k], grid[k + 1], xtol=1e-13, rtol=1e-14)) for k in falls]


def drawn_answers(seed: int) -> tuple[ItemParameters, list[tuple[int, int]]]:
    rng = np.random.default_rng(seed)
    items = mixed_bank(rng, 12, steepest=2.5)
    given_items = rng.permutation(12)[: rng.integers(1, 13)]
    return items, [(int(i), int(rng.integers(items.n_categories[i]))) for i in given_items]


@settings(max_examples=60)
@given(seed=seeds, method=st.sampled_from(list(PointMethod)))
@example(seed=32, method=PointMethod.ML)  # highest at the lower end, above a root
@example(seed=855, method=PointMethod.ML)  # at the upper end
@example(seed=292, method=PointMethod.WLE)
@example(seed=305, method=PointMethod.ML)  # the higher of two roots
@example(seed=1858, method=PointMethod.ML)  # at an end, and no root at all
def test_an_estimate_is_the_highest_root_of_the_exact_score_or_an_end(seed: int, method: PointMethod) -> None:
    items, answers = drawn_answers(seed)
    points = points_of(items)

    def function(theta: float) -> float:
        value = score(items, answers, theta)
        if method is PointMethod.WLE:
            return value + warm(items, answers, theta)[0]
        return value - (theta - MEAN) / SD**2 if method is PointMethod.MAP else value

    found = estimate_points(points, after(points, answers), method)
    theta, expected = found.theta.item(), roots(function, points)
    lower, upper = float(points.nodes[0]), float(points.nodes[-1])
    ends = [end for end, is_peak in ((lower, function(lower) < 0.0), (upper, function(upper) > 0.0)) if is_peak]
    direction = found.has(AbilityNote.AT_UPPER_BOUND).item() - found.has(AbilityNote.AT_LOWER_BOUND).item()
    if direction:
        peak = upper if direction > 0 else lower
        assert peak in ends
        assert theta == pytest.approx(np.clip(MEAN + 0.5 * direction * len(answers), lower, upper), abs=1e-9)
    else:
        peak = min(expected, key=lambda root: abs(theta - root))
        assert abs(theta - peak) <= 1e-10
        information = warm(items, answers, theta)[1] + (SD**-2.0 if method is PointMethod.MAP else 0.0)
        assert found.standard_error.item() == pytest.approx(information**-0.5, rel=1e-7)
    others = [other for other in [*expected, *ends] if abs(other - peak) > 2 * SPACING]  # closer ones count as one
    assert found.has(AbilityNote.SEVERAL_MAXIMA).item() or not others
    for other in others:
        assert quad(function, other, peak, limit=200)[0] > -0.01  # as high as any: levels are compared on a grid


ITEMS = ItemParameters.join(
    [
        ItemParameters.two_parameter([1.0, 1.5, 0.8], [-0.5, 0.0, 1.0]),
        ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0], [[-1.0, 1.0]]),
    ]
)


@pytest.mark.parametrize(("answers", "direction"), [([(0, 1), (3, 2), (1, 1)], 1), ([(2, 0), (3, 0), (0, 0)], -1)])
def test_all_right_and_all_wrong_move_the_estimate_by_bounded_steps(
    answers: list[tuple[int, int]], direction: int
) -> None:
    points = points_of(ITEMS)
    for n in range(4):
        found = estimate_points(points, after(points, answers[:n]), PointMethod.ML, step=0.7)
        assert found.theta.item() == pytest.approx(MEAN + direction * 0.7 * n, abs=1e-9)
    far = estimate_points(points, after(points, answers), PointMethod.ML, step=100.0)
    assert far.theta.item() == points.nodes[-1 if direction > 0 else 0]
    assert far.has(AbilityNote.AT_UPPER_BOUND if direction > 0 else AbilityNote.AT_LOWER_BOUND).item()
    other_kind = estimate_points(points, after(points, [*answers, (3, 1)]), PointMethod.ML)
    assert not other_kind.note.any()


@pytest.mark.parametrize("method", [PointMethod.WLE, PointMethod.MAP])
def test_weighted_likelihood_and_prior_hold_all_right(method: PointMethod) -> None:
    points = points_of(ITEMS)
    found = estimate_points(points, after(points, [(0, 1), (1, 1), (2, 1), (3, 2)]), method)
    assert not found.note.any()
    assert MEAN < found.theta.item() < points.nodes[-1]


def test_nothing_answered_is_the_priors_mean() -> None:
    points = points_of(ITEMS)
    for method in PointMethod:
        found = estimate_points(points, after(points, [(1, -1), (-1, -1)]), method)
        assert found.theta.item() == pytest.approx(MEAN, abs=1e-9)
        assert found.has(AbilityNote.NO_ANSWERS).item()
        assert found.standard_error.item() == pytest.approx(SD if method is PointMethod.MAP else np.inf, rel=1e-6)


def test_persons_do_not_influence_one_another() -> None:
    rng = np.random.default_rng(5)
    items = mixed_bank(rng, 30, steepest=2.0)
    points, given_items = points_of(items), np.array([rng.permutation(30)[:9] for _ in range(20)])
    category = np.minimum(rng.integers(-1, 3, (20, 9)), items.n_categories[given_items] - 1)
    together = start_points(points, 20)
    for item, answer in zip(given_items.T, category.T, strict=True):
        together = add_to_points(points, together, item, answer)
    for method in PointMethod:
        found = estimate_points(points, together, method)
        for person in range(20):
            own = list(zip(given_items[person].tolist(), category[person].tolist(), strict=True))
            alone = estimate_points(points, after(points, own), method)
            assert found.theta[person] == pytest.approx(alone.theta.item(), abs=1e-12)
            assert found.note[person] == alone.note.item()
