"""The next item of a sitting: from its plan, and where that fails from whatever is left, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.penalty import least_penalty, unbroken
from engine.assembly.shadow.plan import Plan, Swaps, swaps_between
from engine.assembly.shadow.repair import repair
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.swaps import climb
from engine.assembly.shadow.tables import PlanTables, quantised
from engine.errors import DesignError


class Route(StrEnum):
    """How an item was found."""

    PLAN = "plan"
    PENALTY = "penalty"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a log records of one choice; `fold` repeats it without deciding.

    Attributes
    ----------
    item : index of the next item
    swaps : ``(out, in)`` pairs that changed the plan before it
    route : how it was found; anything but "plan" should be counted and reported
    """

    item: int
    swaps: Swaps
    route: Route


def fold(plan: Plan, choice: Choice) -> Plan:
    """Plan after a choice."""
    return plan.swap(choice.swaps).give(choice.item)


def choose_next(
    tables: PlanTables, plan: Plan, score: FloatArray, *, excluded: BoolArray | None = None, alone_first: int = 0
) -> Choice:
    """Improve the plan for what is known now, and take the next item from it.

    Parameters
    ----------
    plan : what the sitting carries, with at least one item still to come
    score : (n_items,) what each item is worth now, 0 or more, larger is better
    excluded : (n_items,) items that may not be given, None for none
    alone_first : no passage begins before so many items were given, as long as single items are planned

    Raises
    ------
    DesignError
        If the test is over.
    """
    if plan.n_given >= plan.items.size:
        raise DesignError(f"the test is over: all {plan.n_given} items have been given")
    whole = quantised(score)
    if excluded is not None:
        whole[excluded] = -1
    search = Search(tables, plan, tables.allowed(excluded))
    if search.kept() or repair(search, whole):
        climb(search, whole)
        item = pick(tables, search.plan(), whole, alone_first=alone_first)
        if whole[item] >= 0:
            return Choice(item, search.recorded(), Route.PLAN)
    return _without_plan(tables, plan, score, excluded)


def pick(tables: PlanTables, plan: Plan, score: FloatArray | IntArray, *, alone_first: int = 0) -> int:
    """Most informative of `candidates`; ties go to the lowest index.

    Parameters
    ----------
    plan, alone_first
        As for `candidates`.
    score : (n_items,) larger is better
    """
    open_to = candidates(tables, plan, alone_first=alone_first)
    return int(open_to[np.argmax(score[open_to])])


def candidates(tables: PlanTables, plan: Plan, *, alone_first: int = 0, preferred: BoolArray | None = None) -> IntArray:
    """Planned items that may be given now, by index; a passage that has begun is finished first.

    Parameters
    ----------
    plan : a plan with at least one item still to come
    alone_first : no passage begins before so many items were given, as long as single items are planned
    preferred : (n_items,) items that go before all others, as long as one of them is planned; None for none
    """
    unused, passage = plan.unused, tables.rules.passage
    current = int(passage[plan.given[-1]]) if plan.n_given else -1
    begun: IntArray = unused[passage[unused] == current]
    if current >= 0 and begun.size:
        return begun
    wishes = [] if preferred is None else [preferred[unused]]
    if plan.n_given < alone_first:
        wishes.append(passage[unused] < 0)
    chosen = np.ones(unused.size, dtype=np.bool_)
    for wish in wishes:
        if np.any(chosen & wish):
            chosen &= wish
    open_to: IntArray = unused[chosen]
    return open_to


def _without_plan(tables: PlanTables, plan: Plan, score: FloatArray, excluded: BoolArray | None) -> Choice:
    """Item of least penalty; where every allowed item has been seen, any that has not."""
    unseen = np.ones(tables.n_items, dtype=np.bool_)
    unseen[plan.given] = False
    allowed, route = tables.allowed(excluded) & unseen, Route.PENALTY
    if not allowed.any():
        allowed, route = tables.rules.usable & unseen, Route.ANY
    if route is Route.PENALTY:
        item = least_penalty(tables, plan, score, unbroken(tables, plan, allowed))
    else:
        item = int(np.argmax(np.where(allowed, score, -np.inf)))
    return Choice(item, _made_room(plan, item, score), route)


def _made_room(plan: Plan, item: int, score: FloatArray) -> Swaps:
    """Swap an item into the plan, in the place of the least informative one; none when it is planned already."""
    unused = plan.unused
    if np.any(unused == item):
        return ()
    out = int(unused[np.argmin(score[unused])])
    return swaps_between(plan, plan.swap([(out, item)]))
