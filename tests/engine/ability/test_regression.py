"""Latent regression on known items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import minimize

from engine import (
    DesignError,
    ItemParameters,
    ParameterError,
    RegressionPosterior,
    Responses,
    calibrate,
    fit_latent_regression,
    simulate_responses,
)
from engine.ability.regression import RegressionErrors
from engine.arrays import FloatArray
from tests.engine.ability.known_items import items_of_tam, log_likelihood, responses_of_tam

if TYPE_CHECKING:
    from tests.engine.conftest import Reference

ITEMS = ItemParameters.two_parameter([1.0, 1.4, 0.8, 1.2], [-1.0, 0.0, 0.5, 1.0])
NODES = np.linspace(-12.0, 12.0, 481)


def small_sample() -> tuple[Responses, FloatArray]:
    rng = np.random.default_rng(6)
    design = np.column_stack([np.ones(120), rng.standard_normal(120)])
    theta = design @ [0.2, 0.9] + rng.standard_normal(120)
    return simulate_responses(theta, ITEMS, rng.random((120, 4)) < 0.9, rng), design


def log_marginal(point: FloatArray, responses: Responses, design: FloatArray) -> float:
    """Log-likelihood of coefficients and variance by a sum over a fine grid, person by person."""
    beta, variance = point[:-1], point[-1]
    total = 0.0
    for person in range(responses.n_persons):
        codes = np.full(4, -1)
        given = slice(responses.start[person], responses.start[person + 1])
        codes[responses.item[given]] = responses.category[given]
        density = np.exp(-0.5 * (NODES - design[person] @ beta) ** 2 / variance) / np.sqrt(2.0 * np.pi * variance)
        total += np.log((np.exp(log_likelihood(codes.tolist(), ITEMS, NODES)) * density).sum() * 0.05)
    return float(total)


def test_a_latent_regression_on_tams_items_is_tams(reference: Callable[[str], Reference]) -> None:
    raw = reference("tam_timss_pcm_latreg").raw
    design = np.column_stack([np.ones(raw["n"]), raw["Y"]])
    fitted = fit_latent_regression(responses_of_tam(raw), items_of_tam(raw), design)
    assert fitted.coefficients == pytest.approx(np.array(raw["beta"])[:, 0], abs=1e-5)
    assert fitted.residual_variance == pytest.approx(raw["variance"], abs=1e-5)


def test_estimates_and_errors_are_those_of_the_likelihood_itself() -> None:
    """A general optimiser on the likelihood, and its second derivatives by differences."""
    responses, design = small_sample()
    fitted = fit_latent_regression(responses, ITEMS, design)
    point = np.array([*fitted.coefficients, fitted.residual_variance])

    def fall(x: FloatArray) -> float:
        return -log_marginal(x, responses, design)

    best = minimize(fall, point + 0.05, method="Nelder-Mead", tol=1e-9)
    assert point == pytest.approx(best.x, abs=1e-4)
    step, unit = 1e-3, np.eye(3)
    hessian = np.array(
        [
            [
                sum(
                    s * t * log_marginal(point + step * (s * unit[i] + t * unit[j]), responses, design)
                    for s in (-1, 1)
                    for t in (-1, 1)
                )
                / (4.0 * step**2)
                for j in range(3)
            ]
            for i in range(3)
        ]
    )
    covariance = np.linalg.inv(-hessian)
    assert fitted.covariance == pytest.approx(covariance[:2, :2], rel=1e-3, abs=1e-5)
    assert 2.0 * fitted.residual_variance**2 / fitted.degrees_of_freedom == pytest.approx(covariance[2, 2], rel=1e-3)


def test_every_person_twice_is_a_weight_of_two() -> None:
    responses, design = small_sample()
    twice = fit_latent_regression(responses.select(np.repeat(np.arange(120), 2)), ITEMS, np.repeat(design, 2, axis=0))
    codes = np.full((120, 4), -1)
    codes[responses.person, responses.item] = responses.category
    weighted = fit_latent_regression(Responses.from_dense(codes, weight=np.full(120, 2.0)), ITEMS, design)
    assert weighted.coefficients == pytest.approx(twice.coefficients, abs=1e-8)
    assert weighted.covariance == pytest.approx(twice.covariance, rel=1e-6)
    once = fit_latent_regression(responses, ITEMS, design)
    assert once.standard_errors == pytest.approx(twice.standard_errors * np.sqrt(2.0), rel=1e-6)


def in_schools(n_schools: int, size: int, seed: int) -> tuple[Responses, FloatArray]:
    """Pupils whose ability depends on a number of their school's, and on a school effect that nobody measured."""
    rng, school = np.random.default_rng(seed), np.repeat(np.arange(n_schools), size)
    design = np.column_stack([np.ones(school.size), rng.standard_normal(n_schools)[school]])
    theta = design @ [0.0, 0.3] + 0.5 * rng.standard_normal(n_schools)[school] + 0.8 * rng.standard_normal(school.size)
    drawn = simulate_responses(theta, ITEMS, np.ones((school.size, 4), dtype=np.bool_), rng)
    weight = rng.uniform(0.5, 2.0, school.size)
    return replace(drawn, cluster=school.astype(np.int32), weight=weight, covariates=design[:, 1:]), design


