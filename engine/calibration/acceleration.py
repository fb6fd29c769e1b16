"""Expectation-maximisation with a memory, that never goes down."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.expectation import ExpectedCounts
from engine.calibration.problem import Estimates, Problem

MEMORY = 8  # steps remembered; more bring nothing measurable
NOISE = 1e-8  # of the largest difference of remembered steps: directions in which they differ less are left alone
ROUNDING = 1e-12  # of the log-posterior, that a step may seem to lose
LARGEST_EDGE = 1e-7  # posterior density, relative to its peak, that a part's nodes may cut off


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where the climb ended.

    Attributes
    ----------
    estimates, counts : the parameters, and the expected counts at them
    log_posterior : log-likelihood plus log prior density
    distance : how far the farthest parameter still is from the maximum, as the last steps make one expect
    converged : whether that was below the tolerance
    cut_off : whether a part's nodes no longer held its persons' posteriors, and the climb stopped for that
    """

    estimates: Estimates
    counts: ExpectedCounts
    log_posterior: float
    distance: float
    converged: bool
    cut_off: bool


@dataclass(slots=True)
class _Memory:
    """Where the last plain steps were taken from, and what they were."""

    places: list[FloatArray] = field(default_factory=list)
    steps: list[FloatArray] = field(default_factory=list)

    def add(self, place: FloatArray, step: FloatArray) -> None:
        """Remember a step; the oldest is forgotten."""
        self.places.append(place)
        self.steps.append(step)
        del self.places[:-MEMORY], self.steps[:-MEMORY]

    def clear(self) -> None:
        """Forget everything."""
        self.places.clear()
        self.steps.clear()

    def combined(self) -> FloatArray:
        """Step to where the remembered steps, taken together, would be smallest (Walker & Ni, 2011, eq. 2.2)."""
        step = self.steps[-1]
        if len(self.steps) < 2:
            return step
        bends = np.diff(np.stack(self.steps, axis=1), axis=1)  # (n_free, n_remembered - 1)
        moves = np.diff(np.stack(self.places, axis=1), axis=1)
        share = np.linalg.lstsq(bends, step, rcond=NOISE)[0]
        combined: FloatArray = step - (moves + bends) @ share
        return combined


def climb(problem: Problem, start: Estimates, max_cycles: int, tolerance: float) -> Fit:
    """Expectation-maximisation accelerated by Anderson's method, with restarts and control of monotony.

    A plain step changes parameters by what the maximisation makes of the expected counts. The last few plain
    steps tell how such steps shrink in each direction, and so where they would vanish: that is where the climb
    goes next (Anderson, 1965; for expectation-maximisation Henderson & Varadhan, 2019). Where the
    log-posterior would fall, the plain step is taken instead, which cannot lower it, and the memory is emptied.
    (On nodes that cut a group off it can, a little: its mean and sd come from moments, as R mirt's do.)

    Parameters
    ----------
    problem
        What is estimated from what.
    start
        Where to begin.
    max_cycles
        Cycles at most, those that the problem has counted already among them. A cycle is one expectation step,
        or two where a leap is given up; only what is kept is reported.
    tolerance
        Largest distance of a parameter from the maximum that counts as none: of the plain step and of the
        combined one the longer.
    """
    here, counts, value = problem.expect(start)
    problem.report(value)
    memory = _Memory()
    while True:
        plain = problem.maximise(here, counts)
        place = problem.pack(here)
        memory.add(place, problem.pack(plain) - place)
        step = memory.combined()
        distance = max(float(np.abs(step).max(initial=0.0)), float(np.abs(memory.steps[-1]).max(initial=0.0)))
        cut_off = counts.edge > LARGEST_EDGE
        if distance < tolerance or cut_off or len(problem.history) >= max_cycles:
            return Fit(here, counts, value, distance, distance < tolerance and not cut_off, cut_off)
        ahead, counts_ahead, value_ahead = problem.expect(problem.unpack(place + step, here))
        if not value_ahead >= value - ROUNDING * abs(value):  # NaN counts as a fall
            memory.clear()
            problem.given_up.append(value_ahead)
            ahead, counts_ahead, value_ahead = problem.expect(plain)
        here, counts, value = ahead, counts_ahead, value_ahead
        problem.report(value)
