"""Simulated tests as the calibration of exposure asks for them."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from engine.adaptive import AdaptiveBank
from engine.arrays import FloatArray
from engine.exposure import Eligibility, Simulate, SimulatedTests
from engine.models import ItemParameters
from engine.simulation.adaptive import simulate_adaptive


def exposure_simulator(bank: AdaptiveBank, generating: ItemParameters, executor: Executor | None = None) -> Simulate:
    """What `calibrate_exposure` and `calibrate_sympson_hetter` try probabilities out with.

    Parameters
    ----------
    bank : what is chosen from, by any method; its own eligibility is replaced
    generating : items that answers are drawn from
    executor
        Threads, processes, or a cluster's; None works here.
    """

    def simulate(
        theta: FloatArray, draws: FloatArray, eligibility: Eligibility, rng: np.random.Generator, /
    ) -> SimulatedTests:
        """Whole tests under an eligibility."""
        limited = replace(bank, strategy=replace(bank.strategy, eligibility=eligibility))
        seed = int(rng.integers(2**63))
        tests = simulate_adaptive(limited, theta, generating, seed, draws=draws, executor=executor)
        item = np.where(tests.scored, tests.item, -1).astype(np.int64)
        return SimulatedTests(item, tests.interval.astype(np.int64), tests.lifted > 0)

    return simulate
