"""A whole decision as delivery makes it after an answer, and how many pupils one core selects for, by rule.

    python tests/bench/bench_decision.py [--sittings N]

1,000 items (`../shared/data/adaptive` where it is there, else items of our own), one pupil at a time, CPU time of one
thread. Three things are timed, each in sittings of its own from the first item to the last: the engine's choice
without reasons, the same with the reasons that the log keeps, and delivery's whole offer, from the names of the items
that were answered to the item that is shown next. All sittings are gone through three times, and the least time of
each decision counts: what others do on a shared machine only adds to it. By swaps nothing is solved while a pupil
waits. Capacity is arithmetic: seconds between two answers of a pupil over the mean CPU time of a decision. Ends with
1 when the mean choice by swaps takes longer than the table of targets allows for selection.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

sys.path.insert(0, str(Path(__file__).parents[2]))

from delivery.sittings.banks import IndexedBank
from delivery.sittings.choosing import Progress, choose_offer, first_plan
from delivery.sittings.events import Started
from engine import AdaptiveBank, AdaptiveState, Answered, Blueprint, Method, Strategy, decide, fold, make_bank
from engine.adaptive import Prepared
from engine.arrays import FloatArray
from engine.assembly import Pool
from engine.models import probability_correct
from engine.selection import (
    KullbackLeibler,
    MaximumInformation,
    MinimumExpectedVariance,
    PosteriorWeightedInformation,
    Rule,
    TargetSuccess,
)
from engine.simulation.chance import Chance
from engine.simulation.starting import draw_start
from itembank import CompiledBank, DeliveryView, Selection, Stopping
from tests.bench.gates import Gates
from tests.engine.assembly.banks import REFERENCE, reference_blueprint, reference_pool
from tests.engine.selection.random_banks import three_parameter_bank

LENGTH, SITTINGS, PASSES, SECONDS_PER_ANSWER = 35, 50, 3, 45.0
MILLISECONDS = 0.3  # of CPU an answer, without online solves
SWAPPED = "shadow test, by swaps"
RULES: dict[str, Rule] = {
    "maximum information": MaximumInformation(),
    "posterior-weighted information": PosteriorWeightedInformation(),
    "Kullback-Leibler": KullbackLeibler(),
    "minimum expected variance": MinimumExpectedVariance(),
    "success rate .60": TargetSuccess(0.6),
}


def banks() -> dict[str, AdaptiveBank]:
    """Banks by the name of how they choose: every rule from the pool, and shadow tests where the blueprint is there."""
    whole = reference_pool() if REFERENCE.is_file() else None
    items = three_parameter_bank() if whole is None else whole.items
    alone = Pool(items, np.full(items.n_items, -1))
    plain = make_bank(alone, Blueprint(LENGTH), Strategy(method=Method.INFORMATION))
    found = {name: replace(plain, strategy=replace(plain.strategy, rule=rule)) for name, rule in RULES.items()}
    found["one of the best five"] = replace(plain, strategy=replace(plain.strategy, best_k=5))
    if whole is not None:
        found[SWAPPED] = make_bank(whole, reference_blueprint())
        found[f"{SWAPPED}, one of the best five"] = make_bank(whole, reference_blueprint(), Strategy(best_k=5))
    return found


def indexed(bank: AdaptiveBank) -> IndexedBank:
    """The bank as delivery holds it, with views that show nothing."""
    names = [f"I{item}@1" for item in range(bank.n_items)]
    compiled = CompiledBank(
        hash=bank.hash,
        test="bench",
        title="",
        calibration="",
        time_limit_ms=0,
        pool=bank.pool,
        blueprint=bank.blueprint,
        selection=Selection(),
        stopping=Stopping(),
        minimum_length=bank.blueprint.length,
        eligibility=None,
        prepared=Prepared(bank.start_plan, bank.libraries),
        views=tuple(DeliveryView(name, "", (), "", "") for name in names),
        stimuli={},
        scoring=("",) * bank.n_items,  # never read: nothing is drawn
    )
    return IndexedBank(compiled, {name: row for row, name in enumerate(names)}, bank)


def category(bank: AdaptiveBank, item: int, theta: float, chance: float) -> int:
    """Simulated answer."""
    return int(chance < probability_correct(np.array([theta]), bank.pool.items)[0, item])


def of_engine(bank: AdaptiveBank, sittings: int, *, explain: bool) -> FloatArray:
    """CPU milliseconds of every choice, (sittings * length,)."""
    rng, taken = np.random.default_rng(2), []
    start = draw_start(bank, np.zeros(sittings, dtype=np.int64), Chance(1, 0, sittings))
    states = AdaptiveState.begin(start, bank.n_positions)
    for pupil, theta in enumerate(rng.standard_normal(sittings).tolist()):
        state = states.take(slice(pupil, pupil + 1))
        for _ in range(bank.n_positions):
            draw = rng.random(1)
            begun = time.process_time_ns()
            decision = decide(bank, state, draw, explain=explain)
            taken.append((time.process_time_ns() - begun) * 1e-6)
            answer = category(bank, int(decision.item[0]), theta, rng.random())
            state = fold(fold(state, decision.event), Answered(np.array([answer], dtype=np.int8)))
    return np.array(taken)


def of_delivery(bank: IndexedBank, sittings: int) -> FloatArray:
    """CPU milliseconds of every offer, (sittings * length,)."""
    rng, taken = np.random.default_rng(2), []
    for pupil, theta in enumerate(rng.standard_normal(sittings).tolist()):
        started = Started(
            at=0,
            administration="",
            test="bench",
            bank=bank.bank.hash,
            calibration="",
            length=bank.adaptive.n_positions,
            draw_key=f"{pupil:032x}",
            time_limit_ms=0,
            accommodations={},
            simulated=True,
            plan=first_plan(bank, {}),
        )
        progress = Progress(started, started.plan, (), 0)
        for _ in range(started.length):
            begun = time.process_time_ns()
            offer = choose_offer(bank, progress).offer
            taken.append((time.process_time_ns() - begun) * 1e-6)
            assert offer is not None
            progress = after(bank, progress, offer.item, offer.choice.swaps, theta, rng.random())
    return np.array(taken)


def after(
    bank: IndexedBank,
    progress: Progress,
    item: str,
    swaps: tuple[tuple[str, str], ...],
    theta: float,
    chance: float,
) -> Progress:
    """The sitting after an answer to the item that was offered."""
    plan = progress.plan
    for out, into in swaps:
        plan = tuple(into if one == out else one for one in plan)
    answer = category(bank.adaptive, bank.rows[item], theta, chance)
    return replace(progress, plan=plan, answered=(*progress.answered, (item, answer)))


def least(measure: Callable[[], FloatArray]) -> FloatArray:
    """Least time of each decision over the passes."""
    times: FloatArray = np.minimum.reduce([measure() for _ in range(PASSES)])
    return times


def main() -> int:
    """Measure and print; 1 where the gate is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sittings", type=int, default=SITTINGS, help="of each rule and of each thing timed")
    sittings = parser.parse_args().sittings
    console, gates = Console(width=118), Gates()
    title = f"CPU ms of a decision, mean (median, 99 %); goal of a choice by swaps: mean ≤ {MILLISECONDS:g} ms"
    table = Table("rule", "choice", "with reasons", "offer", "pupils a core: choice", "offer", title=title)
    with threadpool_limits(1):
        for name, bank in banks().items():
            with console.status(name):
                alone = least(partial(of_engine, bank, sittings, explain=False))
                explained = least(partial(of_engine, bank, sittings, explain=True))
                offered = least(partial(of_delivery, indexed(bank), sittings))
            shown = (
                f"{ms.mean():.2f} ({np.median(ms):.2f}, {np.quantile(ms, 0.99):.2f})"
                for ms in (alone, explained, offered)
            )
            pupils = (f"{SECONDS_PER_ANSWER * 1e3 / ms.mean():,.0f}" for ms in (alone, offered))
            table.add_row(name, *shown, *pupils)
            if name == SWAPPED:
                gates.at_most("choice by swaps, mean CPU ms", float(alone.mean()), MILLISECONDS)
    console.print(table)
    console.print(f"a pupil answers once in {SECONDS_PER_ANSWER:g} s; {sittings} sittings of each")
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
