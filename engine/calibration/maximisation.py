"""The maximisation step: parameters that fit the expected counts best."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.expectation import ExpectedCounts
from engine.calibration.parameters import LARGEST_SD, SMALLEST_SD, STEEPEST_SLOPE, Estimates, Freedom

MOST_STEPS = 20
SMALL_STEP = 1e-9
LONGEST_STEP = 2.0  # logits; Newton far from the top may overshoot


def maximise(counts: ExpectedCounts, current: Estimates, nodes: FloatArray, freedom: Freedom) -> Estimates:
    """Best parameters given expected counts: Newton over all items at once, moments for the groups.

    Parameters
    ----------
    counts
        From `expect`.
    current
        Where Newton starts.
    nodes : (n_nodes,) abilities in logits
    freedom
        What is estimated.
    """
    slope, intercept = _items(counts, current, nodes, freedom)
    mean, log_sd = _groups(counts, nodes, freedom)
    return Estimates(slope, intercept, mean, log_sd)


def _items(
    counts: ExpectedCounts, current: Estimates, nodes: FloatArray, freedom: Freedom
) -> tuple[FloatArray, FloatArray]:
    """Logistic regressions of all items on the nodes; concave, so Newton's way is uphill."""
    slope, intercept = current.slope.copy(), current.intercept.copy()
    for _ in range(MOST_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(slope[:, np.newaxis] * nodes + intercept[:, np.newaxis], -500.0, 500.0)))
        residual = counts.n_correct - counts.n_answered * p
        information = counts.n_answered * p * (1.0 - p)
        score, total = residual.sum(axis=1), information.sum(axis=1)
        if freedom.slopes:
            step_slope, step = _solve(residual @ nodes, score, information @ nodes**2, information @ nodes, total)
            stuck = np.abs(slope + step_slope) >= STEEPEST_SLOPE
            step_slope = np.clip(slope + step_slope, -STEEPEST_SLOPE, STEEPEST_SLOPE) - slope
        else:
            step_slope, step, stuck = np.zeros_like(score), score, np.ones_like(score, dtype=np.bool_)
        alone = np.clip(score / np.maximum(total, np.finfo(np.float64).tiny), -LONGEST_STEP, LONGEST_STEP)
        step = np.where(stuck, alone, step)  # a slope at its bound, or a fixed one, leaves the intercept to itself
        slope, intercept = slope + step_slope, intercept + step
        if max(np.abs(step).max(), np.abs(step_slope).max()) < SMALL_STEP:
            break
    return slope, intercept


def _solve(
    score_slope: FloatArray, score: FloatArray, squares: FloatArray, cross: FloatArray, total: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Newton steps of slope and intercept from 2 x 2 systems, no longer than LONGEST_STEP."""
    determinant = np.maximum(squares * total - cross**2, 1e-10 * squares * total + np.finfo(np.float64).tiny)
    step_slope = (total * score_slope - cross * score) / determinant
    step = (squares * score - cross * score_slope) / determinant
    shrink = np.minimum(1.0, LONGEST_STEP / np.maximum(np.maximum(np.abs(step_slope), np.abs(step)), SMALL_STEP))
    return step_slope * shrink, step * shrink


def _groups(counts: ExpectedCounts, nodes: FloatArray, freedom: Freedom) -> tuple[FloatArray, FloatArray]:
    """Means and log-sds of the groups from the moments of their expected counts; group 0 gives the origin."""
    n = counts.n_persons.sum(axis=1)
    mean = counts.n_persons @ nodes / n
    mean[0] = 0.0
    variance = (counts.n_persons * (nodes - mean[:, np.newaxis]) ** 2).sum(axis=1) / n
    log_sd = 0.5 * np.log(np.clip(variance, SMALLEST_SD**2, LARGEST_SD**2))
    if not freedom.first_sd:
        log_sd[0] = 0.0
    return mean, log_sd
