"""How well 35 adaptive items measure, beside what other ways of testing reach on the same bank.

    python tests/bench/bench_accuracy.py [--pupils N]

The reference bank of 1,000 three-parameter items, no blueprint, EAP. Root mean squared error of the ability at the
end, of all pupils and of the tails (beyond ±1.5): for the 1,000 seeded pupils of `../shared/data/adaptive`, and for as
many of our own draws as are asked. Figures of others are constants: their source is the project's table of targets.
Ends with 1 when a gate is missed, and says which.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.arrays import FloatArray
from engine.selection import MaximumInformation, PosteriorWeightedInformation, Rule, SelectionTables
from tests.bench.gates import Gates
from tests.engine.assembly.banks import REFERENCE, reference_pool
from tests.engine.selection.random_banks import SEED
from tests.engine.selection.whole_tests import PERSONS_AT_ONCE, simulate_unconstrained

LENGTH, SEEDED, PUPILS = 35, 1000, 40_000
RULES: dict[str, Rule] = {
    "maximum information": MaximumInformation(),
    "posterior-weighted information": PosteriorWeightedInformation(),
}
ELSEWHERE = {
    "random items": 0.370,
    "best linear form": 0.253,
    "multistage 1-3-3": 0.222,
    "adaptive, catR's rule": 0.2075,
}
"""Root mean squared error of the seeded pupils."""
OF_SEEDED, OF_OWN = (0.2085, 0.260), (0.215, 0.257)  # all and tails; .208 in three digits


def error(tables: SelectionTables, rule: Rule, theta: FloatArray, chance: FloatArray) -> tuple[float, float]:
    """Root mean squared error of all pupils, and of the tails."""
    n_parts = -(-theta.size // PERSONS_AT_ONCE)
    parts = zip(np.array_split(theta, n_parts), np.array_split(chance, n_parts), strict=True)
    found = [simulate_unconstrained(tables, some, numbers, LENGTH, rule)[0].theta for some, numbers in parts]
    squared = (np.concatenate(found) - theta) ** 2
    return float(np.sqrt(squared.mean())), float(np.sqrt(squared[np.abs(theta) > 1.5].mean()))


def main() -> int:
    """Measure and print; 1 where a gate is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pupils", type=int, default=PUPILS, help="of our own draws")
    n = parser.parse_args().pupils
    console, gates = Console(width=118), Gates()
    if not REFERENCE.is_file():
        console.print(f"no reference bank at {REFERENCE}: nothing to measure")
        return 0
    tables, rng = SelectionTables(reference_pool().items), np.random.default_rng(SEED)
    seeded = np.random.default_rng(7).standard_normal(SEEDED)  # the seeds of make_bank.py
    uniform = np.random.default_rng(11).random((SEEDED, tables.n_items))
    own, chance = rng.standard_normal(n), rng.random((n, LENGTH))
    table = Table("RMSE after 35 items", f"{SEEDED:,} seeded", "tails", f"{n:,} own draws", "tails")
    table.add_row("goal", "≤ .208", "≤ .260", "≤ .215", "≤ .257")
    for name, rule in RULES.items():
        both = *error(tables, rule, seeded, uniform), *error(tables, rule, own, chance)
        table.add_row(name, *(f"{value:.5f}" for value in both))
        for what, value, most in zip(
            ("seeded", "seeded tails", "own", "own tails"), both, OF_SEEDED + OF_OWN, strict=True
        ):
            gates.at_most(f"{name}, RMSE {what}", value, most)
    for name, figure in ELSEWHERE.items():
        table.add_row(name, f"{figure:g}", "", "", "")
    console.print(table)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
