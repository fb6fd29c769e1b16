"""Banks and blueprints for tests: the reference bank of 1,000 items, and ones of our own."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from engine.assembly import Blueprint, Budget, Count, Passages, Pool
from engine.models import ItemParameters

REFERENCE = Path(__file__).parents[4] / "shared" / "data" / "adaptive" / "bank_1000.csv"

DOMAINS = ((6, 9), (6, 9), (5, 8), (3, 6), (3, 6), (3, 6), (3, 6), (2, 5))
LEVELS = ((12, 16), (16, 20), (6, 10))
TYPES = ((18, 26), (6, 10), (4, 8), (2, 6))


def reference_pool() -> Pool:
    """The 1,000 items of `shared/data/adaptive/bank_1000.csv`, 420 of them in passages."""
    with REFERENCE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    a, b, c = (np.array([float(row[key]) for row in rows]) for key in ("a", "b", "c"))
    enemy = np.array([int(row["enemy"]) for row in rows])
    return Pool(
        items=ItemParameters(a, b, c, np.ones(len(rows))),
        passage=np.array([int(row["passage"]) for row in rows]),
        enemies=tuple(tuple(np.flatnonzero(enemy == number).tolist()) for number in range(enemy.max() + 1)),
        labels={key: tuple(row[key] for row in rows) for key in ("domain", "cog", "type")},
        quantities={key: np.array([float(row[key]) for row in rows]) for key in ("sec", "words")},
        name=tuple(row["id"] for row in rows),
    )


def reference_blueprint() -> Blueprint:
    """The blueprint of `shared/data/adaptive/shadow_problem.py`: 40 items, 179 constraints."""
    bounds = {"domain": DOMAINS, "cog": LEVELS, "type": TYPES}
    return Blueprint(
        length=40,
        counts=tuple(
            Count({key: str(label)}, low, high)
            for key, pairs in bounds.items()
            for label, (low, high) in enumerate(pairs)
        ),
        budgets=(Budget("sec", 0, 3200), Budget("words", 0, 2100)),
        passages=Passages(3, 3, 4, 6),
    )
