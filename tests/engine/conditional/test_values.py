"""What a conditional calibration gives to others."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ConditionalCalibration, ParameterError, Responses, calibrate_conditional
from engine.models import Kind


@pytest.fixture
def calibration() -> ConditionalCalibration:
    """Items of three, no, two and three categories."""
    rng = np.random.default_rng(6)
    codes = rng.binomial([2, 1, 1, 2], np.repeat(rng.beta(2.0, 2.0, (200, 1)), 4, axis=1))
    codes[:, 1] = -1
    return calibrate_conditional(Responses.from_dense(codes))


def test_items_nobody_answered_are_listed(calibration: ConditionalCalibration) -> None:
    assert calibration.not_estimated.tolist() == [1]
    assert calibration.estimated.tolist() == [0, 2, 3]


def test_items_come_as_the_rest_of_the_engine_takes_them(calibration: ConditionalCalibration) -> None:
    items = calibration.items
    assert items.kind.tolist() == [Kind.PARTIAL_CREDIT, Kind.LOGISTIC, Kind.PARTIAL_CREDIT]
    assert items.n_categories.tolist() == [3, 2, 3]
    assert items.discrimination.tolist() == [1.0] * 3
    assert np.concatenate([items.steps(i) for i in range(3)]).tolist() == calibration.step.tolist()
    assert items.difficulty == pytest.approx(calibration.location)


def test_the_error_of_a_location_is_that_of_a_mean_of_steps(calibration: ConditionalCalibration) -> None:
    pair = calibration.covariance[:2, :2]
    assert calibration.location_standard_error[0] == pytest.approx(np.sqrt(pair.sum()) / 2.0)
    assert calibration.location_standard_error[1] == calibration.standard_error[2]


def test_arrays_are_read_only_and_fit_together(calibration: ConditionalCalibration) -> None:
    assert not any(array.flags.writeable for array in (calibration.step, calibration.covariance))
    one = np.zeros(1)
    with pytest.raises(ParameterError, match="step_start must rise"):
        ConditionalCalibration(np.array([0, 2]), one, one, one[:, None], 0.0, None, 1.0, 1, True)
    with pytest.raises(ParameterError, match="every step needs a standard error"):
        ConditionalCalibration(np.array([0, 1]), one, np.zeros(2), one[:, None], 0.0, None, 1.0, 1, True)
