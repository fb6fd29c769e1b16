"""How an item is found: from a plan that is kept good, or from the pool."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.adaptive.events import Swaps
from engine.adaptive.scene import Scene
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly import (
    Branch,
    Choice,
    Plan,
    Route,
    binding,
    candidates,
    choose_ahead,
    choose_first,
    choose_next,
    next_by_priority,
)
from engine.grain import quantise
from engine.selection import MaximumInformation, best_candidates, choose

N_BEST = 5
POOL = "pool"
NOTHING: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Items that were found, as in `Decision`."""

    item: IntArray
    swaps: tuple[Swaps, ...]
    route: tuple[str, ...]
    best: IntArray
    best_score: FloatArray
    binding: tuple[tuple[str, ...], ...]
    lifted: BoolArray


def from_pool(scene: Scene, explain: bool) -> Found:
    """Items by the rule from all that may be given, (n_persons,)."""
    bank = scene.bank
    held = scene.held | ~scene.choosing[:, np.newaxis]
    item = choose(bank.selection, bank.rule, scene.standing, held, scene.draw)
    return _from_pool(scene, item, explain)


def any_unseen(scene: Scene, person: int) -> int:
    """Item that one person may still be given where every one is barred, the most informative; -1 for none."""
    fit = ~scene.unfit(person)[np.newaxis]
    alone = slice(person, person + 1)
    return int(choose(scene.bank.selection, MaximumInformation(), scene.standing.take(alone), ~fit)[0])


def _from_pool(scene: Scene, item: IntArray, explain: bool) -> Found:
    """Items that were not taken from a plan, with the best of the pool by the rule where it is asked for.

    A test goes on where every item is barred: with any that was not seen, and ``route`` says so.
    """
    bank, n = scene.bank, len(scene.draw)
    route = [POOL if found >= 0 else "" for found in item.tolist()]
    for person in np.flatnonzero(scene.choosing & (item < 0)).tolist():
        item[person] = any_unseen(scene, person)
        route[person] = str(Route.ANY) if item[person] >= 0 else ""
    best, score = np.full((n, N_BEST), -1), np.zeros((n, N_BEST))
    if explain:
        held = scene.held | ~scene.choosing[:, np.newaxis]
        best, score = best_candidates(bank.selection, bank.rule, scene.standing, held, scene.draw, k=N_BEST)
    return Found(
        item=item,
        swaps=((),) * n,
        route=tuple(route),
        best=best,
        best_score=score,
        binding=((),) * n,
        lifted=scene.lifted & scene.choosing,
    )


def by_priority(scene: Scene, explain: bool) -> Found:
    """Items by the priority index, (n_persons,): information times how much room each rule still has."""
    bank, n = scene.bank, len(scene.draw)
    item = np.full(n, -1)
    if scene.choosing.any():
        score = bank.strategy.rule.scores(bank.selection, scene.standing, scene.draw)
        worth = score - np.minimum(score.min(axis=1, keepdims=True), 0.0)
        for person in np.flatnonzero(scene.choosing).tolist():
            open_to = ~scene.held[person] if not scene.held[person].all() else ~scene.barred[person]
            if open_to.any():
                given = scene.state.item[person, scene.state.scored[person]].astype(np.int64)
                item[person] = next_by_priority(bank.plans, given, worth[person], excluded=~open_to)
    return _from_pool(scene, item, explain)


def from_plans(scene: Scene, explain: bool) -> Found:
    """Items from plans that are first made good for what is known now, (n_persons,)."""
    bank, n = scene.bank, len(scene.draw)
    item, lifted = np.full(n, -1), scene.lifted & scene.choosing
    best, best_score = np.full((n, N_BEST), -1), np.zeros((n, N_BEST))
    swaps: list[Swaps] = [()] * n
    route, bound = [""] * n, [NOTHING] * n
    choosing = np.flatnonzero(scene.choosing).tolist()
    if choosing:
        score = bank.strategy.rule.scores(bank.selection, scene.standing, scene.draw)
        worth = score if bank.libraries else score - score.min(axis=1, keepdims=True)  # plans have one length
    for person in choosing:
        one = _from_plan(scene, person, worth[person], N_BEST if explain else bank.strategy.best_k)
        item[person], swaps[person], route[person] = one.item, one.swaps, one.route
        lifted[person] |= one.lifted
        if not explain:
            continue
        ranked = one.ranked[:N_BEST]
        best[person, : ranked.size], best_score[person, : ranked.size] = ranked, score[person, ranked]
        if one.item >= 0:
            bound[person] = binding(
                bank.plans,
                one.plan,
                one.item,
                score[person],
                excluded=one.held,
                barred=scene.barred[person],
                suitable=bank.suitable[int(scene.state.accommodation[person])],
            )
    return Found(item, tuple(swaps), tuple(route), best, best_score, tuple(bound), lifted)


