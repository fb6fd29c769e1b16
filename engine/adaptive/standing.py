"""Where tests stand: what was given, what is left, what the answers say about ability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ability.eap import posterior_moments
from engine.adaptive.plan import Plan
from engine.adaptive.state import AdaptiveState
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import DesignError

GRAIN = 1e9  # estimates and scores are whole multiples of 1e-9, so that every processor ranks alike


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Standing of n_persons tests.

    Attributes
    ----------
    seen : (n_persons, n_items) items that were given
    begun : (n_persons, n_units) units of which something was given
    barred : (n_persons, n_units) units with an enemy among what was given
    open_unit : (n_persons,) passage that was begun and is not finished, -1 for none
    counts : (n_persons, n_areas) items of each area given
    available : (n_persons, n_kinds) core units that are left
    n_given : (n_persons,) items given
    """

    seen: BoolArray
    begun: BoolArray
    barred: BoolArray
    open_unit: IntArray
    counts: IntArray
    available: IntArray
    n_given: IntArray


def check_state(plan: Plan, state: AdaptiveState) -> None:
    """Refuse a state that is not one of this pool and blueprint."""
    if state.length != plan.blueprint.length:
        raise DesignError(f"the state has {state.length} positions, the blueprint {plan.blueprint.length}")
    if state.item.size and state.item.max() >= plan.pool.n_items:
        raise DesignError(f"the state holds item {state.item.max()}, the pool only {plan.pool.n_items} items")
    if state.category.size and state.category.max() > 1:
        raise DesignError(f"the state holds category {state.category.max()}; items of this pool have 0 and 1")


def take_stock(plan: Plan, state: AdaptiveState) -> Standing:
    """Work out where tests stand from what was given in them."""
    units, n_persons = plan.units, state.n_persons
    given = state.item >= 0
    person, position = np.nonzero(given)
    item = state.item[person, position].astype(np.int64)
    seen = np.zeros((n_persons, plan.pool.n_items), dtype=np.bool_)
    seen[person, item] = True
    unit = units.of_item[item]
    begun = np.zeros((n_persons, units.n_units), dtype=np.bool_)
    begun[person, unit] = True
    gone = begun | (barred := _barred(plan, person, item, begun))
    n_areas = plan.blueprint.n_areas
    counts = np.bincount(person * n_areas + plan.pool.area[item], minlength=n_persons * n_areas)
    available = plan.core.size_of_kind - np.rint(gone @ plan.core_by_kind).astype(np.int64)
    return Standing(
        seen=seen,
        begun=begun,
        barred=barred,
        open_unit=_open_unit(plan, person, unit, n_persons),
        counts=counts.reshape(n_persons, n_areas),
        available=available,
        n_given=np.count_nonzero(given, axis=1),
    )


def _barred(plan: Plan, person: IntArray, item: IntArray, begun: BoolArray) -> BoolArray:
    """Units not begun that have an enemy among the items given."""
    units, barred = plan.units, np.zeros_like(begun)
    if units.n_enemy_sets == 0:
        return barred
    met = np.zeros((begun.shape[0], units.n_enemy_sets + 1), dtype=np.bool_)
    met[person, units.enemy[item]] = True
    met[:, -1] = False  # the set that stands for "no enemies"
    who, which = np.nonzero(met[:, units.enemy[units.hostile]])
    barred[who, units.of_item[units.hostile[which]]] = True
    return barred & ~begun


def _open_unit(plan: Plan, person: IntArray, unit: IntArray, n_persons: int) -> IntArray:
    """Passage that is under way, by the unit with the lowest index if there were several; -1 for none."""
    open_unit = np.full(n_persons, -1, dtype=np.int64)
    if plan.units.n_units == plan.pool.n_items:
        return open_unit
    n_units = plan.units.n_units
    n = np.bincount(person * n_units + unit, minlength=n_persons * n_units).reshape(n_persons, n_units)
    unfinished = (n > 0) & (n < plan.units.size)
    return np.where(unfinished.any(axis=1), unfinished.argmax(axis=1), open_unit)


def estimate(plan: Plan, state: AdaptiveState) -> tuple[FloatArray, FloatArray]:
    """Expected a posteriori abilities and standard errors, (n_persons,) each, to 1e-9.

    The rows are added in order of item, so that the order of the answers plays no part.
    """
    answered = state.category >= 0
    nothing = len(plan.rows) - 1
    row = np.where(answered, 2 * state.item.astype(np.int64) + state.category, nothing)
    row.sort(axis=1)
    theta, error = posterior_moments(plan.rows[row].sum(axis=1) + plan.log_prior, plan.nodes)
    return np.rint(theta * GRAIN) / GRAIN, np.rint(error * GRAIN) / GRAIN
