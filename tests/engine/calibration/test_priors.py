"""Densities of priors, and their derivatives in what estimation moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine import LogNormalPrior, Model, NormalPrior, ParameterError, Priors
from engine.calibration.blocks import make_blocks


@given(x=st.floats(0.05, 5.0), mean=st.floats(-1.0, 1.0), sd=st.floats(0.2, 2.0))
def test_densities_are_those_of_the_quantity_itself(x: float, mean: float, sd: float) -> None:
    at = np.array([x])
    assert NormalPrior(mean, sd).log_density(at)[0] == pytest.approx(stats.norm.logpdf(x, mean, sd), abs=1e-9)
    lognormal = stats.lognorm.logpdf(x, sd, scale=np.exp(mean))  # a density of a, Jacobian included
    assert LogNormalPrior(mean, sd).log_density(at)[0] == pytest.approx(lognormal, abs=1e-9)


@pytest.mark.parametrize(
    ("model", "n_categories"), [("2pl", 2), ("3pl", 2), ("4pl", 2), ("gpcm", 4), ("grm", 4), ("rsm", 4), ("rasch", 2)]
)
def test_derivatives_are_those_of_differences(model: Model, n_categories: int) -> None:
    """Priors of slope, difficulty and asymptotes at once, in slope-intercept form."""
    priors = Priors(LogNormalPrior(0.1, 0.4), NormalPrior(0.5, 1.5), NormalPrior(-1.4, 0.5), NormalPrior(3.0, 0.5))
    (block,) = make_blocks([model] * 2, np.array([n_categories] * 2), priors, {})
    at = block.start.copy()
    at[:, 0] = np.where(block.free[0], [0.8, 1.3], at[:, 0])
    at[:, 1:n_categories] = np.linspace(0.9, -0.7, n_categories - 1)
    _, gradient, information = block.log_prior(at)
    for place in np.flatnonzero(block.free):
        h = np.zeros(at.shape)
        h[:, place] = 1e-5
        above, below = block.log_prior(at + h), block.log_prior(at - h)
        assert gradient[:, place] == pytest.approx((above[0] - below[0]) / 2e-5, abs=1e-5)
        bend = -(above[1] - below[1]) / 2e-5
        assert information[:, place][:, block.free] == pytest.approx(bend[:, block.free], abs=1e-4)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 0.0), (0.0, -1.0), (np.nan, 1.0), (0.0, np.inf)])
def test_a_prior_needs_a_mean_and_a_spread(mean: float, sd: float) -> None:
    with pytest.raises(ParameterError, match="sd > 0"):
        LogNormalPrior(mean, sd)