@dataclass(frozen=True, slots=True, eq=False)
class _One:
    """Item of one person, and the plan it was taken from.

    ``ranked`` are the items that it was drawn from, the best first; ``held`` those that were held back.
    """

    item: int
    swaps: Swaps
    route: str
    plan: Plan
    ranked: IntArray
    held: BoolArray
    lifted: bool


def _from_plan(scene: Scene, person: int, score: FloatArray, n_ranked: int) -> _One:
    """Make one plan good, and draw one of its best items.

    What is held back is given up in steps where no plan can do without it: first eligibility, then the enemies of
    field-test items; what was seen, or does not suit the pupil, never. Who asks for one item only gets no ranks.
    """
    bank, strategy = scene.bank, scene.bank.strategy
    plan, held, lifted = scene.state.plan_of(person), scene.held[person], False
    chosen, is_good = _choose(scene, person, plan, score, held)
    if not is_good and np.any(held & ~scene.barred[person]):
        held, lifted = scene.barred[person], True
        chosen, is_good = _choose(scene, person, plan, score, held)
    if not is_good and np.any(held & ~(unfit := scene.unfit(person))):
        other, is_good = _choose(scene, person, plan, score, unfit)
        if is_good or chosen.route is Route.ANY:
            held, chosen, lifted = unfit, other, True
    if chosen.route is Route.ANY and scene.unfit(person)[chosen.item]:
        return _One(-1, (), "", plan, np.empty(0, dtype=np.int64), held, lifted)
    if n_ranked == 1 and plan.n_given:  # the best of the plan is chosen already
        return _One(chosen.item, chosen.swaps, chosen.route, plan, np.empty(0, dtype=np.int64), held, lifted)
    after = plan.swap(chosen.swaps)
    if not chosen.route.keeps_rules:
        return _One(chosen.item, chosen.swaps, chosen.route, after, np.array([chosen.item]), held, lifted)
    preferred = bank.first & ~held if plan.n_given == 0 else None
    open_to = candidates(bank.plans, after.given, after.unused, alone_first=strategy.alone_first, preferred=preferred)
    open_to = open_to[~held[open_to]]
    ranked = open_to[(-quantise(score[open_to])).argsort(kind="stable")]
    place = min(int(scene.draw[person] * min(strategy.best_k, ranked.size)), ranked.size - 1)
    return _One(int(ranked[place]), chosen.swaps, chosen.route, after, ranked, held, lifted)


def _choose(scene: Scene, person: int, plan: Plan, score: FloatArray, held: BoolArray) -> tuple[Choice, bool]:
    """Make one plan good without the items that are held; and whether that of the first item and all others hold."""
    bank, alone_first = scene.bank, scene.bank.strategy.alone_first
    library = bank.libraries[int(scene.state.accommodation[person])] if bank.libraries else None
    charge = None if library is None else library.charge_at(float(scene.standing.theta[person]))
    if plan.n_given in bank.strategy.solve_after:
        branch = (Branch(score, charge),)
        (chosen,) = choose_ahead(bank.plans, plan, branch, excluded=held, alone_first=alone_first, solve=True)
        return chosen, chosen.route.keeps_rules
    if plan.n_given:
        chosen = choose_next(bank.plans, plan, score, charge=charge, excluded=held, alone_first=alone_first)
        return chosen, chosen.route.keeps_rules
    first = bank.first & ~held
    chosen = choose_first(bank.plans, plan, score, first, charge=charge, excluded=held, alone_first=alone_first)
    return chosen, chosen.route.keeps_rules and bool(first[plan.swap(chosen.swaps).unused].any())
