"""Symmetric functions against exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.conditional.symmetric import log_symmetric, score_moments

Weights = list[list[int]]

ITEMS = st.lists(st.lists(st.integers(1, 60), min_size=2, max_size=4), min_size=1, max_size=7)


def polynomial(weights: Weights) -> list[int]:
    """Product of the items' polynomials, lowest power first, in integers of any size."""
    factors = [np.array(item, dtype=object) for item in weights]
    return [int(value) for value in reduce(np.polymul, factors, np.array([1], dtype=object))]


def logs(weights: Weights) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    return [np.array([math.log(weight) for weight in item]) for item in weights]


def without(weights: Weights, *items: int) -> Weights:
    return [item for i, item in enumerate(weights) if i not in items]


def coefficient(values: list[int], power: int) -> int:
    return values[power] if 0 <= power < len(values) else 0


@given(ITEMS)
def test_symmetric_functions_are_the_coefficients_of_the_product_of_polynomials(weights: Weights) -> None:
    exact = [math.log(value) for value in polynomial(weights)]
    assert log_symmetric(logs(weights)) == pytest.approx(exact, rel=1e-12, abs=1e-12)


@given(ITEMS)
def test_expected_counts_are_weights_times_the_functions_of_the_other_items(weights: Weights) -> None:
    exact = polynomial(weights)
    moments = score_moments(logs(weights), np.ones(len(exact)))
    row = 0
    for i, item in enumerate(weights):
        others = polynomial(without(weights, i))
        for k in range(1, len(item)):
            share = [Fraction(item[k] * coefficient(others, s - k), exact[s]) for s in range(len(exact))]
            assert moments.with_score[row] == pytest.approx([float(value) for value in share], rel=1e-11, abs=1e-300)
            row += 1


@given(ITEMS, st.data())
def test_joint_counts_are_those_of_pairs_of_items(weights: Weights, data: st.DataObject) -> None:
    exact = polynomial(weights)
    counts = data.draw(st.lists(st.integers(0, 1000), min_size=len(exact), max_size=len(exact)))
    joint = score_moments(logs(weights), np.array(counts, dtype=np.float64)).joint
    place = [(i, k) for i, item in enumerate(weights) for k in range(1, len(item))]
    for (row, (i, k)), (column, (j, m)) in product(enumerate(place), enumerate(place)):
        others = polynomial(without(weights, i, j))
        if i == j:
            pair = weights[i][k] if k == m else 0
            powers = [coefficient(others, s - k) for s in range(len(exact))]
        else:
            pair = weights[i][k] * weights[j][m]
            powers = [coefficient(others, s - k - m) for s in range(len(exact))]
        known = sum(Fraction(n * pair * power, whole) for n, power, whole in zip(counts, powers, exact, strict=True))
        assert joint[row, column] == pytest.approx(float(known), rel=1e-11)


@pytest.mark.parametrize("largest", [2, 10**7])  # e**16: difficulties from -8 to 8 logits
def test_a_hundred_and_fifty_items_lose_no_digits(largest: int) -> None:
    rng = np.random.default_rng(3)
    weights = [[1, int(value)] for value in np.exp(rng.uniform(0.0, math.log(largest), 150))]
    exact = polynomial(weights)
    found = log_symmetric(logs(weights))
    assert found == pytest.approx([math.log(value) for value in exact], rel=1e-13, abs=1e-12)
    expected = score_moments(logs(weights), np.ones(151)).with_score
    others = polynomial(without(weights, 0))
    share = [float(Fraction(weights[0][1] * coefficient(others, s - 1), exact[s])) for s in range(151)]
    assert expected[0] == pytest.approx(share, rel=1e-11)


@given(ITEMS, st.data())
def test_every_person_has_as_many_points_as_the_score_says(weights: Weights, data: st.DataObject) -> None:
    n_scores = len(polynomial(weights))
    counts = np.array(data.draw(st.lists(st.floats(0.0, 1e6), min_size=n_scores, max_size=n_scores)))
    moments = score_moments(logs(weights), counts)
    points = np.concatenate([np.arange(1, len(item)) for item in weights])
    assert points @ moments.with_score == pytest.approx(np.arange(n_scores) * counts, rel=1e-11, abs=1e-300)
    assert np.allclose(moments.joint, moments.joint.T)


def test_limits_leave_out_the_patterns_that_pass_outside() -> None:
    weights = [[1, 2], [1, 3, 5], [1, 7], [1, 2, 4]]
    limits = [None, (1, 2), None, (2, 5)]
    exact = [0] * 7
    for pattern in product(*(range(len(item)) for item in weights)):
        sums = np.cumsum(pattern)
        if 1 <= sums[1] <= 2 and 2 <= sums[3] <= 5:
            exact[sums[3]] += math.prod(item[k] for item, k in zip(weights, pattern, strict=True))
    assert np.exp(log_symmetric(logs(weights), limits)) == pytest.approx(exact, rel=1e-12)


def test_an_item_that_cannot_be_in_a_category_never_is() -> None:
    moments = score_moments([np.array([0.0, -np.inf, 0.0]), np.zeros(2)], np.array([0.0, 5.0, 4.0, 0.0]))
    known = np.array([[0.0] * 4, [0.0, 0.0, 4.0, 0.0], [0.0, 5.0, 0.0, 0.0]])
    assert moments.with_score == pytest.approx(known, rel=1e-14)
