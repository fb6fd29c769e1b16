"""Logistic models."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from engine import ItemParameters, ParameterError, item_information, log_probabilities, probability_correct

THETA = np.linspace(-6.0, 6.0, 25)
SLOPES, LOCATIONS = st.floats(0.1, 3.0), st.floats(-4.0, 4.0)
LOWER, UPPER = st.floats(0.0, 0.4), st.floats(0.6, 1.0)


def one_item(a: float, b: float, c: float = 0.0, d: float = 1.0) -> ItemParameters:
    return ItemParameters(np.array([a]), np.array([b]), np.array([c]), np.array([d]))


@given(a=SLOPES, b=LOCATIONS, c=LOWER, d=UPPER)
def test_probability_never_falls_as_ability_rises(a: float, b: float, c: float, d: float) -> None:
    p = probability_correct(THETA, one_item(a, b, c, d))[:, 0]
    assert np.all(np.diff(p) >= 0.0)
    assert np.all((p >= c) & (p <= d))


@given(a=SLOPES, b=LOCATIONS, c=LOWER, d=UPPER)
def test_probability_is_the_published_formula(a: float, b: float, c: float, d: float) -> None:
    p = probability_correct(THETA, one_item(a, b, c, d))[:, 0]
    assert p == pytest.approx(c + (d - c) * expit(a * (THETA - b)), rel=1e-13)


@given(a=SLOPES, b=LOCATIONS, c=LOWER, d=UPPER)
def test_log_probabilities_are_logarithms_of_complements(a: float, b: float, c: float, d: float) -> None:
    log_p, log_q = log_probabilities(THETA, one_item(a, b, c, d))
    assert np.exp(log_p) + np.exp(log_q) == pytest.approx(np.ones_like(log_p), abs=1e-12)
    assert np.exp(log_p) == pytest.approx(probability_correct(THETA, one_item(a, b, c, d)), rel=1e-12)


@given(
    theta=st.floats(-1e6, 1e6), a=st.floats(0.01, 100.0), c=st.sampled_from([0.0, 0.2]), d=st.sampled_from([0.9, 1.0])
)
def test_log_probabilities_are_finite_everywhere(theta: float, a: float, c: float, d: float) -> None:
    log_p, log_q = log_probabilities(np.array([theta]), one_item(a, 0.0, c, d))
    assert np.isfinite(log_p).all()
    assert np.isfinite(log_q).all()
    assert np.isfinite(item_information(np.array([theta]), one_item(a, 0.0, c, d))).all()


def test_a_far_tail_keeps_its_precision() -> None:
    log_p, _ = log_probabilities(np.array([-50.0]), one_item(1.0, 0.0))
    assert log_p[0, 0] == pytest.approx(-50.0 - math.exp(-50.0), rel=1e-15)  # log P = z - log(1 + e^z)


@given(a=SLOPES, b=LOCATIONS, c=LOWER, d=UPPER)
def test_information_is_the_squared_slope_of_p_over_its_variance(a: float, b: float, c: float, d: float) -> None:
    step = 1e-5
    item = one_item(a, b, c, d)
    p = probability_correct(THETA, item)
    slope = (probability_correct(THETA + step, item) - probability_correct(THETA - step, item)) / (2.0 * step)
    assert item_information(THETA, item) == pytest.approx(slope**2 / (p * (1.0 - p)), rel=1e-4, abs=1e-8)


def test_information_of_a_two_parameter_item_peaks_at_its_difficulty() -> None:
    information = item_information(np.array([0.4, 0.5, 0.6]), one_item(1.6, 0.5))[:, 0]
    assert information[1] == pytest.approx(1.6**2 / 4.0)  # a² P Q at P = 1/2
    assert information.argmax() == 1


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"discrimination": [1.0, 0.0]}, "discrimination.*items 1 are"),
        ({"discrimination": [float("nan"), 1.0]}, "discrimination.*items 0 are"),
        ({"difficulty": [0.0, float("inf")]}, "difficulty.*items 1 are"),
        ({"guessing": [0.0, 1.0]}, "guessing.*items 1 are"),
        ({"guessing": [-0.1, 0.0]}, "guessing.*items 0 are"),
        ({"upper": [0.0, 1.0]}, "upper.*items 0 are"),
        ({"upper": [1.0]}, "lengths"),
    ],
)
def test_parameters_out_of_range_name_their_items(wrong: dict[str, list[float]], named: str) -> None:
    right = {"discrimination": [1.0, 1.0], "difficulty": [0.0, 0.0], "guessing": [0.0, 0.0], "upper": [1.0, 1.0]}
    with pytest.raises(ParameterError, match=named):
        ItemParameters(**{name: np.array(values) for name, values in (right | wrong).items()})


def test_items_are_taken_in_the_order_asked(mixed_items: ItemParameters) -> None:
    assert mixed_items.take([4, 1]).difficulty.tolist() == [1.0, -1.0]
