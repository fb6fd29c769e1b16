"""Every reference calibration of R mirt and TAM, reached: log-likelihood, parameters, standard errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine import Calibration, LogNormalPrior, Model, NormalPrior, Priors, Responses, calibrate
from engine.arrays import FloatArray

if TYPE_CHECKING:
    from tests.engine.conftest import Reference

MIRT_GRID = np.linspace(-6.0, 6.0, 61)  # meta.quadrature of the files
THREE_PARAMETER_PRIORS = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))  # "prior"
LIKELIHOOD, PARAMETER, OF_ERROR, ERROR = 0.01, 1e-3, 0.05, 0.01  # the gates


def responses_of(known: Reference) -> Responses:
    """Patterns with categories from 0 on; mirt's Science answers are 1 to 4."""
    patterns = np.array(known.raw["patterns"])
    return Responses.from_dense(patterns - patterns.min(), weight=known.raw["freq"])


def assert_near(ours: FloatArray, theirs: FloatArray, errors: FloatArray) -> None:
    """Within max(1e-3, 0.05 SE) of a reference."""
    assert np.all(np.abs(ours - theirs) <= np.maximum(PARAMETER, OF_ERROR * errors))


def intercepts(result: Calibration) -> tuple[FloatArray, FloatArray]:
    """Cumulative intercepts ``-a (step_1 + … + step_k)``, or ``-a step_k`` of graded items, with standard errors.

    The reference files are in slope-intercept form; ours are carried over by numerical differentiation.
    """
    items, names = result.items, result.covariance.names
    is_cumulative = result.models[0] != "grm"
    n_steps = items.n_categories - 1
    estimates = np.array([_value(result, index, name) for _, index, name in names])
    place = {(index, name): row for row, (kind, index, name) in enumerate(names) if kind == "item"}

    def levels(vector: FloatArray) -> FloatArray:
        found = []
        for item in range(items.n_items):
            a = vector[place[item, "discrimination"]] if (item, "discrimination") in place else 1.0
            keys = [f"step_{k + 1}" for k in range(n_steps[item])] if n_steps[item] > 1 else ["difficulty"]
            steps = np.array([vector[place[item, key]] for key in keys])
            found.append(-a * (np.cumsum(steps) if is_cumulative else steps))
        return np.concatenate(found)

    h = 1e-6
    moves = [levels(estimates + h * one) - levels(estimates - h * one) for one in np.eye(estimates.size)]
    jacobian = np.stack(moves, axis=1) / (2.0 * h)
    return levels(estimates), np.sqrt(np.diag(jacobian @ result.covariance.matrix @ jacobian.T))


def _value(result: Calibration, index: int, name: str) -> float:
    if name.startswith("step_"):
        return float(result.items.steps(index)[int(name[5:]) - 1])
    if name in {"mean", "sd"}:
        return float(getattr(result.groups[index], name))
    return float(getattr(result.items, name)[index])


def mirt_levels(known: Reference) -> FloatArray:
    """Intercepts of every item in order: d, or d1, d2, and so on."""
    wanted = {"d", "d1", "d2", "d3"}
    return np.array([p["value"] for p in known.raw["params"] if p["name"] in wanted and p["est"]])


def mirt_level_errors(known: Reference) -> FloatArray:
    """Standard errors of the same."""
    found = []
    for item in known.raw["items"]:
        entry = known.raw["se"][item]
        pairs = zip(entry["names"], entry["SE"], strict=True)
        found += [error for name, error in pairs if name in {"d", "d1", "d2", "d3"} and error is not None]
    return np.array(found)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("lsat6_2pl", "2pl"),
        ("lsat7_2pl", "2pl"),
        ("lsat6_rasch", "rasch"),
        ("science_gpcm", "gpcm"),
        ("science_graded", "grm"),
    ],
)
def test_estimates_and_errors_are_those_of_r_mirt(
    name: str, model: Model, reference: Callable[[str], Reference]
) -> None:
    known = reference(name)
    result = calibrate(responses_of(known), model=model, tolerance=1e-6)
    assert result.converged
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=LIKELIHOOD)
    levels, errors = intercepts(result)
    assert_near(levels, mirt_levels(known), mirt_level_errors(known))
    assert errors == pytest.approx(mirt_level_errors(known), rel=ERROR)
    if model == "rasch":
        assert result.groups[0].sd ** 2 == pytest.approx(known.of_group("COV_11"), abs=PARAMETER)
        return
    assert_near(result.items.discrimination, known.of_items("a1"), known.standard_errors("a1"))
    assert result.standard_errors.discrimination == pytest.approx(known.standard_errors("a1"), rel=ERROR)