@pytest.mark.parametrize("errors", ["information", "sandwich"])
def test_errors_by_school_are_those_of_a_calibration_whose_items_are_all_fixed(errors: RegressionErrors) -> None:
    responses, design = in_schools(25, 12, 1)
    fitted = fit_latent_regression(responses, ITEMS, design, errors=errors)
    fixed = {item: ITEMS.take([item]) for item in range(4)}
    other = calibrate(responses, fixed=fixed, errors=errors, tolerance=1e-7)
    assert fitted.coefficients == pytest.approx([other.groups[0].mean, other.coefficients[0]], abs=1e-6)
    expected = [other.groups[0].se_mean, other.coefficient_errors[0]]
    assert fitted.standard_errors == pytest.approx(expected, rel=1e-5)
    of_variance = np.sqrt(2.0 / fitted.degrees_of_freedom) * fitted.residual_variance
    assert of_variance == pytest.approx(2.0 * other.groups[0].sd * other.groups[0].se_sd, rel=1e-5)
    assert fitted.warnings == ()


@pytest.mark.slow
def test_errors_by_school_are_the_spread_of_estimates_between_samples_of_schools() -> None:
    """100 samples of 60 schools; four standard errors of an sd are 28 %. Errors by person are half as large."""
    fitted = []
    for seed in range(100):
        responses, design = in_schools(60, 15, seed)
        fitted.append(fit_latent_regression(responses, ITEMS, design, errors="sandwich"))
    spread = np.std([one.coefficients for one in fitted], axis=0, ddof=1)
    assert np.mean([one.standard_errors for one in fitted], axis=0) == pytest.approx(spread, rel=0.28)
    by_person = fit_latent_regression(responses, ITEMS, design).standard_errors
    assert np.all(by_person < 0.7 * spread)


def test_few_schools_are_warned_of_and_one_is_refused() -> None:
    responses, design = in_schools(7, 20, 2)
    assert "rest on 7 clusters, fewer than 20" in " ".join(
        fit_latent_regression(responses, ITEMS, design, errors="sandwich").warnings
    )
    assert fit_latent_regression(responses, ITEMS, design).warnings == ()
    with pytest.raises(DesignError, match="takes 2 or more, and there is 1"):
        fit_latent_regression(replace(responses, cluster=np.zeros(140, np.int32)), ITEMS, design, errors="sandwich")
    with pytest.raises(ParameterError, match="'robust' is not known"):
        fit_latent_regression(responses, ITEMS, design, errors="robust")  # type: ignore[arg-type]  # it is wrong


def test_columns_that_others_add_up_to_are_named() -> None:
    responses, design = small_sample()
    with pytest.raises(DesignError, match=r"columns [012] of the design"):
        fit_latent_regression(responses, ITEMS, np.column_stack([design, design @ [1.0, 2.0]]))


def test_answers_of_nobody_determine_nothing() -> None:
    with pytest.raises(DesignError, match="do not determine"):
        fit_latent_regression(Responses.from_dense(np.full((3, 4), -1)), ITEMS, np.ones((3, 1)))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((np.zeros(2), np.zeros((1, 1)), 1.0, 5.0), "as many rows and columns"),
        ((np.zeros(1), -np.ones((1, 1)), 1.0, 5.0), "no negative eigenvalue"),
        ((np.zeros(1), np.full((1, 1), np.inf), 1.0, 5.0), "must be finite"),
        ((np.zeros(1), np.ones((1, 1)), 0.0, 5.0), "must be positive"),
        ((np.zeros(1), np.ones((1, 1)), 1.0, float("nan")), "must be positive"),
    ],
)
def test_what_is_no_knowledge_of_a_regression_is_refused(
    values: tuple[FloatArray, FloatArray, float, float], named: str
) -> None:
    with pytest.raises(ParameterError, match=named):
        RegressionPosterior(*values)
