"""Bias and coverage over 200 simulated calibrations of a model: what the gates of the tests rest on.

    python tests/bench/bench_recovery.py [--replications N]

Ends with 1 where intervals hold the truth too rarely or too often; the 3PL with priors is only reported.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.gates import Gates
from tests.engine.calibration.recovery import CASES, N_PERSONS, N_REPLICATIONS, replicate

LOWEST, HIGHEST = 0.93, 0.97  # share of intervals that hold the truth


def main() -> int:
    """Print the table; 1 where a coverage is out of bounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=N_REPLICATIONS)
    arguments = parser.parse_args()
    console, gates = Console(width=110), Gates()
    columns = ("parameter", "mean bias", "its chance error", "RMSE", "mean SE", "coverage")
    table = Table(f"model, {N_PERSONS:,} persons", *columns)
    for case in CASES.values():
        with console.status(case.title):
            recovered = replicate(case, arguments.replications)
        for kind, found in recovered.items():
            if case.priors is None:
                gates.at_least(f"{case.title}, {kind}, coverage", found.coverage, LOWEST)
                gates.at_most(f"{case.title}, {kind}, coverage", found.coverage, HIGHEST)
            table.add_row(
                case.title,
                kind,
                f"{found.mean_bias:+.4f}",
                f"{found.mean_chance:.4f}",
                f"{np.sqrt((found.error**2).mean()):.4f}",
                f"{found.spread.mean():.4f}",
                f"{found.coverage:.3f}",
            )
    console.print(table)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
