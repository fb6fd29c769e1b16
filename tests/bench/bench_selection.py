"""The choice of the next item beside catsim, catpie and adaptivetesting, on the same bank in the same run.

    python tests/bench/bench_selection.py [--pupils N]

CPU time of one thread, best of several; the ratios are what counts, for the machine is shared. The bank has 1,000
three-parameter items (`../shared/data` where it is there, else one of our own). A peer that is not installed is named
as such. Whole cohorts of peers are measured on a few pupils and multiplied, which the table says. Ends with 1 when a
gate is missed, and says which; gates beside catsim only where it is installed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine.arrays import FloatArray
from engine.models import ItemParameters
from engine.selection import (
    AStratified,
    KullbackLeibler,
    MaximumInformation,
    MinimumExpectedVariance,
    PointMethod,
    PointTables,
    PosteriorKullbackLeibler,
    PosteriorWeightedInformation,
    Progressive,
    RandomOfBest,
    Rule,
    SelectionTables,
    TargetSuccess,
    add_answers,
    add_to_points,
    choose,
    estimate_points,
    information_share,
    rows_answered,
    stand,
    start_points,
    start_posterior,
)
from tests.bench.gates import Gates
from tests.bench.selection_peers import PEERS, Question, find_peer
from tests.engine.assembly.banks import REFERENCE, reference_pool
from tests.engine.selection.random_banks import three_parameter_bank
from tests.engine.selection.whole_tests import PERSONS_AT_ONCE, simulate_unconstrained

LENGTH, AT_ITEM, COHORT = 35, 20, 100_000
MEGABYTES = 1000.0
PUPILS_OF_PEER = {"catsim": 10, "catpie": 1, "adaptivetesting": 1}
LENGTH_OF_PEER = {"catsim": LENGTH, "catpie": LENGTH, "adaptivetesting": 5}
GOALS = {
    "select next, maximum information": "≤ 20 µs median, ≤ 60 µs p99, ≥ 100× catsim",
    "EAP + SE at item 20": "≤ 10 µs",
    "posterior-weighted + random of top 5": "≤ 50 µs",
    "100,000 pupils × 35 items": "≤ 3 s on one core, ≥ 2,000× catsim, ≤ 1 GB",
}


def best_of(work: Callable[[], Any], calls: int, rounds: int = 5) -> float:
    """CPU seconds of one call, best of several rounds."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(calls):
            work()
        taken.append((time.process_time() - begun) / calls)
    return min(taken)


def each_call(tables: SelectionTables, n_tests: int) -> FloatArray:
    """CPU seconds of each choice of whole tests, one pupil at a time, (n_tests * 35,)."""
    rng = np.random.default_rng(1)
    chance = rng.random((n_tests, LENGTH))
    theta = rng.standard_normal(n_tests)
    taken = []
    for pupil in range(n_tests):
        log_weights, excluded = start_posterior(tables), np.zeros((1, tables.n_items), dtype=np.bool_)
        for position in range(LENGTH):
            standing = stand(tables, log_weights, position)
            begun = time.process_time_ns()
            item = choose(tables, MaximumInformation(), standing, excluded)
            taken.append((time.process_time_ns() - begun) * 1e-9)
            excluded[0, item] = True
            right = chance[pupil, position] < _probability(tables.items, item.item(), theta[pupil])
            add_answers(tables, log_weights, rows_answered(tables, item, np.array([int(right)])), out=log_weights)
    return np.array(taken)


def _probability(items: ItemParameters, item: int, theta: float) -> float:
    """Probability of a right answer."""
    a, b, c = (float(values[item]) for values in (items.discrimination, items.difficulty, items.guessing))
    return c + (1.0 - c) / (1.0 + float(np.exp(-a * (theta - b))))


