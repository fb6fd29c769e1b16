"""Bias and coverage over 200 simulated calibrations of a model: what the gates of the tests rest on.

    python tests/bench/bench_recovery.py [--replications N]

Ends with 1 when 95 % intervals of a model hold the truth in less than 93 or more than 97 %; those of the 3PL are only
reported, for its priors are strong.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import (
    ItemParameters,
    Kind,
    LogNormalPrior,
    Model,
    NormalPrior,
    Priors,
    Responses,
    calibrate,
    simulate_responses,
)
from engine.arrays import FloatArray
from tests.bench.gates import Gates

SEED = 20261125
Z = 1.959964  # of a 95 % interval
LOWEST, HIGHEST = 0.93, 0.97  # share of intervals that hold the truth
PRIORS = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))


def draw(theta: FloatArray, items: ItemParameters, rng: np.random.Generator) -> Responses:
    """Everybody's responses to everything."""
    return simulate_responses(theta, items, np.ones((theta.size, items.n_items), dtype=np.bool_), rng)


def cases() -> list[tuple[str, Model, ItemParameters, Priors | None]]:
    """Models with the items that generate their data."""
    rng = np.random.default_rng(SEED)
    steps = list(np.linspace(-1.5, 1.5, 10)[:, np.newaxis] + np.array([-1.0, 0.0, 1.0]))
    slopes, spread = rng.uniform(0.7, 1.6, 15), np.linspace(-2.0, 2.0, 15)
    guessing = ItemParameters(rng.uniform(0.9, 1.6, 15), spread * 0.75, np.full(15, 0.2), np.ones(15))
    return [
        ("2PL, 15 items", "2pl", ItemParameters.two_parameter(slopes, spread), None),
        ("3PL with priors, 15 items", "3pl", guessing, PRIORS),
        ("GPCM, 10 items of 4", "gpcm", ItemParameters.from_steps(Kind.PARTIAL_CREDIT, slopes[:10], steps), None),
        ("graded, 10 items of 4", "grm", ItemParameters.from_steps(Kind.GRADED, slopes[:10] + 0.5, steps), None),
    ]


def main() -> int:
    """Print the table; 1 where a coverage is out of bounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--replications", type=int, default=200)
    arguments = parser.parse_args()
    console, gates = Console(width=110), Gates()
    table = Table("model, 1,500 persons", "parameter", "mean bias", "its chance error", "RMSE", "mean SE", "coverage")
    for title, model, items, priors in cases():
        rng = np.random.default_rng(SEED)
        with console.status(title):
            results = [
                calibrate(draw(rng.normal(size=1500), items, rng), model=model, priors=priors)
                for _ in range(arguments.replications)
            ]
        for name in ("discrimination", "difficulty", *(("guessing",) if model == "3pl" else ())):
            error = np.stack([getattr(result.items, name) for result in results]) - getattr(items, name)
            spread = np.stack([getattr(result.standard_errors, name) for result in results])
            coverage = float((np.abs(error) <= Z * spread).mean())
            if model != "3pl":
                gates.at_least(f"{title}, {name}, coverage", coverage, LOWEST)
                gates.at_most(f"{title}, {name}, coverage", coverage, HIGHEST)
            chance = float(error.mean(axis=1).std(ddof=1) / np.sqrt(len(results)))
            table.add_row(
                title,
                name,
                f"{error.mean():+.4f}",
                f"{chance:.4f}",
                f"{np.sqrt((error**2).mean()):.4f}",
                f"{spread.mean():.4f}",
                f"{coverage:.3f}",
            )
    console.print(table)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