def test_three_parameters_with_priors_are_those_of_r_mirt(reference: Callable[[str], Reference]) -> None:
    known = reference("lsat7_3pl_mmap")
    result = calibrate(responses_of(known), model="3pl", priors=THREE_PARAMETER_PRIORS, tolerance=1e-6)
    theirs = known.log_likelihood + float(known.raw["logPrior"])
    assert result.log_posterior == pytest.approx(theirs, abs=LIKELIHOOD)
    errors = known.standard_errors("a1")
    assert_near(result.items.discrimination, known.of_items("a1"), errors)
    assert_near(-result.items.discrimination * result.items.difficulty, known.of_items("d"), errors)
    assert_near(result.items.guessing, known.of_items("g"), np.zeros(5))


def log_posterior(vector: FloatArray, patterns: FloatArray, n: FloatArray) -> float:
    """Log-posterior of the three-parameter model from its definition: no code of the engine."""
    a, d, logit_c = vector.reshape(3, -1)
    c = 1.0 / (1.0 + np.exp(-logit_c))
    p = c + (1.0 - c) / (1.0 + np.exp(-(np.outer(MIRT_GRID, a) + d)))  # (n_nodes, n_items)
    likelihood = np.exp(patterns @ np.log(p).T + (1.0 - patterns) @ np.log(1.0 - p).T)
    weights = np.exp(-0.5 * MIRT_GRID**2)
    fit = n @ np.log(likelihood @ (weights / weights.sum()))
    of_slopes = -np.log(a) - 0.5 * ((np.log(a) - 0.2) / 0.5) ** 2
    of_guessing = -0.5 * ((logit_c + 1.386) / 0.5) ** 2
    return float(fit + of_slopes.sum() + of_guessing.sum())


def test_standard_errors_with_priors_are_those_of_a_numerical_hessian(reference: Callable[[str], Reference]) -> None:
    """R mirt's own are off by up to 6 % here (the data's README); a Hessian by differences is the reference."""
    known = reference("lsat7_3pl_mmap")
    patterns, n = np.array(known.raw["patterns"], dtype=np.float64), np.array(known.raw["freq"], dtype=np.float64)
    result = calibrate(responses_of(known), model="3pl", priors=THREE_PARAMETER_PRIORS, tolerance=1e-8)
    a, b, c = result.items.discrimination, result.items.difficulty, result.items.guessing
    x = np.concatenate([a, -a * b, np.log(c / (1.0 - c))])
    h = 1e-4 * np.eye(x.size)
    hessian = np.empty((x.size, x.size))
    for i in range(x.size):
        for j in range(x.size):
            corners = [
                s * t * log_posterior(x + s * h[i] + t * h[j], patterns, n) for s in (1.0, -1.0) for t in (1.0, -1.0)
            ]
            hessian[i, j] = sum(corners) / (4.0 * 1e-8)
    covariance = np.linalg.inv(-hessian)
    error = np.sqrt(np.diag(covariance)).reshape(3, -1)
    assert result.standard_errors.discrimination == pytest.approx(error[0], rel=ERROR)
    assert result.standard_errors.guessing == pytest.approx(error[2] * c * (1.0 - c), rel=ERROR)
    item = np.arange(5)
    of_b = covariance[item + 5, item + 5] + 2.0 * b * covariance[item, item + 5] + b**2 * covariance[item, item]
    assert result.standard_errors.difficulty == pytest.approx(np.sqrt(of_b) / a, rel=ERROR)


