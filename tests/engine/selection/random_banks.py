"""Random banks of every model, and what a test of selection looks like in them."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.models import ItemParameters, Kind
from engine.selection import SelectionTables, add_answers, rows_answered, start_posterior

SEED = 20261123


def mixed_bank(rng: np.random.Generator, n_items: int, *, steepest: float = 4.0) -> ItemParameters:
    """n_items items drawn from all models; steps of polytomous items may lie far apart, so that modes are several."""
    each = rng.multinomial(n_items, np.full(6, 1 / 6))
    parts = [
        logistic(rng, int(each[0]), steepest, guessing=0.0, slipping=0.0),
        logistic(rng, int(each[1]), steepest, guessing=0.4, slipping=0.0),
        logistic(rng, int(each[2]), steepest, guessing=0.4, slipping=0.2),
        *(stepped(rng, kind, steepest) for kind in [Kind.PARTIAL_CREDIT] * each[3] + [Kind.GRADED] * each[4]),
        *(nominal(rng, steepest) for _ in range(each[5])),
    ]
    bank = ItemParameters.join(parts)
    return bank.take(rng.permutation(bank.n_items))


def logistic(rng: np.random.Generator, n: int, steepest: float, *, guessing: float, slipping: float) -> ItemParameters:
    return ItemParameters(
        rng.uniform(0.2, steepest, n),
        rng.normal(0.0, 1.5, n),
        rng.uniform(0.0, guessing, n),
        1.0 - rng.uniform(0.0, slipping, n),
    )


def stepped(rng: np.random.Generator, kind: Kind, steepest: float) -> ItemParameters:
    n_steps = int(rng.integers(1, 5))
    steps = rng.normal(0.0, 2.0, n_steps)
    falling = np.sort(steps) + 0.1 * np.arange(n_steps)
    return ItemParameters.from_steps(kind, [rng.uniform(0.2, steepest)], [falling if kind == Kind.GRADED else steps])


def nominal(rng: np.random.Generator, steepest: float) -> ItemParameters:
    n = int(rng.integers(2, 6))
    slopes = rng.normal(0.0, steepest / 2.0, n)
    slopes[-1] = slopes[0] + 0.5  # the last may not equal the first
    return ItemParameters.nominal([slopes], [rng.normal(0.0, 2.0, n)])


def three_parameter_bank(n_items: int = 1000) -> ItemParameters:
    """Bank like the reference one, of our own."""
    rng = np.random.default_rng(SEED)
    return ItemParameters(
        np.clip(np.exp(rng.normal(0.18, 0.25, n_items)), 0.4, 2.8),
        np.clip(rng.normal(size=n_items), -3.0, 3.0),
        np.where(rng.random(n_items) < 0.75, rng.uniform(0.12, 0.28, n_items), 0.0),
        np.ones(n_items),
    )


def brute_force(score: FloatArray, excluded: BoolArray) -> list[int]:
    """Best free item of each person by plain Python: scores to 1e-9, ties to the lowest index, -1 for none."""
    chosen = []
    for scores, barred in zip(score.tolist(), excluded.tolist(), strict=True):
        free = [(-round(value * 1e9), item) for item, value in enumerate(scores) if not barred[item]]
        chosen.append(min(free)[1] if free else -1)
    return chosen


seeds = st.integers(0, 2**32 - 1)


def posterior_after(tables: SelectionTables, item: IntArray, category: IntArray) -> FloatArray:
    """Log-weights after whole tests, answer by answer, (n_persons, n_nodes)."""
    log_weights = start_posterior(tables, len(item))
    for row in rows_answered(tables, item, category).T:
        log_weights = add_answers(tables, log_weights, row)
    return log_weights
