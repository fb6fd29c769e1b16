"""Whether a pool can meet a blueprint, and if not, in words, why."""

from __future__ import annotations

from engine.adaptive.blueprint import Blueprint
from engine.adaptive.completion import Demand, numbers, window
from engine.adaptive.plan import make_plan
from engine.adaptive.pool import Pool
from engine.errors import BlueprintError

SHOWN_AT_MOST = 12


def check_blueprint(pool: Pool, blueprint: Blueprint) -> None:
    """Make sure that at least one test from the pool meets the blueprint; then every adaptive test will.

    Raises
    ------
    BlueprintError
        If none does; the message names the area, the passages or the enemies that make it impossible.
    """
    plan = make_plan(pool, blueprint)
    if plan.core.feasible:
        return
    demand = plan.core.demand
    units = [int((plan.core.kind == kind).sum()) for kind in range(len(demand.kinds))]
    problems = [problem for area in range(blueprint.n_areas) if (problem := _of_area(blueprint, demand, units, area))]
    if problems:
        raise BlueprintError("; ".join(problems))
    if not demand.can_finish([0] * blueprint.n_areas, units):
        raise BlueprintError(
            f"no choice of whole passages and single items adds up to {blueprint.length} items with every area "
            f"between its minimum and maximum; possible are {_possibilities(blueprint, demand, units)}"
        )
    raise BlueprintError(
        f"without enemies a test of {blueprint.length} items would be possible; with at most one item of each of "
        f"the {plan.units.n_enemy_sets} enemy sets there is none: add items or relax an area's minimum"
    )


def _of_area(blueprint: Blueprint, demand: Demand, units: list[int], area: int) -> str:
    """What makes one area impossible by itself; empty when nothing does."""
    low, high = demand.minimum[area], demand.maximum[area]
    name = blueprint.area_names[area]
    held = sum(kind.size * n for kind, n in zip(demand.kinds, units, strict=True) if kind.area == area)
    if held < low:
        return f"{name}: at least {low} items are asked, the pool holds {held}"
    reachable = demand.reachable(area, 0, units)
    if reachable & window(low, high):
        return ""
    return f"{name}: {_span(low, high)} items are asked, but whole passages give only {_list(numbers(reachable))}"


def _possibilities(blueprint: Blueprint, demand: Demand, units: list[int]) -> str:
    """Numbers of items that each area can give within its bounds."""
    parts = []
    for area, name in enumerate(blueprint.area_names):
        within = window(demand.minimum[area], demand.maximum[area])
        parts.append(f"{name} {_list(numbers(demand.reachable(area, 0, units) & within))}")
    return "; ".join(parts)


def _span(low: int, high: int) -> str:
    """Return "3 to 5", or "4" when there is no choice."""
    return f"{low} to {high}" if high > low else f"{low}"


def _list(found: list[int]) -> str:
    """Return a list of numbers, cut off when it is long."""
    shown = ", ".join(str(number) for number in found[:SHOWN_AT_MOST])
    return shown + (" …" if len(found) > SHOWN_AT_MOST else "")
