"""Work done while the pupil reads: the next choice for each answer there can be, and plans solved anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray
from engine.assembly.shadow.choosing import ALONE_FIRST, Choice, choose_next
from engine.assembly.shadow.plan import Plan, Swaps, swaps_between
from engine.assembly.shadow.solving import solve_plan
from engine.assembly.shadow.tables import PlanTables
from engine.errors import BlueprintError
from engine.grain import GRAIN, quantise


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """What would be known after one of the possible answers.

    Attributes
    ----------
    score : (n_items,) what each item would be worth
    charge : (n_items,) prices from a library at the ability there would be; None as in `choose_next`
    """

    score: FloatArray
    charge: FloatArray | None = None


def choose_ahead(
    tables: PlanTables,
    plan: Plan,
    branches: Sequence[Branch],
    *,
    excluded: BoolArray | None = None,
    alone_first: int = ALONE_FIRST,
    solve: bool = False,
) -> tuple[Choice, ...]:
    """Next choice for each possible answer, to be looked up when the answer comes.

    Parameters
    ----------
    tables : rules of the pool
    plan : plan after the item that the pupil is reading now was given
    branches : one for each category of that item, in order; 0 wrong, 1 right
    excluded, alone_first : as in `choose_next`
    solve : whether each branch's plan is solved first, instead of only swapped

    Raises
    ------
    DesignError
        If the test is over.
    """
    choices = []
    for branch in branches:
        start = plan.swap(replan(tables, plan, branch.score, excluded=excluded)) if solve else plan
        choice = choose_next(
            tables, start, branch.score, charge=branch.charge, excluded=excluded, alone_first=alone_first
        )
        final = start.swap(choice.swaps)
        choices.append(Choice(choice.item, swaps_between(plan, final.unused), choice.route))
    return tuple(choices)


def replan(tables: PlanTables, plan: Plan, score: FloatArray, *, excluded: BoolArray | None = None) -> Swaps:
    """Swaps from a plan to the solved one; none where the plan is as good already, or none meets the blueprint.

    Parameters
    ----------
    tables : rules of the pool
    plan : what the sitting carries
    score : (n_items,) what each item is worth now, 0 or more
    excluded : (n_items,) items that may not come in
    """
    whole = quantise(score)
    try:  # on scores as whole multiples, so that another processor solves the same
        solved = solve_plan(tables, whole / GRAIN, given=plan.given, excluded=excluded).plan
    except BlueprintError:
        return ()
    better = int(np.sum(whole[solved.unused])) > int(np.sum(whole[plan.unused]))
    return swaps_between(plan, solved.unused) if better or tables.rules.broken(plan.items) else ()
