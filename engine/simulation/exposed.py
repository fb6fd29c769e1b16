"""Simulated tests as the calibration of exposure asks for them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from engine.adaptive import AdaptiveBank, Ending
from engine.arrays import FloatArray
from engine.exposure import Eligibility, Simulate, SimulatedTests
from engine.models import ItemParameters
from engine.simulation.adaptive import simulate_adaptive
from engine.stopping import StopReason


def exposure_simulator(
    bank: AdaptiveBank,
    generating: ItemParameters,
    executor: Executor | None = None,
    on_persons: Callable[[int], None] | None = None,
) -> Simulate:
    """What `calibrate_exposure` and `calibrate_sympson_hetter` try probabilities out with.

    Parameters
    ----------
    bank : what is chosen from, by any method; its own eligibility is replaced, and time ends no test
    generating : items that answers are drawn from
    executor
        Threads, processes, or a cluster's; None works here.
    on_persons
        Told how many more persons are done, now and then.
    """
    untimed = replace(bank.strategy, ending=_without_time(bank.strategy.ending))

    def simulate(
        theta: FloatArray, draws: FloatArray, eligibility: Eligibility, rng: np.random.Generator, /
    ) -> SimulatedTests:
        """Whole tests under an eligibility."""
        limited = replace(bank, strategy=replace(untimed, eligibility=eligibility))
        seed = int(rng.integers(2**63))
        tests = simulate_adaptive(
            limited, theta, generating, seed, draws=draws, executor=executor, on_persons=on_persons
        )
        item = np.where(tests.scored, tests.item, -1).astype(np.int64)
        return SimulatedTests(item, tests.interval.astype(np.int64), tests.lifted > 0)

    return simulate


def _without_time(ending: Ending | None) -> Ending | None:
    """Reasons to end a test but the time: nobody knows yet how long items take, and whole tests show more items."""
    if ending is None:
        return None
    rules = tuple(rule for rule in ending.rules if rule.reason is not StopReason.TIME_UP)
    return replace(ending, rules=rules) if rules else None
