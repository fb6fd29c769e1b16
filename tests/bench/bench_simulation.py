"""Whole tests of 100,000 pupils beside catsim.

    python tests/bench/bench_simulation.py [--pupils N]

1,000 items, 35 of them given; every measurement in a process of its own, CPU seconds and the memory at its peak.
catsim simulates a handful of pupils, which are extrapolated. Ends with 1 when a gate is missed, and says which.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import (
    AdaptiveBank,
    Blueprint,
    Count,
    Method,
    Pool,
    Strategy,
    make_bank,
    simulate_adaptive,
    simulate_linear,
)
from engine.exposure import ExposureLimit, all_eligible, calibrate_exposure, item_units
from engine.simulation import exposure_simulator
from tests.bench.gates import Gates
from tests.engine.selection.random_banks import three_parameter_bank

LENGTH, PUPILS, PEER_PUPILS = 35, 100_000, 100
WIDTH = 118
GOALS = {"information": 3.0, "with exposure limited to .20": 8.0}
"""CPU seconds of 100,000 pupils; 1 GB each."""
RATIO_GOAL, MEGABYTES = 2000.0, 1000.0


def plain_bank() -> AdaptiveBank:
    """1,000 items, maximum information."""
    items = three_parameter_bank()
    return make_bank(Pool(items, np.full(items.n_items, -1)), Blueprint(LENGTH), Strategy(method=Method.INFORMATION))


def shadow_bank() -> AdaptiveBank:
    """The same items in five areas with bounds and twelve passages of five."""
    items = three_parameter_bank()
    number = np.arange(items.n_items)
    areas = tuple(f"area {index % 5}" for index in number.tolist())
    pool = Pool(items, np.where(number < 60, number // 5, -1), labels={"area": areas})
    counts = tuple(Count({"area": f"area {index}"}, 5, 9) for index in range(5))
    return make_bank(pool, Blueprint(LENGTH, counts=counts))


def limited_bank() -> AdaptiveBank:
    """Items of which none may be in more than a fifth of the tests."""
    bank = plain_bank()
    start, limit = all_eligible(item_units(bank.n_items)), ExposureLimit(0.2)
    simulate = exposure_simulator(bank, bank.pool.items)
    found = calibrate_exposure(simulate, start, [limit], np.random.default_rng(1))
    return replace(bank, strategy=replace(bank.strategy, eligibility=found.eligibility))


def measure(what: str, n_pupils: int) -> dict[str, float]:
    """CPU seconds, peak megabytes and RMSE of one simulation."""
    theta = np.random.default_rng(5).standard_normal(n_pupils)
    bank = {"with exposure limited to .20": limited_bank, "shadow test": shadow_bank}.get(what, plain_bank)()
    begun = time.process_time()
    if what == "linear form":
        form = np.argsort(-(bank.selection.prior.weights @ bank.selection.information))[np.newaxis, :LENGTH]
        tests = simulate_linear(bank.selection, form, theta, bank.pool.items, 1)
    else:
        tests = simulate_adaptive(bank, theta, bank.pool.items, 1)
    seconds = time.process_time() - begun
    highest = np.bincount(tests.item.ravel(), minlength=bank.n_items).max() / n_pupils
    return {
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        "rmse": float(np.sqrt(np.mean((tests.estimate - theta) ** 2))),
        "highest": float(highest),
    }


def measure_catsim() -> dict[str, float]:
    """CPU seconds of a handful of pupils by catsim: maximum information and its estimator, as many items."""
    from catsim.estimation import NumericalSearchEstimator
    from catsim.initialization import FixedPointInitializer
    from catsim.selection import MaxInfoSelector
    from catsim.simulation import Simulator
    from catsim.stopping import TestLengthStopper

    items = three_parameter_bank()
    matrix = np.stack([items.discrimination, items.difficulty, items.guessing, items.upper], axis=1)
    theta = np.random.default_rng(5).standard_normal(PEER_PUPILS)
    parts = FixedPointInitializer(0.0), MaxInfoSelector(), NumericalSearchEstimator()
    simulator = Simulator(matrix, theta, *parts, TestLengthStopper(max_items=LENGTH), seed=1)
    begun = time.process_time()
    simulator.simulate()
    return {"seconds": time.process_time() - begun, "pupils": PEER_PUPILS}


def in_a_process(what: str, n_pupils: int) -> dict[str, float]:
    """Run one measurement on its own."""
    command = [sys.executable, __file__, "--child", what, "--pupils", str(n_pupils)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def simulation_table(n_pupils: int, gates: Gates) -> Table:
    """CPU, memory and accuracy of whole simulations, held against their gates."""
    table = Table("what", "pupils", "CPU s", "CPU s for 100,000", "goal", "peak MB", "RMSE", "highest exposure")
    plain = 0.0
    for what in ("information", *list(GOALS)[1:], "linear form", "shadow test"):
        n = n_pupils // 200 if what == "shadow test" else n_pupils
        found = in_a_process(what, n)
        whole = found["seconds"] * PUPILS / n
        plain = plain or whole
        goal = GOALS.get(what)
        if goal is not None:
            gates.at_most(f"{what}, CPU s of 100,000", whole, goal)
            gates.at_most(f"{what}, peak MB", found["megabytes"], MEGABYTES)
        figures = [f"{found['seconds']:.2f}", f"{whole:,.1f}", "" if goal is None else f"≤ {goal:g}"]
        table.add_row(
            what, f"{n:,}", *figures, f"{found['megabytes']:.0f}", f"{found['rmse']:.4f}", f"{found['highest']:.3f}"
        )
    if importlib.util.find_spec("catsim") is None:
        table.add_row("catsim: not installed (make bench adds it)")
        return table
    found = in_a_process("catsim", PEER_PUPILS)
    whole = found["seconds"] * PUPILS / PEER_PUPILS
    table.add_row("catsim", str(PEER_PUPILS), f"{found['seconds']:.2f}", f"{whole:,.0f}")
    table.add_row("ratio to catsim", "", "", f"{whole / plain:,.0f}", f"≥ {RATIO_GOAL:,.0f}")
    gates.at_least("catsim ÷ ours", whole / plain, RATIO_GOAL)
    return table


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pupils", type=int, default=PUPILS)
    parser.add_argument("--child")
    arguments = parser.parse_args()
    if arguments.child:
        found = measure_catsim() if arguments.child == "catsim" else measure(arguments.child, arguments.pupils)
        print(json.dumps(found))  # noqa: T201 - the parent reads it
        return 0
    console, gates = Console(width=WIDTH), Gates()
    console.print(simulation_table(arguments.pupils, gates))
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
