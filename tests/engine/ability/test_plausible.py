"""Plausible values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate
from scipy.stats import kstest, norm, uniform

from engine import (
    AbilityPrior,
    ItemParameters,
    ParameterError,
    Quadrature,
    RegressionPosterior,
    Responses,
    draw_conditional_values,
    draw_plausible_values,
    estimate_eap,
    fit_latent_regression,
    normal_quadrature,
    simulate_responses,
)
from engine.ability.plausible import invert
from engine.arrays import FloatArray
from tests.engine.ability.known_items import KINDS, log_likelihood

ONE = ItemParameters.two_parameter([1.0], [0.0])
CODES = [[1, 0, 1, 0, 1, 1, 0, 2, 1, 1, 0, 2], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], [-1] * 12]


def students(n: int, seed: int) -> tuple[Responses, ItemParameters, FloatArray]:
    """Answers to 12 items by persons whose ability is 0.3 + 0.5 x + e, with e of sd 0.8."""
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.standard_normal(n)])
    theta = design @ [0.3, 0.5] + 0.8 * rng.standard_normal(n)
    items = ItemParameters.two_parameter(rng.uniform(0.8, 1.6, 12), np.linspace(-2.0, 2.0, 12))
    return simulate_responses(theta, items, np.ones((n, 12), dtype=np.bool_), rng), items, design


@pytest.mark.parametrize("prior", [normal_quadrature(), AbilityPrior(np.zeros(20_000), np.ones(20_000))])
def test_values_without_answers_are_the_prior_and_all_distinct(prior: AbilityPrior) -> None:
    nobody = Responses.from_dense(np.full((20_000, 1), -1))
    values = draw_plausible_values(nobody, ONE, prior, n_values=1, rng=np.random.default_rng(20))[:, 0]
    assert np.unique(values).size == 20_000
    assert kstest(values, norm.cdf).pvalue > 0.001
    assert values.mean() == pytest.approx(0.0, abs=4.0 / np.sqrt(20_000))  # four standard errors of a mean
    assert values.var() == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / 20_000))


def test_values_from_a_histogram_with_cliffs_are_spread_as_it_is() -> None:
    """All on 21 nodes from -2 to 2, next to nothing beyond: draws leave them by one cell at most."""
    nodes, weights = np.linspace(-6.0, 6.0, 61), np.full(61, 1e-300)
    weights[20:41] = 1.0 / 21.0
    prior, nobody = Quadrature(nodes, weights / weights.sum()), Responses.from_dense(np.full((20_000, 1), -1))
    values = draw_plausible_values(nobody, ONE, prior, n_values=1, rng=np.random.default_rng(7))[:, 0]
    assert np.abs(values).max() <= 2.2
    assert kstest(values, uniform(-2.0, 4.0).cdf).statistic < 0.02  # 1.63 / √20,000 and half a cell, 0.1 / 4, outside


@pytest.mark.parametrize("person", [0, 1, 2])
def test_values_have_the_distribution_of_the_posterior(person: int) -> None:
    """Against the distribution function by integration, for a test with every kind of item."""
    n = 40_000
    responses = Responses.from_dense([CODES[person]])
    prior = AbilityPrior(np.array([0.3]), np.array([1.2]))
    values = draw_plausible_values(responses, KINDS, prior, n_values=n, rng=np.random.default_rng(8))[0]
    fine = np.linspace(-8.0, 8.0, 20_001)
    density = np.exp(log_likelihood(CODES[person], KINDS, fine) + norm.logpdf(fine, 0.3, 1.2))
    cumulative = integrate.cumulative_simpson(density, x=fine, initial=0.0)
    assert kstest(values, lambda x: np.interp(x, fine, cumulative / cumulative[-1])).pvalue > 0.001
    eap = estimate_eap(responses, KINDS, prior)
    assert values.mean() == pytest.approx(eap.theta[0], abs=4.0 * eap.standard_error[0] / np.sqrt(n))
    assert values.std() == pytest.approx(eap.standard_error[0], rel=4.0 * np.sqrt(0.75 / n))  # kurtosis up to 4


@given(mean=st.floats(-2.0, 2.0), sd=st.floats(0.3, 1.5))
def test_quantiles_of_a_normal_density_are_its_own(mean: float, sd: float) -> None:
    nodes = np.arange(mean - 7.0 * sd - sd / 9.0, mean + 7.0 * sd, sd / 3.0)[np.newaxis]  # spacing as in use
    shares = np.linspace(0.001, 0.999, 999)[np.newaxis]
    values = invert(-0.5 * ((nodes - mean) / sd) ** 2, nodes, shares)
    assert np.abs(norm.cdf(values, mean, sd) - shares).max() <= 2e-4
    assert np.all(np.diff(values) > 0.0)


def test_a_density_that_rises_or_falls_steeply_overflows_nowhere() -> None:
    """All mass but exp(-900) is in the cell at one end, within 37 / 9,000 of it but for a chance of 1e-16."""
    nodes = np.linspace(-1.0, 1.0, 21)[np.newaxis]
    for slope in (-9_000.0, 9_000.0):
        values = invert(slope * nodes, nodes, np.array([[1e-12, 0.5, 1.0 - 1e-12]]))
        assert np.all(np.abs(values - np.sign(slope)) < 0.01)
        assert np.all(np.isfinite(invert(slope * nodes, nodes, np.zeros((1, 1)))))


def test_groups_have_a_mean_and_sd_of_their_own() -> None:
    group = np.repeat([0, 1], 20_000)
    prior = AbilityPrior.of_groups(group, [-1.0, 2.0], [0.5, 1.5])
    nobody = Responses.from_dense(np.full((40_000, 1), -1))
    values = draw_plausible_values(nobody, ONE, prior, n_values=1, rng=np.random.default_rng(3))[:, 0]
    assert kstest(values[group == 0], norm(-1.0, 0.5).cdf).pvalue > 0.001
    assert kstest(values[group == 1], norm(2.0, 1.5).cdf).pvalue > 0.001


def test_the_seed_and_not_the_threads_decide_the_draws() -> None:
    responses, items, design = students(9_000, 1)
    regression = fit_latent_regression(responses, items, design)
    with ThreadPoolExecutor(3) as threads:
        assert np.array_equal(
            fit_latent_regression(responses, items, design, executor=threads).coefficients, regression.coefficients
        )
        for executor in (None, threads):
            known = draw_plausible_values(
                responses, items, normal_quadrature(), n_values=2, rng=np.random.default_rng(5), executor=executor
            )
            drawn = draw_conditional_values(
                responses, items, design, regression, n_values=2, rng=np.random.default_rng(5), executor=executor
            ).values
            if executor is None:
                alone = known, drawn
    assert np.array_equal(alone[0], known)
    assert np.array_equal(alone[1], drawn)
    other = draw_plausible_values(responses, items, normal_quadrature(), n_values=2, rng=np.random.default_rng(6))
    assert not np.any(other == known)


def test_two_calls_with_one_generator_draw_differently() -> None:
    rng, responses = np.random.default_rng(5), Responses.from_dense([[1]])
    first, second = (draw_plausible_values(responses, ONE, normal_quadrature(), n_values=3, rng=rng) for _ in range(2))
    assert not np.any(first == second)


def test_regression_on_values_recovers_what_regression_on_estimates_shrinks() -> None:
    responses, items, design = students(20_000, 2)
    regression = fit_latent_regression(responses, items, design)
    drawn = draw_conditional_values(responses, items, design, regression, n_values=5, rng=np.random.default_rng(4))
    on_values = np.linalg.lstsq(design, drawn.values, rcond=None)[0].mean(axis=1)
    estimates = estimate_eap(responses, items, normal_quadrature(0.3, np.sqrt(0.8**2 + 0.5**2))).theta
    on_estimates = np.linalg.lstsq(design, estimates, rcond=None)[0]
    tolerance = 4.0 * regression.standard_errors
    assert np.all(np.abs(on_values - [0.3, 0.5]) < tolerance)
    assert on_estimates[1] < 0.5 - 5.0 * tolerance[1]
    residual = (drawn.values - design @ on_values[:, np.newaxis]).std()
    assert residual == pytest.approx(0.8, abs=0.03)


def test_each_value_has_a_regression_of_its_own() -> None:
    nobody, design = Responses.from_dense(np.full((5, 1), -1)), np.ones((5, 1))
    regression = RegressionPosterior(np.array([0.5]), np.array([[0.04]]), 1.0, 30.0)
    drawn = draw_conditional_values(nobody, ONE, design, regression, n_values=4_000, rng=np.random.default_rng(1))
    assert drawn.coefficients[:, 0].mean() == pytest.approx(0.5, abs=4.0 * 0.2 / np.sqrt(4_000))
    assert drawn.coefficients[:, 0].var() == pytest.approx(0.04 * 30.0 / 28.0, rel=0.12)  # 0.04 E(30 / chi²(30))
    assert drawn.residual_variance.mean() == pytest.approx(30.0 / 28.0, rel=0.03)
    between = drawn.values - drawn.coefficients[:, 0]
    assert kstest((between / np.sqrt(drawn.residual_variance))[0], norm.cdf).pvalue > 0.001


def test_shapes_that_do_not_fit_are_refused() -> None:
    responses, known = Responses.from_dense([[1], [0]]), RegressionPosterior(np.zeros(1), np.zeros((1, 1)), 1.0)
    rng = np.random.default_rng(1)
    with pytest.raises(ParameterError, match="one plausible value or more"):
        draw_plausible_values(responses, ONE, normal_quadrature(), n_values=0, rng=rng)
    with pytest.raises(ParameterError, match="2 columns, the regression 1"):
        draw_conditional_values(responses, ONE, np.ones((2, 2)), known, n_values=1, rng=rng)
    with pytest.raises(ParameterError, match="one row for each of 2 persons"):
        draw_conditional_values(responses, ONE, np.ones((3, 1)), known, n_values=1, rng=rng)
