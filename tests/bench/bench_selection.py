"""The choice of the next item: one pupil at a time, and many at once; 1,000 items, 420 of them in passages.

    python tests/bench/bench_selection.py [--pupils N]

In units of the EAP estimate of the same answers by `estimate_eap`, and in microseconds. No peer that a
lock file can name is installed here; the figures of catR and catsim are in the project's targets.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from engine import (
    AdaptiveState,
    Blueprint,
    ItemParameters,
    Pool,
    Responses,
    check_blueprint,
    choose_next,
    estimate_eap,
    normal_quadrature,
    simulate_adaptive,
)
from engine.arrays import FloatArray

SEED = 20261123
N_ITEMS, N_PASSAGES, PASSAGE_SIZE, LENGTH = 1000, 60, 7, 35


def make_world() -> tuple[Pool, Blueprint]:
    """3PL bank of five areas with passages and enemy sets, and a blueprint that makes all of them bind."""
    rng = np.random.default_rng(SEED)
    area = rng.integers(0, 5, N_ITEMS, dtype=np.int32)
    passage, enemy = np.full(N_ITEMS, -1, dtype=np.int32), np.full(N_ITEMS, -1, dtype=np.int32)
    for number in range(N_PASSAGES):
        members = slice(N_ITEMS - (number + 1) * PASSAGE_SIZE, N_ITEMS - number * PASSAGE_SIZE)
        passage[members], area[members] = number, 4
    enemy[:200] = rng.integers(0, 80, 200)
    items = ItemParameters(
        np.exp(rng.normal(0.18, 0.25, N_ITEMS)),
        rng.normal(size=N_ITEMS),
        np.where(rng.random(N_ITEMS) < 0.75, rng.uniform(0.12, 0.28, N_ITEMS), 0.0),
        np.ones(N_ITEMS),
    )
    names = ("number", "operations", "measurement", "geometry", "reading")
    low, high = np.array([4, 4, 4, 4, 7], dtype=np.int32), np.array([9, 9, 9, 9, 14], dtype=np.int32)
    return Pool(items, area, passage, enemy), Blueprint(LENGTH, names, low, high)


def microseconds(states: list[AdaptiveState], pool: Pool, blueprint: Blueprint) -> FloatArray:
    """Wall time of every choice."""
    taken = np.empty(len(states))
    draw = np.array([0.5])
    for number, state in enumerate(states):
        begun = time.perf_counter()
        choose_next(pool, blueprint, state, draw)
        taken[number] = (time.perf_counter() - begun) * 1e6
    return taken


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pupils", type=int, default=1000)
    n = parser.parse_args().pupils
    pool, blueprint = make_world()
    begun = time.perf_counter()
    check_blueprint(pool, blueprint)
    release = time.perf_counter() - begun
    rng = np.random.default_rng(SEED)
    theta = rng.normal(size=n)
    begun = time.perf_counter()
    tests = simulate_adaptive(pool, blueprint, theta, pool.items, rng)
    simulation = time.perf_counter() - begun
    counts = np.stack([np.bincount(pool.area[row], minlength=5) for row in tests.item])
    met = np.all((counts >= blueprint.area_minimum) & (counts <= blueprint.area_maximum), axis=1).mean()
    rows = tests.item.tolist(), tests.category.tolist()
    states = [
        AdaptiveState.of_one(rows[0][pupil][:given], rows[1][pupil][:given], LENGTH)
        for pupil in range(min(n, 60))
        for given in range(LENGTH)
    ]
    one = microseconds(states, pool, blueprint)
    person, item, category = np.repeat(np.arange(n), LENGTH), tests.item.ravel(), tests.category.ravel()
    responses = Responses.from_triplets(person, item, category, n_persons=n, n_items=N_ITEMS)
    begun = time.perf_counter()
    estimated = estimate_eap(responses, pool.items, normal_quadrature()).theta
    eap = (time.perf_counter() - begun) / n * 1e6
    table = Table("what", "", title=f"{N_ITEMS} items, {LENGTH} given")
    table.add_row("one pupil, one choice, median", f"{np.median(one):.0f} µs")
    table.add_row("one pupil, one choice, 99 %", f"{np.quantile(one, 0.99):.0f} µs")
    table.add_row(f"{n} pupils at once, one choice", f"{simulation / (n * LENGTH) * 1e6:.0f} µs")
    table.add_row("EAP of a whole test, among many", f"{eap:.1f} µs")
    table.add_row("one choice ÷ one EAP", f"{np.median(one) / eap:.1f}")
    table.add_row("making the pool ready, once", f"{release * 1e3:.0f} ms")
    table.add_row("blueprint met", f"{met:.1%}")
    table.add_row("RMSE of theta", f"{np.sqrt(np.mean((estimated - theta) ** 2)):.4f}")
    Console().print(table)
    return 0 if met == 1.0 else 1


if __name__ == "__main__":
    sys.exit(main())
