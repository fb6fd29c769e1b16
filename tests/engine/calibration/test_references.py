"""Every reference calibration of R mirt and TAM, reached: log-likelihood, parameters, standard errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engine import Calibration, calibrate
from engine.arrays import FloatArray
from tests.engine.calibration.evaluator import COMMON, Curve, log_likelihood
from tests.engine.calibration.reference_files import MIRT_GRID, MODELS, Found, ReferenceFile, ours, read_reference

LIKELIHOOD, PARAMETER, OF_ERROR, ERROR = 0.01, 1e-3, 0.05, 0.01  # the gates
Read = Callable[[str], ReferenceFile]


@pytest.fixture(scope="module")
def read(shared_data: Path) -> Read:
    """Read a file, once."""
    return cache(lambda name: read_reference(shared_data, name))


@pytest.fixture(scope="module")
def fit(read: Read) -> Callable[[str, bool], Calibration]:
    """Our calibration of a file's data, once; on the grid of its program where that is asked."""

    @cache
    def fitted(name: str, on_their_grid: bool) -> Calibration:
        known = read(name)
        nodes = known.nodes if on_their_grid else None
        result = calibrate(known.responses, model=known.model, priors=known.priors, tolerance=1e-6, nodes=nodes)
        assert result.converged
        return result

    return fitted


def assert_near(ours: FloatArray, theirs: FloatArray, errors: FloatArray) -> None:
    """Within max(1e-3, 0.05 SE) of a reference."""
    assert ours.shape == theirs.shape == errors.shape
    assert np.all(np.abs(ours - theirs) <= np.maximum(PARAMETER, OF_ERROR * errors))


def on(known: ReferenceFile, found: Found, nodes: FloatArray = COMMON) -> float:
    """Log-likelihood of anybody's estimates on the common evaluator; log-posterior where there are priors."""
    value = log_likelihood(known.answers, found.curves, found.means, found.sds, nodes)
    return value + (log_prior(found.curves) if known.priors else 0.0)


def log_prior(curves: tuple[Curve, ...]) -> float:
    """LogNormal(0.2, 0.5) density of a, normal(-1.386, 0.5) density of logit c: the file's ``prior``, written out."""
    a, c = np.array([curve.slope for curve in curves]), np.array([curve.guessing for curve in curves])
    of_slopes = -np.log(a) - np.log(0.5 * np.sqrt(2.0 * np.pi)) - 0.5 * ((np.log(a) - 0.2) / 0.5) ** 2
    of_guessing = -np.log(0.5 * np.sqrt(2.0 * np.pi)) - 0.5 * ((np.log(c / (1.0 - c)) + 1.386) / 0.5) ** 2
    return float(of_slopes.sum() + of_guessing.sum())


@pytest.mark.parametrize("name", MODELS)
def test_the_evaluator_gives_a_reference_the_log_likelihood_that_its_program_gave_it(name: str, read: Read) -> None:
    """On its program's grid; so that the evaluator can judge."""
    known = read(name)
    theirs = known.log_likelihood + float(known.raw.get("logPrior", 0.0))
    assert on(known, known.found, known.nodes) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("on_their_grid", [True, False])
@pytest.mark.parametrize("name", MODELS)
def test_no_reference_is_likelier_than_ours_on_one_evaluator(
    name: str, on_their_grid: bool, read: Read, fit: Callable[[str, bool], Calibration]
) -> None:
    """On our grid ours may be likelier: [-6, 6] cuts the second group of the stacked LSAT off (its variance is 2.5)."""
    known, result = read(name), fit(name, on_their_grid)
    difference = on(known, ours(result)) - on(known, known.found)
    assert difference > -LIKELIHOOD
    assert difference < (0.1 if name == "lsat67_multigroup_2pl" and not on_their_grid else LIKELIHOOD)
    own = result.log_posterior if known.priors else result.log_likelihood
    grid = known.nodes if on_their_grid else COMMON
    assert own == pytest.approx(on(known, ours(result), grid), abs=1e-4)  # what we report is what the evaluator finds


