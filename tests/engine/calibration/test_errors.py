"""Standard errors where a parameter stands at its bound."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from engine import Responses, calibrate
from engine.calibration.acceleration import climb
from engine.calibration.errors import covariance_of_free
from engine.calibration.flags import ALIKE
from engine.calibration.information import observed_information
from engine.calibration.population import SMALLEST_SD
from tests.engine.calibration.conftest import problem_of

NODES = np.linspace(-6.0, 6.0, 241)
SD_PLACE = -1  # the last free parameter: five items of two parameters, a mean, an sd


@pytest.fixture(scope="module")
def alike() -> Responses:
    """An ordinary group, and one in which everybody has three of five right: less spread than chance alone gives."""
    rng = np.random.default_rng(3)
    chance = 1.0 / (1.0 + np.exp(-1.2 * (rng.normal(size=(400, 1)) - np.linspace(-1.0, 1.0, 5))))
    ordinary = (rng.random((400, 5)) < chance).astype(np.int8)
    patterns = np.array([[1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [1, 0, 1, 1, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 1]], np.int8)
    return Responses.from_dense(np.vstack([ordinary, np.tile(patterns, (80, 1))]), group=np.repeat([0, 1], 400))


@pytest.mark.parametrize("errors", ["information", "sandwich"])
def test_an_sd_at_its_bound_has_no_error_and_its_group_is_flagged(
    alike: Responses, errors: Literal["information", "sandwich"]
) -> None:
    result = calibrate(alike, errors=errors)
    first, second = result.groups
    assert second.sd == pytest.approx(SMALLEST_SD, rel=1e-12)
    assert second.se_sd == 0.0
    assert second.se_mean > 0.0
    assert (first.sd, first.se_sd) == (1.0, 0.0)
    assert [(flag.group, flag.reason) for flag in result.group_flags] == [(1, ALIKE)]


def test_an_sd_at_its_bound_is_taken_as_known_in_the_errors_of_all_else(alike: Responses) -> None:
    """Identity: the information without the row and column of what is known, inverted."""
    problem, start, responses = problem_of(alike, ["2pl"] * 5, NODES)
    fit = climb(problem, start, 2000, 1e-8)
    assert fit.estimates.population.sd[1] == pytest.approx(SMALLEST_SD, rel=1e-12)
    information = observed_information(problem, responses, fit.estimates, fit.counts)
    covariance, loose = covariance_of_free(problem, fit.estimates, information, responses, "information")
    assert covariance[:SD_PLACE, :SD_PLACE] == pytest.approx(
        np.linalg.inv(information.matrix[:SD_PLACE, :SD_PLACE]), rel=1e-8, abs=1e-12
    )
    assert not covariance[SD_PLACE].any()
    assert not loose.any()


def test_answers_that_contradict_each_other_leave_a_rasch_item_its_binomial_error() -> None:
    """Closed form: without differences in ability the error is 1 / sqrt(n p q) = 0.1; an sd of 0.05 adds under 1 %."""
    first = np.repeat([0, 1], 200)
    codes = np.stack([first, 1 - first, np.tile([0, 1], 200), np.tile([1, 0], 200)], axis=1)
    result = calibrate(Responses.from_dense(codes), model="rasch")
    assert result.groups[0].sd == pytest.approx(SMALLEST_SD, rel=1e-12)
    assert result.groups[0].se_sd == 0.0
    assert result.standard_errors.difficulty == pytest.approx(np.full(4, 0.1), rel=0.01)
