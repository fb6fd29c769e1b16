"""Every reference calibration of R mirt and TAM, reached: log-likelihood, parameters, standard errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from engine import Calibration, calibrate
from engine.arrays import FloatArray
from tests.engine.calibration.comparing import (
    ERROR,
    LIKELIHOOD,
    OF_ERROR,
    PARAMETER,
    hessian_errors,
    level_errors,
    on,
    step_errors,
    variance_of,
)
from tests.engine.calibration.evaluator import COMMON
from tests.engine.calibration.reference_files import MODELS, ReferenceFile, ours, read_reference

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
        variance, error = variance_of(result, 0)
        assert variance == pytest.approx(theirs.sds[0] ** 2, abs=PARAMETER)
        assert error == pytest.approx(known.raw["se"]["GroupPars"]["SE"][1], rel=ERROR)  # .104864636
        return
    assert_near(found.slopes, theirs.slopes, known.standard_errors("a1"))
    assert result.standard_errors.discrimination == pytest.approx(known.standard_errors("a1"), rel=ERROR)


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
    slopes, difficulties, guessing = hessian_errors(known, result)
    assert result.standard_errors.discrimination == pytest.approx(slopes, rel=ERROR)
    assert result.standard_errors.difficulty == pytest.approx(difficulties, rel=ERROR)
    assert result.standard_errors.guessing == pytest.approx(guessing, rel=ERROR)


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
    variance, error = variance_of(result, 1)
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