def level_errors(result: Calibration) -> FloatArray:
    """Standard errors of the intercepts of `ours`: slopes and steps carried over by numerical differentiation."""
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
    return np.sqrt(np.diag(jacobian @ result.covariance.matrix @ jacobian.T))


def _value(result: Calibration, index: int, name: str) -> float:
    if name.startswith("step_"):
        return float(result.items.steps(index)[int(name[5:]) - 1])
    if name in {"mean", "sd"}:
        return float(getattr(result.groups[index], name))
    if name == "coefficient":
        return float(result.coefficients[index])
    return float(getattr(result.items, name)[index])


@pytest.mark.parametrize("name", ["lsat6_2pl", "lsat7_2pl", "lsat6_rasch", "science_gpcm", "science_graded"])
def test_estimates_and_errors_are_those_of_r_mirt(
    name: str, read: Read, fit: Callable[[str, bool], Calibration]
) -> None:
    known, result = read(name), fit(name, False)
    found, theirs = ours(result), known.found
    of_levels = known.standard_errors("d", "d1", "d2", "d3")
    assert_near(found.levels, theirs.levels, of_levels)
    assert level_errors(result) == pytest.approx(of_levels, rel=ERROR)
    if known.model == "rasch":
        variance, error = _variance(result, 0)
        assert variance == pytest.approx(theirs.sds[0] ** 2, abs=PARAMETER)
        assert error == pytest.approx(known.raw["se"]["GroupPars"]["SE"][1], rel=ERROR)  # .104864636
        return
    assert_near(found.slopes, theirs.slopes, known.standard_errors("a1"))
    assert result.standard_errors.discrimination == pytest.approx(known.standard_errors("a1"), rel=ERROR)


def _variance(result: Calibration, group: int) -> tuple[float, float]:
    """A group's variance, and its standard error."""
    found = result.groups[group]
    return found.sd**2, 2.0 * found.sd * found.se_sd


def test_three_parameters_with_priors_are_those_of_r_mirt(read: Read, fit: Callable[[str, bool], Calibration]) -> None:
    known, found = read("lsat7_3pl_mmap"), ours(fit("lsat7_3pl_mmap", False))
    theirs = known.found
    assert_near(found.slopes, theirs.slopes, known.standard_errors("a1"))
    assert_near(found.levels, theirs.levels, known.standard_errors("d"))
    c = np.array([curve.guessing for curve in theirs.curves])
    of_guessing = known.standard_errors("logit(g)") * c * (1.0 - c)
    assert_near(np.array([curve.guessing for curve in found.curves]), c, of_guessing)


def test_standard_errors_with_priors_are_those_of_a_numerical_hessian(read: Read) -> None:
    """R mirt's own are off by up to 6 % here (the data's README); a Hessian by differences is the reference."""
    known = read("lsat7_3pl_mmap")
    result = calibrate(known.responses, model="3pl", priors=known.priors, tolerance=1e-8)
    a, b, c = result.items.discrimination, result.items.difficulty, result.items.guessing

    def log_posterior(vector: FloatArray) -> float:
        columns = zip(*vector.reshape(3, -1), strict=True)
        curves = tuple(Curve(a, np.array([d]), float(1.0 / (1.0 + np.exp(-logit)))) for a, d, logit in columns)
        return on(known, Found(curves, (0.0,), (1.0,)), MIRT_GRID)

    x = np.concatenate([a, -a * b, np.log(c / (1.0 - c))])
    h = 1e-4 * np.eye(x.size)
    signs = [(s, t) for s in (1.0, -1.0) for t in (1.0, -1.0)]
    hessian = np.zeros((x.size, x.size))
    for i in range(x.size):
        for j in range(i + 1):
            hessian[i, j] = sum(s * t * log_posterior(x + s * h[i] + t * h[j]) for s, t in signs) / (4.0 * 1e-8)
            hessian[j, i] = hessian[i, j]
    covariance = np.linalg.inv(-hessian)
    error = np.sqrt(np.diag(covariance)).reshape(3, -1)
    assert result.standard_errors.discrimination == pytest.approx(error[0], rel=ERROR)
    assert result.standard_errors.guessing == pytest.approx(error[2] * c * (1.0 - c), rel=ERROR)
    item = np.arange(5)
    of_b = covariance[item + 5, item + 5] + 2.0 * b * covariance[item, item + 5] + b**2 * covariance[item, item]
    assert result.standard_errors.difficulty == pytest.approx(np.sqrt(of_b) / a, rel=ERROR)


