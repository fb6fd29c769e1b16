"""A core of units that never exclude one another, large enough to complete every test.

Enemies make "can this test still be completed?" hard; without them it is counting. So the pool is given
a core: at most one unit of every enemy set. A test may take any unit, also from outside the core, as long
as the core can complete it. Every unit of such a completion may itself be taken, so no test ever gets stuck.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse

from engine.adaptive.blueprint import Blueprint
from engine.adaptive.completion import Demand, Kind, Step
from engine.adaptive.units import Units
from engine.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """The core of a pool, and what taking any unit does to it.

    Attributes
    ----------
    demand : the blueprint in kinds
    kind : (n_units,) kind of each unit
    member : (n_units,) whether a unit is in the core
    size_of_kind : (n_kinds,) core units of each kind
    class_of_unit : (n_units,) units of one class are of one kind and take the same from the core
    steps : what taking a unit of each class does
    feasible : whether the core completes a test from the start
    """

    demand: Demand
    kind: IntArray
    member: BoolArray
    size_of_kind: IntArray
    class_of_unit: IntArray
    steps: tuple[Step, ...]
    feasible: bool


def make_core(units: Units, blueprint: Blueprint) -> Core:
    """Core of the units: by counting, and by integer programming where counting fails because of enemies."""
    pairs, kind = np.unique(np.stack([units.area, units.size], axis=1), axis=0, return_inverse=True)
    kinds = tuple(Kind(area, size) for area, size in pairs.tolist())
    minimum, maximum = tuple(blueprint.area_minimum.tolist()), tuple(blueprint.area_maximum.tolist())
    demand = Demand(blueprint.length, minimum, maximum, kinds)
    sets = units.enemy_sets()
    core = _core(demand, kind, sets, _peaceful(sets, range(units.n_units)))
    if core.feasible or not any(sets):
        return core
    plan = _solve(units, demand)
    if plan is None:
        return core
    rest = np.setdiff1d(np.arange(units.n_units), plan).tolist()
    return _core(demand, kind, sets, _peaceful(sets, [*plan.tolist(), *rest]))


def _peaceful(sets: list[tuple[int, ...]], order: Iterable[int]) -> BoolArray:
    """Units, taken in the order given, that share no enemy set with one taken before."""
    member = np.zeros(len(sets), dtype=np.bool_)
    taken: set[int] = set()
    for unit in order:
        if taken.isdisjoint(sets[unit]):
            member[unit] = True
            taken.update(sets[unit])
    return member


def _core(demand: Demand, kind: IntArray, sets: list[tuple[int, ...]], member: BoolArray) -> Core:
    """Put together what follows from the members."""
    n_kinds = len(demand.kinds)
    holder = {enemy: unit for unit in np.flatnonzero(member).tolist() for enemy in sets[unit]}
    takes = np.zeros((len(sets), n_kinds), dtype=np.int64)
    for unit, belongs in enumerate(sets):
        gone = {holder[enemy] for enemy in belongs if enemy in holder} | ({unit} if member[unit] else set())
        for other in gone:
            takes[unit, kind[other]] += 1
    classes, class_of_unit = np.unique(np.column_stack([kind, takes]), axis=0, return_inverse=True)
    size_of_kind = np.bincount(kind[member], minlength=n_kinds)
    nothing = [0] * len(demand.minimum)
    return Core(
        demand=demand,
        kind=kind,
        member=member,
        size_of_kind=size_of_kind,
        class_of_unit=class_of_unit,
        steps=tuple(_step(demand, demand.kinds[row[0]], tuple(row[1:])) for row in classes.tolist()),
        feasible=demand.can_finish(nothing, size_of_kind.tolist()),
    )


def _step(demand: Demand, kind: Kind, takes: tuple[int, ...]) -> Step:
    """Step of a class of units."""
    reaches = any(taken and other.area != kind.area for taken, other in zip(takes, demand.kinds, strict=True))
    return Step(kind.area, kind.size, takes, reaches)


def _solve(units: Units, demand: Demand) -> IntArray | None:
    """Units of one whole test that meets the blueprint, enemies included; None when there is none (HiGHS)."""
    n_areas = len(demand.minimum)
    column = np.arange(units.n_units)
    shape = (n_areas, units.n_units)
    in_area = sparse.csr_array((units.size.astype(np.float64), (units.area, column)), shape=shape)
    war = np.flatnonzero(units.enemy < units.n_enemy_sets)
    pairs = (units.enemy[war], units.of_item[war])
    in_set = sparse.csr_array((np.ones(war.size), pairs), shape=(units.n_enemy_sets, units.n_units))
    length = sparse.csr_array(units.size[np.newaxis].astype(np.float64))
    rules = [
        optimize.LinearConstraint(in_area, demand.minimum, demand.maximum),
        optimize.LinearConstraint(in_set, -np.inf, 1.0),
        optimize.LinearConstraint(length, demand.length, demand.length),
    ]
    # no objective: any test that meets the blueprint will do
    whole = np.ones(units.n_units, dtype=np.int64)
    bounds = optimize.Bounds(0.0, 1.0)
    found = optimize.milp(np.zeros(units.n_units), integrality=whole, bounds=bounds, constraints=rules)
    return np.flatnonzero(found.x > 0.5) if found.success else None
