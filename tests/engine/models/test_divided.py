"""Divide-by-total models."""

from __future__ import annotations

import numpy as np
import pytest

from engine.models import Family
from engine.models.divided import nominal, partial_credit


@pytest.mark.parametrize(
    ("family", "parameters"),
    [
        (partial_credit(2), [[2.0, 1.0]]),
        (partial_credit(4), [[1.2, 0.5, 0.2, -1.0]]),
        (nominal(3), [[0.4, 1.5, 0.3, -0.2]]),
    ],
)
def test_derivatives_to_ability_are_those_of_the_log_probabilities(
    family: Family, parameters: list[list[float]]
) -> None:
    step, nodes = 1e-4, np.linspace(-4.0, 4.0, 17)
    known = np.array(parameters)
    low, level, high = (family.log_probability(known, nodes + shift) for shift in (-step, 0.0, step))
    first, second = family.by_ability(known, nodes, level)
    assert first == pytest.approx((high - low) / (2.0 * step), abs=1e-7)
    assert second == pytest.approx((high - 2.0 * level + low) / step**2, abs=1e-6)


def test_the_slope_of_a_certain_category_stays_positive() -> None:
    """At logit 60 the slope is a (1 - P) = a exp(-60): a difference of two numbers near 1 would give 0."""
    family, nodes = partial_credit(2), np.array([30.0])
    parameters = np.array([[2.0, 0.0]])
    first, _ = family.by_ability(parameters, nodes, family.log_probability(parameters, nodes))
    assert first[0, 1, 0] == pytest.approx(2.0 * np.exp(-60.0), rel=1e-12)
