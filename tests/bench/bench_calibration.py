"""Calibration beside girth, on the same simulated responses: 2PL, 5,000 persons x 60 items.

    python tests/bench/bench_calibration.py [--persons N] [--items N] [--runs N]

A log-likelihood on a common, wide and fine grid is the gate: a fast wrong answer is no answer. The ratio is
of wall times in one run on one machine; ours has the standard errors in it, girth's has none.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from engine import ItemParameters, Responses, calibrate, probability_correct
from engine.arrays import FloatArray
from engine.calibration.expectation import expect
from engine.calibration.layout import lay_out
from engine.calibration.parameters import Estimates

SEED = 20261123
WIDE, N_FINE = 8.0, 201
GATE = 0.01


def simulate(n_persons: int, n_items: int) -> tuple[Any, ItemParameters]:
    """Codes (n_persons, n_items) of standard normal abilities, and the items that made them."""
    rng = np.random.default_rng(SEED)
    items = ItemParameters.two_parameter(np.exp(rng.normal(0.0, 0.3, n_items)), rng.normal(size=n_items))
    p = probability_correct(rng.normal(size=n_persons), items)
    return (rng.random(p.shape) < p).astype(np.int8), items


def timed(function: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """Shortest wall time in seconds, and the result."""
    best, result = np.inf, None
    for _ in range(runs):
        begun = time.perf_counter()
        result = function()
        best = min(best, time.perf_counter() - begun)
    return float(best), result


def common_log_likelihood(codes: Any, slope: FloatArray, difficulty: FloatArray) -> float:
    """Log-likelihood under N(0, 1) on a grid that favours nobody."""
    zero = np.zeros(1)
    estimates = Estimates(slope, -slope * difficulty, zero, zero)
    layout = lay_out(Responses.from_dense(codes), 1)
    return expect(layout, estimates, np.linspace(-WIDE, WIDE, N_FINE)).log_likelihood


def of_girth(codes: Any) -> tuple[FloatArray, FloatArray]:
    """Slopes and difficulties by girth's marginal maximum likelihood."""
    from girth import twopl_mml

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about NumPy
        result = twopl_mml(codes.T.astype(np.int64), options={"quadrature_n": 61, "quadrature_bounds": (-6, 6)})
    return np.asarray(result["Discrimination"]), np.asarray(result["Difficulty"])


def main() -> int:
    """Measure, print the table, and fail if the gate is not met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--persons", type=int, default=5000)
    parser.add_argument("--items", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    codes, truth = simulate(arguments.persons, arguments.items)
    ours_seconds, ours = timed(lambda: calibrate(Responses.from_dense(codes)), arguments.runs)
    girth_seconds, (slope, difficulty) = timed(lambda: of_girth(codes), 1)
    rows = [
        ("peil, standard errors included", ours_seconds, ours.items.discrimination, ours.items.difficulty),
        ("girth", girth_seconds, slope, difficulty),
    ]
    title = f"2PL, {arguments.persons} persons x {arguments.items} items"
    table = Table("", "seconds", "log-likelihood", "RMSE of b", title=title)
    reached = []
    for name, seconds, a, b in rows:
        reached.append(common_log_likelihood(codes, a, b))
        rmse = float(np.sqrt(np.mean((b - truth.difficulty) ** 2)))
        table.add_row(name, f"{seconds:.3f}", f"{reached[-1]:.3f}", f"{rmse:.4f}")
    console = Console()
    console.print(table)
    console.print(f"girth ÷ peil: {girth_seconds / ours_seconds:.1f} ({ours.n_cycles} cycles)")
    if reached[0] < max(reached) - GATE:
        console.print(f"[red]accuracy gate missed[/red]: {max(reached) - reached[0]:.4f} below the best")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
