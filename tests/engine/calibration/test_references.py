"""Every reference calibration of R mirt and TAM, reached: log-likelihood, parameters, standard errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine import Model, Responses, calibrate
from engine.arrays import FloatArray
from tests.engine.calibration.references import (
    ERROR,
    LIKELIHOOD,
    MIRT_GRID,
    OF_ERROR,
    PARAMETER,
    THREE_PARAMETER_PRIORS,
    errors_by_differences,
    intercepts,
    mirt_level_errors,
    mirt_levels,
    responses_of,
    two_groups,
)

if TYPE_CHECKING:
    from tests.engine.conftest import Reference


def assert_near(ours: FloatArray, theirs: FloatArray, errors: FloatArray) -> None:
    """Within max(1e-3, 0.05 SE) of a reference."""
    assert np.all(np.abs(ours - theirs) <= np.maximum(PARAMETER, OF_ERROR * errors))


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


def test_standard_errors_with_priors_are_those_of_a_numerical_hessian(reference: Callable[[str], Reference]) -> None:
    """R mirt's own are off by up to 6 % here (the data's README); a Hessian by differences is the reference."""
    known = reference("lsat7_3pl_mmap")
    result = calibrate(responses_of(known), model="3pl", priors=THREE_PARAMETER_PRIORS, tolerance=1e-8)
    slopes, difficulties, guessing = errors_by_differences(known, result)
    assert result.standard_errors.discrimination == pytest.approx(slopes, rel=ERROR)
    assert result.standard_errors.difficulty == pytest.approx(difficulties, rel=ERROR)
    assert result.standard_errors.guessing == pytest.approx(guessing, rel=ERROR)


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