def test_two_groups_on_the_grid_of_r_mirt_are_those_of_r_mirt(
    read: Read, fit: Callable[[str, bool], Calibration]
) -> None:
    """The file has no standard errors: ours are the yardstick."""
    known, result = read("lsat67_multigroup_2pl"), fit("lsat67_multigroup_2pl", True)
    found, theirs = ours(result), known.found
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=LIKELIHOOD)
    assert_near(found.slopes, theirs.slopes, result.standard_errors.discrimination)
    assert_near(found.levels, theirs.levels, level_errors(result))
    assert_near(np.array(found.means[1:]), np.array(theirs.means[1:]), np.array([result.groups[1].se_mean]))
    variance, error = _variance(result, 1)
    assert_near(np.array([variance]), np.array([theirs.sds[1] ** 2]), np.array([error]))


def test_a_wide_group_gets_a_grid_that_holds_it(read: Read, fit: Callable[[str, bool], Calibration]) -> None:
    """[-6, 6] cuts off the second group; on a wider grid the likelihood is higher."""
    known, result = read("lsat67_multigroup_2pl"), fit("lsat67_multigroup_2pl", False)
    assert result.n_nodes > 61
    assert known.log_likelihood < result.log_likelihood < known.log_likelihood + 0.1
    assert (result.groups[0].mean, result.groups[0].sd) == (0.0, 1.0)
    assert result.groups[1].n == 1000.0


def test_rasch_estimates_are_those_of_tam(read: Read, fit: Callable[[str, bool], Calibration]) -> None:
    """TAM's standard errors are approximations, and no reference: ours are the yardstick."""
    known, result = read("tam_rasch"), fit("tam_rasch", False)
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=LIKELIHOOD)
    xsi = np.array([row["xsi"] for row in known.raw["xsi"]])
    assert_near(result.items.difficulty, xsi, result.standard_errors.difficulty)
    assert_near(ours(result).levels, known.found.levels, level_errors(result))
    assert result.groups[0].sd ** 2 == pytest.approx(known.raw["variance"], abs=PARAMETER)


def test_a_latent_regression_is_that_of_tam(read: Read, fit: Callable[[str, bool], Calibration]) -> None:
    """Partial credit, one covariate (Taiwan), TIMSS 2011: the coefficient, the variance, and every step."""
    known, result = read("tam_timss_pcm_latreg"), fit("tam_timss_pcm_latreg", False)
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=LIKELIHOOD)
    assert result.coefficients[0] == pytest.approx(known.raw["beta"][1][0], abs=PARAMETER)
    assert result.groups[0].sd ** 2 == pytest.approx(known.raw["variance"], abs=PARAMETER)
    theirs = known.found
    assert_near(ours(result).levels, theirs.levels, level_errors(result))
    steps = np.concatenate([-np.diff(curve.levels, prepend=0.0) for curve in theirs.curves])
    found = np.concatenate([result.items.steps(item) for item in range(result.items.n_items)])
    assert_near(found, steps, step_errors(result))


def step_errors(result: Calibration) -> FloatArray:
    """Standard errors of all steps, item after item; of a dichotomous item's difficulty."""
    place = {name: row for row, name in enumerate(result.covariance.names)}
    variance = np.diag(result.covariance.matrix)
    found = []
    for item, n in enumerate(result.items.n_categories.tolist()):
        keys = [f"step_{k}" for k in range(1, n)] if n > 2 else ["difficulty"]
        found += [variance[place["item", item, key]] for key in keys]
    errors: FloatArray = np.sqrt(np.array(found))
    return errors