def test_two_groups_on_the_grid_of_r_mirt_are_those_of_r_mirt(reference: Callable[[str], Reference]) -> None:
    known = reference("lsat67_multigroup_2pl")
    result = calibrate(two_groups(known), nodes=MIRT_GRID, tolerance=1e-6)
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=LIKELIHOOD)
    assert_near(result.items.discrimination, known.of_items("a1", "g1"), result.standard_errors.discrimination)
    levels, errors = intercepts(result)
    assert_near(levels, known.of_items("d", "g1"), errors)
    mean, variance = np.array([result.groups[1].mean]), np.array([result.groups[1].sd ** 2])
    assert_near(mean, np.array([known.of_group("MEAN_1", "g2")]), np.array([result.groups[1].se_mean]))
    of_variance = np.array([2.0 * result.groups[1].sd * result.groups[1].se_sd])
    assert_near(variance, np.array([known.of_group("COV_11", "g2")]), of_variance)


def two_groups(known: Reference) -> Responses:
    patterns = known.raw["group_patterns"]
    rows = [(codes, n, group) for group, name in enumerate(("g1", "g2")) for codes, n in patterns[name].items() if n]
    codes = [[int(code) for code in pattern] for pattern, _, _ in rows]
    return Responses.from_dense(codes, weight=[n for _, n, _ in rows], group=[group for _, _, group in rows])


def test_a_wide_group_gets_a_grid_that_holds_it(reference: Callable[[str], Reference]) -> None:
    """[-6, 6] cuts off the second group (its variance is 2.5); on a wider grid the likelihood is higher."""
    known = reference("lsat67_multigroup_2pl")
    result = calibrate(two_groups(known))
    assert result.n_nodes > 61
    assert known.log_likelihood < result.log_likelihood < known.log_likelihood + 0.1
    assert (result.groups[0].mean, result.groups[0].sd) == (0.0, 1.0)
    assert result.groups[1].n == 1000.0


def tam(shared_data: Path, name: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((shared_data / "calibration" / f"{name}.json").read_text())
    return known


def test_rasch_estimates_are_those_of_tam(shared_data: Path) -> None:
    known = tam(shared_data, "tam_rasch")
    result = calibrate(Responses.from_dense(known["responses"]), model="rasch")
    assert result.log_likelihood == pytest.approx(known["logLik"], abs=LIKELIHOOD)
    xsi = np.array([row["xsi"] for row in known["xsi"]])
    assert_near(result.items.difficulty, xsi, result.standard_errors.difficulty)
    assert result.groups[0].sd ** 2 == pytest.approx(known["variance"], abs=PARAMETER)


def test_a_latent_regression_is_that_of_tam(shared_data: Path) -> None:
    """Partial credit, one covariate (Taiwan), TIMSS 2011; TAM's standard errors are approximations: no reference."""
    known = tam(shared_data, "tam_timss_pcm_latreg")
    codes = [[-1 if code is None else code for code in row] for row in known["responses"]]
    result = calibrate(Responses.from_dense(codes, covariates=np.array(known["Y"]).reshape(-1, 1)), model="pcm")
    assert result.log_likelihood == pytest.approx(known["logLik"], abs=LIKELIHOOD)
    assert result.coefficients[0] == pytest.approx(known["beta"][1][0], abs=PARAMETER)
    assert result.groups[0].sd ** 2 == pytest.approx(known["variance"], abs=PARAMETER)
    for item, levels in enumerate(known["AXsi"]):  # intercepts of categories 1, 2, …
        ours = -np.cumsum(result.items.steps(item))
        theirs = np.array([level for level in levels[1:] if level is not None])
        error = result.standard_errors.difficulty[item]
        assert_near(ours, theirs, np.full(ours.size, error))
