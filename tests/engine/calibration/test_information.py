"""Standard errors from the observed information."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Responses
from engine.arrays import FloatArray
from engine.calibration.acceleration import Climb
from engine.calibration.expectation import expect
from engine.calibration.information import standard_errors
from engine.calibration.layout import Layout, lay_out
from engine.calibration.parameters import FREEDOM, Estimates, Freedom

NODES = np.linspace(-7.0, 7.0, 141)


@pytest.fixture(scope="module")
def layout() -> Layout:
    """Two groups, two booklets and persons given items of their own."""
    rng = np.random.default_rng(8)
    theta = np.concatenate([rng.normal(size=400), rng.normal(0.5, 1.3, 400)])
    slope, intercept = np.array([0.8, 1.0, 1.2, 1.5, 0.9]), np.array([1.0, 0.5, 0.0, -0.5, -1.0])
    p = 1.0 / (1.0 + np.exp(-(np.outer(theta, slope) + intercept)))
    codes = (rng.random(p.shape) < p).astype(np.int8)
    codes[::4, 4] = -1
    codes[:20][rng.random((20, 5)) < 0.3] = -1
    return lay_out(Responses.from_dense(codes, group=np.repeat([0, 1], 400)), 2)


def curvature(layout: Layout, at: Estimates, free: list[int]) -> FloatArray:
    """Minus the second derivatives of the log-likelihood, by central differences."""

    def log_likelihood(change: FloatArray) -> float:
        return expect(layout, at.of_vector(at.vector + change), NODES).log_likelihood

    size, step = at.vector.size, 1e-3
    hessian = np.zeros((len(free), len(free)))
    for row, i in enumerate(free):
        for column, j in enumerate(free):
            e_i, e_j = step * np.eye(size)[i], step * np.eye(size)[j]
            hessian[row, column] = (
                log_likelihood(e_i + e_j)
                - log_likelihood(e_i - e_j)
                - log_likelihood(e_j - e_i)
                + log_likelihood(-e_i - e_j)
            ) / (4.0 * step**2)
    return -hessian


@pytest.mark.parametrize(("model", "free"), [("2pl", [*range(10), 11, 13]), ("rasch", [*range(5, 10), 11, 12, 13])])
def test_they_come_from_the_curvature_of_the_likelihood(layout: Layout, model: str, free: list[int]) -> None:
    freedom: Freedom = FREEDOM[model]
    start = Estimates(np.ones(5), np.zeros(5), np.zeros(2), np.zeros(2))
    fit = Climb(layout, NODES, freedom, None, 0).run(start, 2000, 1e-8)
    errors = standard_errors(layout, fit.estimates, fit.counts, NODES, freedom)
    covariance = np.zeros((14, 14))
    covariance[np.ix_(free, free)] = np.linalg.inv(curvature(layout, fit.estimates, free))
    a, b = fit.estimates.slope, -fit.estimates.intercept / fit.estimates.slope
    i, d = np.arange(5), np.arange(5, 10)
    expected = np.sqrt(covariance[d, d] + 2.0 * b * covariance[i, d] + b**2 * covariance[i, i]) / a  # delta method
    assert errors.difficulty == pytest.approx(expected, rel=1e-3)
    assert errors.discrimination == pytest.approx(np.sqrt(covariance[i, i]), rel=1e-3)


def test_persons_with_items_of_their_own_count_as_those_who_share_them() -> None:
    """Twenty persons of weight 2 are scattered; the same twenty, twice, make a booklet."""
    able = np.linspace(-2.0, 2.0, 20)[:, np.newaxis]
    codes = (able + np.random.default_rng(3).normal(size=(20, 5)) > 0.0).astype(np.int8)
    scattered = lay_out(Responses.from_dense(codes, weight=np.full(20, 2.0)), 1)
    together = lay_out(Responses.from_dense(np.concatenate([codes, codes])), 1)
    assert (len(scattered.booklets), len(together.scatters)) == (0, 0)
    at = Estimates(np.linspace(1.5, 2.0, 5), np.linspace(-0.3, 0.3, 5), np.zeros(1), np.zeros(1))
    one, other = (
        standard_errors(each, at, expect(each, at, NODES), NODES, FREEDOM["2pl"]) for each in (scattered, together)
    )
    assert np.all(np.isfinite(other.discrimination) & (other.discrimination > 0.0))
    assert one.discrimination == pytest.approx(other.discrimination, rel=1e-9)
    assert one.difficulty == pytest.approx(other.difficulty, rel=1e-9)
