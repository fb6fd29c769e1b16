"""The choice of the next item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.adaptive.blueprint import Blueprint
from engine.adaptive.explanation import binding
from engine.adaptive.plan import Plan, make_plan
from engine.adaptive.pool import Pool
from engine.adaptive.ranking import Ranking, rank
from engine.adaptive.standing import Standing, check_state, estimate, take_stock
from engine.adaptive.state import N_BEST, AdaptiveState, Choice
from engine.arrays import BoolArray, FloatArray, IntArray, own
from engine.errors import DesignError
from engine.models import item_information

PERSONS_AT_ONCE = 512  # 512 persons x 1,000 items is 4 MB


def choose_next(pool: Pool, blueprint: Blueprint, state: AdaptiveState, draw: npt.ArrayLike) -> Choice:
    """Most informative item with which the blueprint can still be met (Lord, 1980; van der Linden, 2005, ch. 2).

    Information is taken at the expected a posteriori ability, of a passage as the mean over its items. A
    passage that was begun is finished first, its most informative item next. Scores are rounded to 1e-9
    and ties go to the lowest index. With ``best_k`` above 1 one of the k best is drawn. When no item leaves
    the blueprint within reach, the least harmful one is taken and ``fallback`` says so.

    Parameters
    ----------
    pool, blueprint
        What to choose from, and what every test must look like; see `check_blueprint`.
    state
        n_persons tests so far; persons do not influence one another.
    draw : (n_persons,) numbers in [0, 1), the only source of chance

    Raises
    ------
    DesignError
        If state or draw do not belong to the pool and the blueprint.
    """
    plan = make_plan(pool, blueprint)
    check_state(plan, state)
    chance = own(draw, np.float64, "draw", 1, DesignError)
    if chance.size != state.n_persons or not np.all((chance >= 0.0) & (chance < 1.0)):
        raise DesignError(f"draw must hold one number in [0, 1) for each of {state.n_persons} persons")
    return choose(plan, state, chance, explain=True)


def choose(plan: Plan, state: AdaptiveState, draw: FloatArray, *, explain: bool) -> Choice:
    """Choose for checked input; without explanation ``binding`` is empty."""
    n = state.n_persons
    parts = []
    for first in range(0, n, PERSONS_AT_ONCE) if n > PERSONS_AT_ONCE else (0,):
        part = slice(first, first + PERSONS_AT_ONCE)
        parts.append(_choose_part(plan, state.take(part) if n > PERSONS_AT_ONCE else state, draw[part], explain))
    if len(parts) == 1:
        return parts[0]
    return Choice(
        item=np.concatenate([part.item for part in parts]),
        theta=np.concatenate([part.theta for part in parts]),
        standard_error=np.concatenate([part.standard_error for part in parts]),
        best=np.concatenate([part.best for part in parts]),
        best_score=np.concatenate([part.best_score for part in parts]),
        draw=draw,
        binding=tuple(names for part in parts for names in part.binding),
        fallback=np.concatenate([part.fallback for part in parts]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """What one part of the persons choose from: ranked units, the items' information, where the tests stand."""

    standing: Standing
    units: Ranking
    information: FloatArray


def _choose_part(plan: Plan, state: AdaptiveState, draw: FloatArray, explain: bool) -> Choice:
    """Choose for as many persons as fit in the processor's cache."""
    theta, error = estimate(plan, state)
    information = item_information(theta, plan.pool.items)  # (n_persons, n_items)
    by_unit = plan.units.mean_over_items(information)
    picture = _Picture(take_stock(plan, state), rank(by_unit), information)
    allowed, fallback = _allowed_units(plan, picture.standing)
    best_unit, score = picture.units.best(allowed, max(N_BEST, plan.blueprint.best_k))
    chosen = _draw_one(best_unit, draw, plan.blueprint.best_k)
    best, item = _leading_items(plan, picture, best_unit, chosen)
    _continue_passages(picture, plan, item, best, score)
    complete = (picture.standing.n_given >= plan.blueprint.length) | (item < 0)
    best[complete], score[complete], item[complete] = -1, 0.0, -1
    top = np.where(complete, -1, np.where(picture.standing.open_unit >= 0, picture.standing.open_unit, best_unit[:, 0]))
    return Choice(
        item=item.astype(np.int32),
        theta=theta,
        standard_error=error,
        best=best[:, :N_BEST].astype(np.int32),
        best_score=score[:, :N_BEST],
        draw=draw,
        binding=binding(plan, picture.standing, picture.units, top) if explain else (),
        fallback=fallback & (picture.standing.n_given < plan.blueprint.length),
    )


