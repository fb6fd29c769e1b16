"""SQUAREM: expectation-maximisation that looks ahead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.expectation import ExpectedCounts, expect
from engine.calibration.layout import Layout
from engine.calibration.maximisation import maximise
from engine.calibration.parameters import Estimates, Freedom

LONGEST_LEAP = 64.0


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Where the climb ended.

    Attributes
    ----------
    estimates, counts : the parameters, and the expected counts at them
    n_cycles : expectation steps taken
    converged : whether the last step was shorter than the tolerance
    """

    estimates: Estimates
    counts: ExpectedCounts
    n_cycles: int
    converged: bool


class Climb:
    """One run of accelerated expectation-maximisation on one grid (Varadhan & Roland, 2008, scheme S3).

    Two ordinary steps give a direction and its curvature; the leap along it is kept when the
    log-likelihood does not fall below that of the first step, and otherwise given up.
    """

    def __init__(
        self,
        layout: Layout,
        nodes: FloatArray,
        freedom: Freedom,
        on_cycle: Callable[[int, float], None] | None,
        n_cycles: int,
    ) -> None:
        self.layout, self.nodes, self.freedom = layout, nodes, freedom
        self.on_cycle, self.n_cycles = on_cycle, n_cycles

    def run(self, start: Estimates, max_cycles: int, tolerance: float) -> Fit:
        """Climb until a step is shorter than the tolerance, or the cycles are used up."""
        here, counts = start, self._expect(start)
        while True:
            first = self._maximise(counts, here)
            converged = first.distance(here) < tolerance
            if converged or self.n_cycles >= max_cycles:
                return Fit(here, counts, self.n_cycles, converged)
            change = first.vector - here.vector
            counts_first = self._expect(first)
            second = self._maximise(counts_first, first)
            leap = self._leap(here, change, second.vector - first.vector - change)
            here, counts = leap, self._expect(leap)
            if not counts.log_likelihood >= counts_first.log_likelihood:  # NaN counts as a fall
                here, counts = second, self._expect(second)

    def _leap(self, here: Estimates, change: FloatArray, bend: FloatArray) -> Estimates:
        """Extrapolated parameters; a leap of 1 is two plain steps."""
        bent = float(np.linalg.norm(bend))
        length = float(np.clip(np.linalg.norm(change) / bent, 1.0, LONGEST_LEAP)) if bent > 0.0 else 1.0
        return here.of_vector(here.vector + 2.0 * length * change + length**2 * bend).bounded()

    def _expect(self, estimates: Estimates) -> ExpectedCounts:
        """One expectation step, counted and reported."""
        counts = expect(self.layout, estimates, self.nodes)
        self.n_cycles += 1
        if self.on_cycle is not None:
            self.on_cycle(self.n_cycles, counts.log_likelihood)
        return counts

    def _maximise(self, counts: ExpectedCounts, current: Estimates) -> Estimates:
        """One maximisation step."""
        return maximise(counts, current, self.nodes, self.freedom)
