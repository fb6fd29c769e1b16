"""A bank of our own with every rule in it, and sittings of virtual persons, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine import (
    AdaptiveBank,
    AdaptiveState,
    Answered,
    Blueprint,
    Budget,
    Chosen,
    Count,
    Decision,
    FirstItem,
    ItemParameters,
    Kind,
    Passages,
    Pool,
    Started,
    Strategy,
    decide,
    fold,
    make_bank,
    response_table,
)
from engine.arrays import CodeArray, FloatArray, IntArray

LENGTH = 24
AREAS = ("lezen", "spelling", "grammatica")


def make_pool(seed: int = 1, n_items: int = 240, *, polytomous: int = 24) -> Pool:
    """3PL items and some of partial credit; a quarter in passages of six, enemies, three attributes, two quantities."""
    rng = np.random.default_rng(seed)
    n = n_items - polytomous
    choice = ItemParameters(
        np.exp(rng.normal(0.1, 0.25, n)).round(5),  # a bank's parameters are data: the same on any processor
        rng.normal(size=n).round(5),
        np.where(rng.random(n) < 0.6, 0.2, 0.0),
        np.ones(n),
    )
    steps = [np.round(np.sort(rng.normal(size=2)), 5) for _ in range(polytomous)]
    slopes = np.exp(rng.normal(0.0, 0.2, polytomous)).round(5)
    graded = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, slopes, steps)
    passage = np.full(n_items, -1)
    for number in range(n_items // 24):
        passage[6 * number : 6 * number + 6] = number
    area = np.where(passage >= 0, 0, rng.integers(0, 3, n_items))
    return Pool(
        items=ItemParameters.join([choice, graded]),
        passage=passage,
        enemies=tuple((120 + 3 * k, 121 + 3 * k, 122 + 3 * k) for k in range(10)),
        labels={
            "area": tuple(AREAS[number] for number in area),
            "level": tuple(rng.choice(["kennen", "toepassen"], n_items).tolist()),
            "speech": tuple(rng.choice(["yes", "no"], n_items, p=[0.7, 0.3]).tolist()),
        },
        quantities={"seconds": rng.integers(30, 120, n_items).astype(np.float64)},
    )


def make_blueprint(length: int = LENGTH) -> Blueprint:
    """Counts of areas and levels, a budget of time, two passages of three to five items, a first item, a pool."""
    return Blueprint(
        length=length,
        counts=(
            Count({"area": "lezen"}, 8, 11),
            Count({"area": "spelling"}, 6, 9),
            Count({"area": "grammatica"}, 6, 9),
            Count({"level": "kennen"}, 10, 14),
        ),
        budgets=(Budget("seconds", 0, 1900),),
        passages=Passages(2, 2, 3, 5),
        first=FirstItem(hardest=0.5, easiest=0.9, alone=True),
        pools={"voorlezen": ("speech", "yes")},
    )


def own_bank(strategy: Strategy | None = None, seed: int = 1) -> AdaptiveBank:
    """Bank of `make_pool` and `make_blueprint`."""
    return make_bank(make_pool(seed), make_blueprint(), strategy)


def started(bank: AdaptiveBank, n_persons: int, *, accommodation: int = 0) -> Started:
    """Start of n_persons tests."""
    plan = np.repeat(bank.start_plan[accommodation : accommodation + 1], n_persons, axis=0)
    return Started(plan, accommodation=np.full(n_persons, accommodation))


def answers(bank: AdaptiveBank, theta: FloatArray, item: IntArray, chance: FloatArray) -> CodeArray:
    """Categories that persons score on their items, by one number in [0, 1) each."""
    category = np.full(item.size, -1, dtype=np.int8)
    for person in np.flatnonzero(item >= 0).tolist():
        one = bank.pool.items.take([item[person]])
        share = np.exp(response_table(one, theta[person : person + 1]).log_probability[:, 0])
        category[person] = np.searchsorted(np.cumsum(share)[:-1], chance[person], side="right")
    return category


@dataclass(frozen=True)
class Run:
    """Whole tests: what happened, and why."""

    start: Started
    events: Sequence[Chosen | Answered]
    decisions: Sequence[Decision]
    state: AdaptiveState


def run(bank: AdaptiveBank, theta: FloatArray, seed: int, *, accommodation: int = 0, explain: bool = True) -> Run:
    """Let persons take whole tests together."""
    rng = np.random.default_rng(seed)
    start = started(bank, theta.size, accommodation=accommodation)
    state = AdaptiveState.begin(start, bank.n_positions)
    events: list[Chosen | Answered] = []
    decisions = []
    for _ in range(bank.n_positions):
        decision = decide(bank, state, rng.random(theta.size), explain=explain)
        chosen = decision.event
        given = decision.item >= 0
        answered = Answered(answers(bank, theta, decision.item, rng.random(theta.size)), given)
        state = fold(fold(state, chosen), answered)
        events += [chosen, answered]
        decisions.append(decision)
    return Run(start, events, decisions, state)
