from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from engine.errors import DesignError
from engine.exposure import ExposureLimit, check_limits, conditional_limits


def test_a_population_is_normal_between_its_bounds() -> None:
    limit = ExposureLimit(0.2, 0.3, 0.8, -0.5, 1.0)
    theta = limit.draw((np.arange(10_000) + 0.5) / 10_000)
    assert theta.min() >= -0.5
    assert theta.max() <= 1.0
    expected = norm(0.3, 0.8).expect(lambda x: x, lb=-0.5, ub=1.0, conditional=True)
    assert theta.mean() == pytest.approx(expected, abs=1e-6)
    assert quad(lambda x: float(limit.density(np.array([x]))[0]), -0.5, 1.0)[0] == pytest.approx(1.0)
    assert limit.density(np.array([-0.6, 1.1])).tolist() == [0.0, 0.0]


def test_conditional_limits_share_out_all_abilities() -> None:
    limits = conditional_limits(np.array([-1.0, 1.0]), np.array([0.3, 0.2, 0.3]))
    assert [(limit.rate, limit.lower, limit.upper) for limit in limits] == [
        (0.3, -np.inf, -1.0),
        (0.2, -1.0, 1.0),
        (0.3, 1.0, np.inf),
    ]
    assert np.isfinite(limits[0].draw(np.array([0.0, 1.0 - 2**-53]))).all()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rate": 0.0}, "this is 0.0"),
        ({"rate": 1.2}, "this is 1.2"),
        ({"rate": np.nan}, "this is nan"),
        ({"rate": np.array([0.2, -0.1, 0.3, 2.0])}, "of items 1, 3"),
        ({"rate": 0.2, "overlap": 0.0}, "overlap"),
        ({"rate": 0.2, "sd": 0.0}, "sd > 0"),
        ({"rate": 0.2, "lower": 1.0, "upper": 1.0}, "lower < upper"),
        ({"rate": 0.2, "lower": 30.0}, "nobody"),
    ],
)
def test_limits_that_mean_nothing_are_refused(fields: dict[str, float], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        ExposureLimit(**fields)


def test_limits_that_cannot_fill_a_test_are_refused() -> None:
    check_limits([ExposureLimit(0.2)], 100, 20)
    with pytest.raises(DesignError, match="limit 1: the highest rates of 100 items sum to 19, too few"):
        check_limits([ExposureLimit(0.2), ExposureLimit(0.19)], 100, 20)
    with pytest.raises(DesignError, match=r"overlap by 0\.2 or more, not by 0\.1"):
        check_limits([ExposureLimit(0.5, overlap=0.1)], 100, 20)
    with pytest.raises(DesignError, match="one rate or one for each of 100 items, not 3"):
        check_limits([ExposureLimit(np.array([0.2, 0.2, 0.2]))], 100, 20)
    with pytest.raises(DesignError, match="one limit or more"):
        check_limits([], 100, 20)
