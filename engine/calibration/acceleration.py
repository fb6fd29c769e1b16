"""SQUAREM: expectation-maximisation that looks ahead, and never goes down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.expectation import ExpectedCounts
from engine.calibration.problem import Estimates, Problem

LONGEST_LEAP = 64.0
LARGEST_EDGE = 1e-7  # posterior density, relative to its peak, that a part's nodes may cut off


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where the climb ended.

    Attributes
    ----------
    estimates, counts : the parameters, and the expected counts at them
    log_posterior : log-likelihood plus log prior density
    last_change : largest change of a parameter by the last plain step
    converged : whether that was below the tolerance
    cut_off : whether a part's nodes no longer held its persons' posteriors, and the climb stopped for that
    """

    estimates: Estimates
    counts: ExpectedCounts
    log_posterior: float
    last_change: float
    converged: bool
    cut_off: bool


def climb(problem: Problem, start: Estimates, max_cycles: int, tolerance: float) -> Fit:
    """Accelerated expectation-maximisation (Varadhan & Roland, 2008, scheme S3).

    Two ordinary steps give a direction and its curvature; the leap along it is kept when the log-posterior
    does not fall below that of the first step, and otherwise given up for the second step.

    Parameters
    ----------
    problem
        What is estimated from what.
    start
        Where to begin.
    max_cycles
        Expectation steps at most, those that the problem has counted already among them.
    tolerance
        Largest change of a parameter by a plain step that counts as none.
    """
    here, counts, value = problem.expect(start)
    while True:
        first = problem.maximise(here, counts)
        change = problem.pack(first) - problem.pack(here)
        size = float(np.abs(change).max(initial=0.0))
        cut_off = counts.edge > LARGEST_EDGE
        if size < tolerance or cut_off or len(problem.history) >= max_cycles:
            return Fit(here, counts, value, size, size < tolerance and not cut_off, cut_off)
        first, counts_first, value_first = problem.expect(first)
        second = problem.maximise(first, counts_first)
        bend = problem.pack(second) - problem.pack(first) - change
        leap = problem.unpack(_leap(problem.pack(here), change, bend), here)
        here, counts, value = problem.expect(leap)
        if not value >= value_first:  # NaN counts as a fall
            here, counts, value = problem.expect(second)


def _leap(here: FloatArray, change: FloatArray, bend: FloatArray) -> FloatArray:
    """Extrapolated parameters; a leap of 1 is two plain steps."""
    bent = float(np.linalg.norm(bend))
    length = float(np.clip(np.linalg.norm(change) / bent, 1.0, LONGEST_LEAP)) if bent > 0.0 else 1.0
    return here + 2.0 * length * change + length**2 * bend