def _allowed_units(plan: Plan, standing: Standing) -> tuple[BoolArray, BoolArray]:
    """Units that may begin now, (n_persons, n_units), and for whom that took a fallback, (n_persons,)."""
    verdict = np.zeros((len(standing.counts), len(plan.core.steps)), dtype=np.bool_)
    for person, counts in enumerate(standing.counts):
        verdict[person] = plan.allowed_classes(counts, standing.available[person])
    allowed = verdict[:, plan.core.class_of_unit] & ~standing.begun & ~standing.barred
    stuck = ~allowed.any(axis=1) & (standing.open_unit < 0)
    for person in np.flatnonzero(stuck & (standing.n_given < plan.blueprint.length)).tolist():
        allowed[person] = _least_harm(plan, standing, person)
    return allowed, stuck


def _least_harm(plan: Plan, standing: Standing, person: int) -> BoolArray:
    """Units to fall back on: those that break the fewest rules, in the order in which rules may break."""
    units, blueprint, counts = plan.units, plan.blueprint, standing.counts[person]
    after = counts[units.area] + units.size
    rules = [
        ~standing.barred[person],
        units.size <= blueprint.length - standing.n_given[person],
        after <= blueprint.area_maximum[units.area],
        counts[units.area] < blueprint.area_minimum[units.area],
    ]
    allowed: BoolArray = ~standing.begun[person]
    for rule in rules:
        if np.any(allowed & rule):
            allowed = allowed & rule
    return allowed


def _draw_one(best_unit: IntArray, draw: FloatArray, best_k: int) -> IntArray:
    """One of the k best units for each person; -1 where there is none."""
    if best_k == 1:
        return best_unit[:, 0]
    n = np.minimum(np.count_nonzero(best_unit >= 0, axis=1), best_k)
    place = np.minimum((draw * n).astype(np.int64), np.maximum(n - 1, 0))
    chosen: IntArray = best_unit[np.arange(len(best_unit)), place]
    return chosen


def _leading_items(plan: Plan, picture: _Picture, best_unit: IntArray, chosen: IntArray) -> tuple[IntArray, IntArray]:
    """Item to show of each of the best units, (n_persons, k), and of the chosen unit, (n_persons,).

    A unit is led by its most informative item; where units are single items, the two are one.
    """
    units = plan.units
    best = np.where(best_unit >= 0, units.members[units.first[best_unit]], -1)
    item = np.where(chosen >= 0, units.members[units.first[chosen]], -1)
    if units.n_units == units.of_item.size:
        return best, item
    for person, place in np.argwhere((best_unit >= 0) & (units.size[best_unit] > 1)).tolist():
        unit = int(best_unit[person, place])
        members = units.items_of(unit)
        best[person, place] = members[np.argmax(rank(picture.information[person : person + 1, members]).key)]
        if unit == chosen[person]:
            item[person] = best[person, place]
    return best, item


def _continue_passages(picture: _Picture, plan: Plan, item: IntArray, best: IntArray, score: FloatArray) -> None:
    """Overwrite, for persons inside a passage, the choice by what is left of it, most informative first."""
    standing = picture.standing
    for person in np.flatnonzero(standing.open_unit >= 0).tolist():
        allowed = np.zeros((1, plan.pool.n_items), dtype=np.bool_)
        allowed[0, plan.units.items_of(int(standing.open_unit[person]))] = True
        allowed &= ~standing.seen[person]
        index, information = rank(picture.information[person : person + 1]).best(allowed, best.shape[1])
        best[person], score[person], item[person] = index[0], information[0], index[0, 0]
