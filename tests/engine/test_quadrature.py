"""Ability distributions on a grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ParameterError, Quadrature, normal_quadrature


@given(mean=st.floats(-2.0, 2.0), sd=st.floats(0.5, 1.5))
def test_a_fine_wide_grid_has_the_moments_of_the_normal(mean: float, sd: float) -> None:
    prior = normal_quadrature(mean, sd, lower=mean - 8.0 * sd, upper=mean + 8.0 * sd, n_nodes=81)
    assert prior.weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert prior.weights @ prior.nodes == pytest.approx(mean, abs=1e-9)
    assert prior.weights @ (prior.nodes - mean) ** 2 == pytest.approx(sd**2, abs=1e-9)


@given(mean=st.floats(-50.0, 50.0), sd=st.floats(0.01, 50.0))
def test_no_weight_is_ever_zero(mean: float, sd: float) -> None:
    assert np.all(np.isfinite(np.log(normal_quadrature(mean, sd).weights)))


def test_the_default_is_61_nodes_from_minus_six_to_six() -> None:
    prior = normal_quadrature()
    assert (prior.n_nodes, prior.nodes[0], prior.nodes[-1]) == (61, -6.0, 6.0)


@pytest.mark.parametrize(
    ("nodes", "weights"), [([0.0, 0.0], [0.5, 0.5]), ([0.0, 1.0], [1.0, 0.0]), ([0.0], [0.9]), ([], [])]
)
def test_what_is_no_distribution_is_refused(nodes: list[float], weights: list[float]) -> None:
    with pytest.raises(ParameterError):
        Quadrature(np.array(nodes), np.array(weights))


@pytest.mark.parametrize("arguments", [{"sd": 0.0}, {"mean": float("nan")}, {"lower": 6.0}, {"n_nodes": 1}])
def test_a_normal_that_does_not_exist_is_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(ParameterError):
        normal_quadrature(**arguments)  # type: ignore[arg-type]  # n_nodes is whole in every case
