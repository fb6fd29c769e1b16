"""Calibration beside Python's mirt and girth, on the same simulated responses in the same run.

    python tests/bench/bench_calibration.py [--cases abcde] [--runs N]

Accuracy comes first: the log-likelihood (log-posterior where there are priors) of every program's estimates on a
common grid, wide and fine; ours must be within 0.01 of the best. Then the ratios of wall times, each program in a
process of its own. R mirt's and TAM's figures are constants: their source is the project's table of targets, measured
on two cores in November 2026.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import ItemParameters, Kind, response_table
from engine.quadrature import log_normal_weights
from tests.bench.calibration_cases import Case, make_case
from tests.bench.calibration_programs import run

GATE = 0.01
COMMON = np.linspace(-9.0, 9.0, 361)
PERSONS_AT_ONCE = 4096
GOALS = {"a": (3.0, 7.0), "a+": (2.5, 5.0), "b": (5.0, 15.0), "c": (60.0, 90.0), "d": (4.0, 10.0), "e": (20.0, 40.0)}
"""Goal and stretch of the ratio to Python's mirt; the stretch of b is for an accelerator."""
ELSEWHERE = {
    "a": "R mirt 1.98 s CPU, 274 MB; TAM 0.92 s",
    "a+": "R mirt 9.9 s CPU",
    "b": "R mirt about 900 s (extrapolated), 5.1 GB",
    "c": "R mirt 6.0 s CPU; TAM 66.8 s",
    "d": "R mirt 22.7 s CPU; TAM 0.80 s on 21 nodes, biased",
    "e": "R mirt 8.3 s CPU; TAM 3.5 s on 21 nodes",
}


def items_of(case: Case, found: dict[str, Any]) -> ItemParameters:
    """Estimates of a program as items."""
    if case.model == "gpcm":
        steps = np.asarray(found["step"]).reshape(found["a"].size, -1)
        return ItemParameters.from_steps(Kind.PARTIAL_CREDIT, found["a"], list(steps))
    c = np.asarray(found.get("c", np.zeros(found["a"].size)))
    return ItemParameters(found["a"], found["b"], c, np.ones(c.size))


def common_value(case: Case, found: dict[str, Any]) -> float:
    """Log-likelihood, or log-posterior, of a program's estimates on a grid that favours nobody."""
    items = items_of(case, found)
    table = response_table(items, COMMON)
    answers = case.responses
    columns = table.offset[answers.item] + answers.category
    rows = sparse.csr_array(
        (np.ones(columns.size), columns, answers.start), shape=(answers.n_persons, table.offset[-1])
    )
    means, sds = np.atleast_1d(found.get("mean", 0.0)), np.atleast_1d(found.get("sd", 1.0))
    prior = np.stack([log_normal_weights(COMMON, float(m), float(s)) for m, s in zip(means, sds, strict=True)])
    total = 0.0
    for first in range(0, case.responses.n_persons, PERSONS_AT_ONCE):
        part = slice(first, first + PERSONS_AT_ONCE)
        joint = rows[part] @ table.log_probability + prior[case.responses.group[part]]
        top = joint.max(axis=1)
        total += float((np.log(np.exp(joint - top[:, np.newaxis]).sum(axis=1)) + top).sum())
    if case.priors is not None and case.priors.discrimination and case.priors.guessing:
        c = np.clip(items.guessing, 1e-12, None)
        total += float(case.priors.discrimination.log_density(items.discrimination)[0].sum())
        total += float(case.priors.guessing.log_density(np.log(c / (1.0 - c)))[0].sum())
    return total


def programs_for(name: str) -> list[str]:
    """Programs that can do a case: girth has no sparse data, no priors, no groups; ``+`` asks standard errors."""
    return ["peil", "peil+", "mirt", "mirt+", "girth"] if name == "a" else ["peil", "mirt"]


def measured_rates(width: int) -> tuple[float, float, float]:
    """What this machine does on one core: matrix product (flop/s), exponential (values/s), cache (bytes/s)."""
    rng = np.random.default_rng(0)
    left, right = rng.random((512, 60)), rng.random((60, width))
    wide = -rng.random((512, width))
    source, target = rng.random(32_768), np.empty(32_768)  # 256 kB each

    def rate(work: Any, amount: float) -> float:
        best = np.inf
        for _ in range(5):
            begun = time.perf_counter()
            for _ in range(200):
                work()
            best = min(best, time.perf_counter() - begun)
        return 200.0 * amount / float(best)

    with threadpool_limits(1):
        flops = rate(lambda: left @ right, 2.0 * 512 * 60 * width)
    exps = rate(lambda: np.exp(wide, out=wide * 0.0), float(wide.size))
    return flops, exps, rate(lambda: np.add(source, target, out=target), 3.0 * source.nbytes)


def limit_seconds(case: Case, found: dict[str, Any], n_cores: int) -> float:
    """Seconds that the expectation steps' products, exponentials and memory traffic take at the machine's rates."""
    width = 21  # nodes at which a posterior of 40 to 60 answers is above nothing, 0.2 apart
    flops, exps, bandwidth = measured_rates(width)
    n_persons, n_responses = case.responses.n_persons, case.responses.n_responses
    of_exps = n_persons * width / exps
    if case.name == "b":  # every response reads and writes a row of nodes, twice
        step = n_responses * width * 8 * 3 * 2 / bandwidth + of_exps
    else:
        step = 2 * 2.0 * n_responses * width / flops + of_exps
    return float(found["n_cycles"]) * step / n_cores


def bench(name: str, runs: int, console: Console) -> bool:
    """Run one case with every program that can; print the table; whether the gate was met."""
    case = make_case(name)
    table = Table("program", "seconds", "peak MB", "log-likelihood", "RMSE of b", title=f"{name}: {case.title}")
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for program in programs_for(name):
            n_runs = runs if program.startswith("peil") or name in "ad" else 1
            with console.status(f"{name}: {program}"):
                found[program] = run(program, name, n_runs, Path(folder))
            value = common_value(case, found[program])
            found[program]["value"] = value
            rmse = float(
                np.sqrt(np.mean((items_of(case, found[program]).difficulty - case.generating.difficulty) ** 2))
            )
            table.add_row(
                program.replace("+", " with standard errors"),
                f"{found[program]['seconds']:.3f}",
                f"{found[program]['megabytes']:.0f}",
                f"{value:.3f}",
                f"{rmse:.4f}",
            )
    console.print(table)
    for ours, theirs in (("peil", "mirt"), ("peil+", "mirt+")):
        if theirs in found:
            key = name + theirs[4:]
            ratio, (goal, stretch) = found[theirs]["seconds"] / found[ours]["seconds"], GOALS[key]
            console.print(
                f"  mirt ÷ peil{theirs[4:]}: {ratio:.1f} (goal {goal:g}, stretch {stretch:g}); {ELSEWHERE[key]}"
            )
    if "girth" in found:
        console.print(f"  girth ÷ peil: {found['girth']['seconds'] / found['peil']['seconds']:.0f}")
    if name in "ab":
        limit = limit_seconds(case, found["peil"], 2)
        console.print(f"  distance to the physical limit of two cores: {found['peil']['seconds'] / limit:.1f} times")
    best = max(values["value"] for values in found.values())
    if found["peil"]["value"] < best - GATE:
        console.print(f"[red]accuracy gate missed[/red]: {best - found['peil']['value']:.4f} below the best")
        return False
    return True


def main() -> int:
    """Measure, print the tables, and fail if an accuracy gate is not met."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", default="abcde")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    console = Console()
    passed = [bench(name, arguments.runs, console) for name in arguments.cases]  # every case, after a miss too
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