def cohort_seconds(tables: SelectionTables, n: int, rule: Rule | RandomOfBest | None = None) -> float:
    """CPU seconds of whole tests of n pupils, in blocks that fit the cache, answers and posteriors included."""
    rng = np.random.default_rng(7)
    theta = rng.standard_normal(n)
    blocks = [(part, rng.random((part.size, LENGTH))) for part in np.array_split(theta, -(-n // PERSONS_AT_ONCE))]
    begun = time.process_time()
    for part, chance in blocks:
        simulate_unconstrained(tables, part, chance, LENGTH, rule, chance)
    return time.process_time() - begun


def make_question(tables: SelectionTables) -> tuple[Question, FloatArray, Any]:
    """Return a pupil at item 20: the question for peers, and log-weights and exclusions for us."""
    standing, items, categories = simulate_unconstrained(
        tables, np.array([0.4]), np.random.default_rng(3).random((1, LENGTH)), AT_ITEM
    )
    log_weights = start_posterior(tables)
    for item, category in zip(items.T, categories.T, strict=True):
        add_answers(tables, log_weights, rows_answered(tables, item, category.astype(np.int64)), out=log_weights)
    excluded = np.zeros((1, tables.n_items), dtype=np.bool_)
    excluded[0, items[0]] = True
    question = Question(tables.items, items[0].tolist(), categories[0].tolist(), standing.theta.item())
    return question, log_weights, excluded


def show_peers(tables: SelectionTables, n_pupils: int, gates: Gates) -> Table:
    """Return our figures, held against their gates, and each peer's as a multiple of ours."""
    question, log_weights, excluded = make_question(tables)
    standing, draw = stand(tables, log_weights, AT_ITEM), np.array([0.3])
    row = rows_answered(tables, np.array([question.given[-1]]), np.array([1]))
    weighted = RandomOfBest(PosteriorWeightedInformation(), 5)
    calls = each_call(tables, 100)
    seconds = cohort_seconds(tables, n_pupils) * COHORT / n_pupils
    gates.at_most("peak MB, before any peer", peak_megabytes(), MEGABYTES)
    ours = [
        best_of(lambda: choose(tables, MaximumInformation(), standing, excluded), 500),
        best_of(lambda: stand(tables, add_answers(tables, log_weights, row), AT_ITEM), 500),
        best_of(lambda: choose(tables, weighted, standing, excluded, draw), 500),
        seconds,
    ]
    table = Table("what", "ours", *PEERS, "goal", title="each peer as a multiple of ours, CPU time")
    said = [
        f"{np.median(calls) * 1e6:.1f} µs median, {np.quantile(calls, 0.99) * 1e6:.1f} p99",
        f"{ours[1] * 1e6:.1f} µs",
        f"{ours[2] * 1e6:.1f} µs",
        f"{seconds:.2f} s" + ("" if n_pupils == COHORT else f" (from {n_pupils:,})"),
    ]
    hold(gates, calls, ours)
    columns = [_peer_column(name, question, ours, gates) for name in PEERS]
    for number, (what, goal) in enumerate(GOALS.items()):
        table.add_row(what, said[number], *(column[number] for column in columns), goal)
    return table


def hold(gates: Gates, calls: FloatArray, ours: list[float]) -> None:
    """Hold our own times against their gates."""
    gates.at_most("select next, median µs", float(np.median(calls)) * 1e6, 20.0)
    gates.at_most("select next, p99 µs", float(np.quantile(calls, 0.99)) * 1e6, 60.0)
    gates.at_most("EAP + SE at item 20, µs", ours[1] * 1e6, 10.0)
    gates.at_most("posterior-weighted + random of top 5, µs", ours[2] * 1e6, 50.0)
    gates.at_most(f"{COHORT:,} pupils × {LENGTH}, s", ours[3], 3.0)


def peak_megabytes() -> float:
    """Peak of resident memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def _peer_column(name: str, question: Question, ours: list[float], gates: Gates) -> list[str]:
    """One peer's ratios to ours, and its own times."""
    peer = find_peer(name, question)
    if peer is None:
        return ["not installed"] * len(ours)
    found = []
    for work, own in zip((peer.select, peer.estimate, peer.weighted), ours, strict=False):
        taken = best_of(work, 1, 3) if work is not None else 0.0
        if name == "catsim" and work is peer.select:
            gates.at_least("select next, catsim ÷ ours", taken / own, 100.0)
        found.append(f"{taken / own:,.0f}× ({taken * 1e3:,.2f} ms)" if work is not None else "has none")
    n, length = PUPILS_OF_PEER[name], LENGTH_OF_PEER[name]
    taken = best_of(lambda: peer.cohort(n, length), 1, 1) * COHORT / n * LENGTH / length
    if name == "catsim":
        gates.at_least(f"{COHORT:,} pupils, catsim ÷ ours", taken / ours[3], 2000.0)
    found.append(f"{taken / ours[3]:,.0f}× ({taken / 3600:,.1f} h, from {n} pupils × {length} items)")
    return found


def show_rules(tables: SelectionTables) -> Table:
    """One choice by every rule, for one pupil and 256 at a time, and what it keeps of the highest information."""
    question, log_weights, excluded = make_question(tables)
    one, draw = stand(tables, log_weights, AT_ITEM), np.array([0.3])
    many = stand(tables, np.repeat(log_weights, 256, axis=0), AT_ITEM)
    free, draws = np.repeat(excluded, 256, axis=0), np.random.default_rng(1).random(256)
    rules: dict[str, Rule | RandomOfBest] = {
        "maximum information": MaximumInformation(),
        "one of the best 5 by information": RandomOfBest(MaximumInformation(), 5),
        "posterior-weighted information": PosteriorWeightedInformation(),
        "minimum expected variance": MinimumExpectedVariance(),
        "Kullback-Leibler at the estimate": KullbackLeibler(),
        "Kullback-Leibler over the posterior": PosteriorKullbackLeibler(),
        "a-stratified": AStratified.by_slope(tables.items, LENGTH),
        "progressive": Progressive(LENGTH),
        "success rate .60": TargetSuccess(0.6),
    }
    table = Table("rule", "one pupil", "one of 256", "information", title="one choice at item 20")
    for name, rule in rules.items():
        alone = best_of(partial(choose, tables, rule, one, excluded, draw), 50)
        together = best_of(partial(choose, tables, rule, many, free, draws), 2) / 256
        share = information_share(tables, many.theta, choose(tables, rule, many, free, draws), free).mean()
        table.add_row(name, f"{alone * 1e6:.0f} µs", f"{together * 1e6:.2f} µs", f"{share:.1%}")
    points, state = PointTables(tables), start_points(PointTables(tables))
    for item, answer in zip(question.given, question.answers, strict=True):
        state = add_to_points(points, state, np.array([item]), np.array([answer]))
    for method in PointMethod:
        alone = best_of(partial(estimate_points, points, state, method), 50)
        table.add_row(f"estimate by {method.value}", f"{alone * 1e6:.0f} µs", "", "")
    return table


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pupils", type=int, default=COHORT)
    n_pupils = parser.parse_args().pupils
    console, gates = Console(width=160), Gates()
    with threadpool_limits(1):
        items = reference_pool().items if REFERENCE.is_file() else three_parameter_bank()
        begun = time.process_time()
        tables = SelectionTables(items)
        console.print(f"tables of {tables.n_items} items, once: {(time.process_time() - begun) * 1e3:.0f} ms")
        console.print(show_peers(tables, n_pupils, gates))
        console.print(show_rules(tables))
        randomesque = cohort_seconds(tables, 20_000, RandomOfBest(MaximumInformation(), 5)) * COHORT / 20_000
        console.print(f"100,000 pupils × {LENGTH}, one of the best 5 (from 20,000): {randomesque:.1f} s")
    console.print(f"peak memory {peak_megabytes():.0f} MB, peers included")
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
