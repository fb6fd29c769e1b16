"""Which constraints kept a more informative item out."""

from __future__ import annotations

import numpy as np

from engine.adaptive.plan import Plan
from engine.adaptive.ranking import Ranking
from engine.adaptive.standing import Standing
from engine.arrays import IntArray

MINIMUM, MAXIMUM, PASSAGE, ENEMY = "minimum", "maximum", "passage", "enemy"


def binding(plan: Plan, standing: Standing, ranking: Ranking, best_unit: IntArray) -> tuple[tuple[str, ...], ...]:
    """Name, for every person, what excluded the units that rank above the best one allowed.

    Parameters
    ----------
    ranking
        Of all units.
    best_unit : (n_persons,) the best allowed unit, -1 when the test is complete
    """
    persons = range(len(best_unit))
    return tuple(_of_person(plan, standing, ranking, int(best_unit[person]), person) for person in persons)


def _of_person(plan: Plan, standing: Standing, ranking: Ranking, best_unit: int, person: int) -> tuple[str, ...]:
    """Constraints that bind one person's choice, sorted by name."""
    if best_unit < 0:
        return ()
    key = ranking.key[person]
    better = (key > key[best_unit]) & ~standing.begun[person]
    if not better.any():
        return ()
    if standing.open_unit[person] >= 0:
        return (PASSAGE,)
    barred = better & standing.barred[person]
    names = {ENEMY} if barred.any() else set()
    for unit_class in np.unique(plan.core.class_of_unit[better & ~barred]).tolist():
        names |= _of_class(plan, standing.counts[person].tolist(), standing.available[person].tolist(), unit_class)
    return tuple(sorted(names))


def _of_class(plan: Plan, counts: list[int], available: list[int], unit_class: int) -> set[str]:
    """Constraints that forbid a class of units."""
    core, names = plan.core, plan.blueprint.area_names
    demand = core.demand
    step = core.steps[unit_class]
    counts[step.area] += step.size
    if counts[step.area] > demand.maximum[step.area]:
        return {f"{names[step.area]} {MAXIMUM}"}
    if sum(counts) > demand.length:
        return {PASSAGE}
    unmet = [area for area, given in enumerate(counts) if given < demand.minimum[area]]
    if unmet:
        return {f"{names[area]} {MINIMUM}" for area in unmet}
    left = [n - taken for n, taken in zip(available, step.takes, strict=True)]
    passages = any(other.size > 1 and n > 0 for other, n in zip(demand.kinds, left, strict=True))
    return {PASSAGE} if passages else {ENEMY}
