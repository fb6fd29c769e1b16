"""Bias and coverage over 200 simulated calibrations of a model: what the gates of the tests rest on.

python tests/bench/bench_recovery.py [--replications N]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.engine.calibration.recovery import CASES, N_PERSONS, N_REPLICATIONS, replicate


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=N_REPLICATIONS)
    arguments = parser.parse_args()
    console = Console(width=110)
    columns = ("parameter", "mean bias", "its chance error", "RMSE", "mean SE", "coverage")
    table = Table(f"model, {N_PERSONS:,} persons", *columns)
    for case in CASES.values():
        with console.status(case.title):
            recovered = replicate(case, arguments.replications)
        for kind, found in recovered.items():
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
