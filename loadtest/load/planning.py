"""What is measured, in which order, and how many seats that takes."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass

from loadtest.load.running import Step

WARM_UP = Step("Working", 10, 0.1, 2)  # each worker's first pupils wait for its banks; this is not measured
SATURATING = 40  # pupils who never think: enough that a server is never idle
TEST_LENGTH = 20  # questions of a demo test
FASTEST_OF_A_CORE = 900.0  # answers a second that we make seats for, when pupils never think: 1.1 ms, with Locust
SEATS_OF_A_COPY = 300  # of the demo's roster: 150 pupils, two tests
MARGIN = 1.2
MORNING = Step("Enduring", 30_000, 45.0, 600)  # a grade of Flanders at its usual pace, for ten minutes
MORNING_WORKERS = 2
WAVE_PUPILS, WAVE_S = 5_000, 10


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How much traffic.

    Attributes
    ----------
    pupils : pupils of the log-in wave
    sizes : pupils at work at the same time, one step each
    think_s : mean time between two answers of theirs, in seconds
    seconds : length of each measurement
    workers : numbers of server processes to measure with
    pairs : how often saturation is measured, each time right after the raw rate
    seed : decides banks and names
    only : steps to measure and nothing else; None for the usual ones
    """

    pupils: int = 300
    sizes: tuple[int, ...] = (25, 50, 100)
    think_s: float = 1.0
    seconds: int = 10
    workers: tuple[int, ...] = (1, 2)
    pairs: int = 1
    seed: int = 0
    only: tuple[Step, ...] | None = None

    @property
    def saturation(self) -> Step:
        """As many answers as the servers can give."""
        return Step("Working", SATURATING, 0.0, self.seconds)

    @property
    def steps(self) -> tuple[Step, ...]:
        """What is measured after saturation."""
        if self.only is not None:
            return self.only
        sizes = (Step("Working", size, self.think_s, self.seconds) for size in sorted(self.sizes))
        return (*sizes, Step("Arriving", self.pupils, 0.0, self.seconds))

    @property
    def copies(self) -> int:
        """How often the roster must be seated."""
        steps = (WARM_UP, *(self.saturation for _ in range(self.pairs)), *self.steps)
        return math.ceil(len(self.workers) * sum(map(seats_for, steps)) / SEATS_OF_A_COPY)


def seats_for(step: Step) -> int:
    """Seats that a step may take: one a pupil, and in the time that it runs another after every test."""
    if step.is_wave or step.plan == MORNING.plan:
        return step.n_pupils
    rate = step.n_pupils / step.think_s if step.think_s else FASTEST_OF_A_CORE * (os.cpu_count() or 1)
    return 2 * step.n_pupils + math.ceil(MARGIN * (step.arrive_s + step.work_s) * rate / TEST_LENGTH)
