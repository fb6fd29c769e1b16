"""Items of any model as one value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import (
    ItemParameters,
    Kind,
    ParameterError,
    item_information,
    probability_correct,
    response_table,
)
from engine.selection import SelectionTables, information_of_all


def mixed() -> ItemParameters:
    return ItemParameters.join(
        [
            ItemParameters.two_parameter([1.0, 2.0], [0.0, -1.0]),
            ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [0.7], [[-1.0, 0.0, 2.5]]),
            ItemParameters.nominal([[0.0, 0.4, 1.0]], [[0.0, 0.3, -0.5]]),
        ]
    )


def test_difficulty_is_the_mean_of_the_steps_and_where_the_outer_curves_cross() -> None:
    assert mixed().difficulty.tolist() == pytest.approx([0.0, -1.0, 0.5, 0.5])


def test_items_can_be_taken_in_any_order() -> None:
    items = mixed()
    taken = items.take([3, 2, 0])
    assert taken.n_categories.tolist() == [3, 4, 2]
    assert taken.steps(1).tolist() == [-1.0, 0.0, 2.5]
    assert taken.category_slope[:2].tolist() == [0.4, 1.0]
    assert items.take(np.arange(4)).step.tolist() == items.step.tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": [1]}, "polytomous items alone have steps"),
        ({"kind": [7]}, "kind must be a Kind"),
        ({"step_start": [0, 1], "step": [0.5]}, "polytomous items alone have steps"),
        ({"step_start": [0, 2], "step": [0.5], "kind": [1]}, "step_start ends at 2"),
        ({"step_start": [0, 1], "step": [np.nan], "kind": [1]}, "must be finite"),
        ({"step_start": [0, 1], "step": [0.5], "kind": [1], "guessing": [0.2]}, "no guessing"),
        ({"kind": [0, 0]}, "every item needs a kind"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], message: str) -> None:
    fields: dict[str, Any] = {"discrimination": [1.0], "difficulty": [0.0], "guessing": [0.0], "upper": [1.0]}
    arrays = {name: np.asarray(values) for name, values in (fields | change).items()}
    with pytest.raises(ParameterError, match=message):
        ItemParameters(**arrays)


@pytest.mark.parametrize("kind", [Kind.LOGISTIC, Kind.PARTIAL_CREDIT, Kind.GRADED])
@given(seed=st.integers(0, 2**32))
def test_slope_intercept_form_leads_back(kind: Kind, seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.uniform(0.4, 2.0, 3) * rng.choice([-1.0, 1.0], 3)
    steps = [np.sort(rng.normal(size=n)) for n in ((1, 1, 1) if kind == Kind.LOGISTIC else (2, 3, 1))]
    steps = [step[:: int(np.sign(slope))] for step, slope in zip(steps, a, strict=True)]  # reversed, steps fall
    items = ItemParameters.two_parameter(a, [step[0] for step in steps])
    items = items if kind == Kind.LOGISTIC else ItemParameters.from_steps(kind, a, steps)
    back = ItemParameters.from_intercepts(kind, a, [items.intercepts(item) for item in range(3)])
    for item in range(3):
        assert back.steps(item) == pytest.approx(items.steps(item), abs=1e-12)


@pytest.mark.parametrize(("slope", "steps"), [(1.0, [1.0, 0.0]), (-1.0, [0.0, 1.0]), (0.5, [0.0, 1.0, 0.5])])
def test_graded_items_whose_steps_cross_are_refused(slope: float, steps: list[float]) -> None:
    """A category would have a negative probability; equal steps leave one of probability 0, as estimation may."""
    known = [[0.0, 0.0], steps, [-1.0]]
    with pytest.raises(ParameterError, match=r"steps of graded items must be rising.*; items 1 are not"):
        ItemParameters.from_steps(Kind.GRADED, [1.0, slope, 1.0], known)
    assert ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0, slope, 1.0], known).n_items == 3
    two = ItemParameters.from_steps(Kind.GRADED, [1.0, 1.0], [[0.5, 1.0], [-1.0, 0.0]])  # falls between items
    assert two.n_items == 2


def test_dichotomous_items_have_no_steps_of_their_own_form() -> None:
    with pytest.raises(ParameterError, match="LOGISTIC items have no steps"):
        ItemParameters.from_steps(Kind.LOGISTIC, [1.0], [[0.0]])


def test_a_logistic_curve_takes_dichotomous_items_only() -> None:
    with pytest.raises(ParameterError, match="a logistic curve takes items of two categories; items 2, 3 are not"):
        probability_correct(np.zeros(1), mixed())


@given(theta=st.floats(-4.0, 4.0))
def test_information_of_any_model_is_the_variance_of_the_slope_of_its_log_probability(theta: float) -> None:
    """By differences of the table, and for the logistic items the formula of their own."""
    items, h = mixed(), 1e-5
    tables = [response_table(items, np.array([theta + move])) for move in (-h, 0.0, h)]
    rise = (tables[2].log_probability - tables[0].log_probability)[:, 0] / (2.0 * h)
    each = np.exp(tables[1].log_probability[:, 0]) * rise**2
    found = item_information(np.array([theta]), items)[0]
    assert found == pytest.approx(np.add.reduceat(each, tables[1].offset[:-1]), rel=1e-6, abs=1e-9)
    alone = item_information(np.array([theta]), items.take([0, 1]))[0]
    assert found[:2] == pytest.approx(alone, rel=1e-12)


def test_information_is_a_number_however_far_an_ability_lies_from_a_steep_item() -> None:
    """Where a wrong answer has probability 0 in floating point, 0 / 0 is not asked; next to nothing is told there."""
    steep = ItemParameters(np.array([20.0]), np.array([0.0]), np.array([0.2]), np.array([1.0]))
    far = item_information(np.array([-400.0, 400.0]), ItemParameters.join([steep, mixed()]))
    assert np.all(far >= 0.0)
    assert np.all(far[:, 0] < 1e-99)


@pytest.mark.parametrize("upper", [1.0, 0.95])
def test_information_is_the_expected_squared_slope_of_the_log_probability(upper: float) -> None:
    """Of a mixed bank by differences of its own curves, where nothing is worked out beforehand."""
    logistic = ItemParameters(*np.array([[0.7, 1.8], [-0.4, 1.1], [0.0, 0.2], [1.0, upper]]))
    items, theta, step = ItemParameters.join([logistic, mixed()]), np.linspace(-3.0, 3.0, 13), 1e-5
    before, here, after = (response_table(items, theta + move).log_probability for move in (-step, 0.0, step))
    parts = np.exp(here) * ((after - before) / (2.0 * step)) ** 2  # (n_rows, n_theta)
    offset = response_table(items, theta).offset
    expected = np.add.reduceat(parts, offset[:-1], axis=0).T
    assert item_information(theta, items) == pytest.approx(expected, rel=1e-6, abs=1e-9)
    tables = SelectionTables(items)
    assert information_of_all(tables, theta) == pytest.approx(expected, rel=1e-6, abs=1e-9)
