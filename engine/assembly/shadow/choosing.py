"""The next item of a sitting: from its plan, and where that fails from whatever is left, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.exchange import exchange_passages
from engine.assembly.shadow.penalty import least_penalty, unbroken
from engine.assembly.shadow.plan import Plan, Swaps, swaps_between
from engine.assembly.shadow.repair import repair
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.solving import solve_plan
from engine.assembly.shadow.swaps import climb
from engine.assembly.shadow.tables import PlanTables
from engine.errors import BlueprintError, DesignError
from engine.grain import GRAIN, quantise

ALONE_FIRST = 5  # single items, while the ability is too uncertain to choose a passage for it
SWAPS_AN_ANSWER = 2  # the best first; with one, plans of able pupils are a fifth worse when eight items were given
SETTLED = 8  # answers after which the estimate no longer leaps: to go on as before until 12 wins 0.07 %
EXCHANGE_EVERY, EXCHANGE_SETTLED = 2, 4  # answers between looks at other passages; after each wins 0.15 %
NEAR = 0.2  # mean planned items that an item may be worth less than its charge and still be looked at


class Route(StrEnum):
    """How an item was found."""

    PLAN = "plan"
    SOLVED = "solved"
    PENALTY = "penalty"
    ANY = "any"

    @property
    def keeps_rules(self) -> bool:
        """Whether the item comes from a plan that meets the blueprint."""
        return self in {Route.PLAN, Route.SOLVED}


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
    """Plan after a choice: its swaps, then its item.

    Raises
    ------
    DesignError
        If the choice was made from another plan.
    """
    return plan.swap(choice.swaps).give(choice.item)


def choose_next(
    tables: PlanTables,
    plan: Plan,
    score: FloatArray,
    *,
    charge: FloatArray | None = None,
    excluded: BoolArray | None = None,
    alone_first: int = ALONE_FIRST,
) -> Choice:
    """Improve the plan for what is known now, and take the next item from it.

    Where swaps cannot mend a plan, or leave no item that may be given now, it is solved anew; before the first item
    also where a planned one may not be given later. Where no plan exists, the item of least penalty serves, and where
    every one is excluded any that was not seen. ``route`` says so.

    Parameters
    ----------
    plan : what the sitting carries, with at least one item still to come
    score : (n_items,) what each item is worth now, 0 or more, larger is better
    charge : (n_items,) prices from a library at the present ability; None leaves passages as they are planned,
        and looks at every item (exact, and slower)
    excluded : (n_items,) items that may not be given, None for none
    alone_first : no passage begins before so many items were given, as long as single items are planned

    Raises
    ------
    DesignError
        If the test is over.
    """
    if plan.n_given >= plan.items.size:
        raise DesignError(f"the test is over: all {plan.n_given} items have been given")
    whole = quantise(score)
    if excluded is not None:
        whole[excluded] = -1
    unused = improved(tables, plan, whole, charge, excluded, alone_first)
    if unused is not None:
        unused.sort()
        item = _pick(tables, plan.given, unused, whole, alone_first)
        is_clean = plan.n_given > 0 or bool(whole[unused].min() >= 0)  # a test begins with what it can end with
        found = Choice(item, swaps_between(plan, unused), Route.PLAN) if whole[item] >= 0 else None
        if found is not None and is_clean:
            return found
    else:
        found = None
    solved = _solved(tables, plan, whole, excluded, alone_first)
    return solved or found or _without_plan(tables, plan, score, excluded)


def choose_first(
    tables: PlanTables,
    plan: Plan,
    score: FloatArray,
    preferred: BoolArray,
    *,
    charge: FloatArray | None = None,
    excluded: BoolArray | None = None,
    alone_first: int = ALONE_FIRST,
) -> Choice:
    """First item of a sitting, from a plan that holds a preferred one wherever one swap can bring it in.

    The plan is first made as good as any; only where it then holds no preferred item, the least costly swap follows.

    Parameters
    ----------
    plan : of which nothing has been given
    preferred : (n_items,) items that a test may begin with, and that may be given now
    tables, score, charge, excluded, alone_first
        As for `choose_next`.
    """
    chosen = choose_next(tables, plan, score, charge=charge, excluded=excluded, alone_first=alone_first)
    best = plan.swap(chosen.swaps).unused
    if not chosen.route.keeps_rules or preferred[best].any():
        return chosen
    whole = quantise(score)
    whole[preferred] += whole.max() + 1  # whatever it costs
    search = Search(tables, plan.given, best, tables.allowed(excluded) & preferred)
    climb(search, whole, 1)
    if not search.swaps:
        return chosen
    return Choice(search.swaps[0][1], swaps_between(plan, search.unused), chosen.route)


def improved(
    tables: PlanTables,
    plan: Plan,
    whole: IntArray,
    charge: FloatArray | None,
    excluded: BoolArray | None,
    alone_first: int,
) -> IntArray | None:
    """Items still to come after swaps and exchanges of passages; None when rules are broken and swaps do not help.

    Passages are exchanged from the last answer before one may begin (earlier, the estimate still moves too much), then
    after every other answer, and after every fourth one when the estimate has settled.
    """
    allowed = tables.allowed(excluded)
    unused = plan.unused
    if charge is None:
        search = Search(tables, plan.given, unused, allowed)
        if not search.kept() and not repair(search, whole):
            return None
        climb(search, whole)
        return search.unused
    planned = whole[unused]
    if planned.min() < 0:  # planned before they were held back: whatever fits is better
        rid = Search(tables, plan.given, unused, allowed)
        climb(rid, whole)
        unused, planned = rid.unused, whole[rid.unused]
    beyond = whole - charge * GRAIN
    near = beyond > -NEAR * float(planned.sum()) / unused.size
    search = Search(tables, plan.given, unused, allowed & near)
    if not search.kept() and not repair(search, whole):
        return improved(
            tables, plan, whole, None, excluded, alone_first
        )  # mending may need items that are worth little
    swaps, every = (SWAPS_AN_ANSWER, EXCHANGE_EVERY) if plan.n_given < SETTLED else (1, EXCHANGE_SETTLED)
    climb(search, whole, swaps)
    since = plan.n_given - max(alone_first - 1, 0)
    if since < 0 or since % every:
        return search.unused
    return exchange_passages(search, whole, beyond, allowed).unused


def pick(tables: PlanTables, plan: Plan, score: FloatArray | IntArray, *, alone_first: int = ALONE_FIRST) -> int:
    """Most informative planned item still to come; a passage that has begun is finished first.

    Parameters
    ----------
    plan : a plan with at least one item still to come
    score : (n_items,) larger is better; ties go to the lowest index
    alone_first : no passage begins before so many items were given, as long as single items are planned
    """
    return _pick(tables, plan.given, plan.unused, score, alone_first)


def _pick(tables: PlanTables, given: IntArray, unused: IntArray, score: FloatArray | IntArray, alone_first: int) -> int:
    """Pick from the items still to come."""
    open_to = candidates(tables, given, unused, alone_first=alone_first)
    return int(open_to[score[open_to].argmax()])


def candidates(
    tables: PlanTables,
    given: IntArray,
    unused: IntArray,
    *,
    alone_first: int = ALONE_FIRST,
    preferred: BoolArray | None = None,
) -> IntArray:
    """Planned items that may be given now, in their order; a passage that has begun is finished first.

    Parameters
    ----------
    given : items given so far, in that order
    unused : (n_unused,) planned items still to come, one at least
    alone_first : no passage begins before so many items were given, as long as single items are planned
    preferred : (n_items,) items that go before all others, as long as one of them is planned; None for none
    """
    of_passage = tables.rules.passage[unused]
    if given.size:
        current = int(tables.rules.passage[given[-1]])
        if current >= 0:
            same: IntArray = unused[of_passage == current]
            if same.size:
                return same
    if preferred is not None and preferred[unused].any():
        of_passage, unused = of_passage[preferred[unused]], unused[preferred[unused]]
    if given.size < alone_first:
        alone = unused[of_passage < 0]
        unused = alone if alone.size else unused
    return unused


def _solved(
    tables: PlanTables, plan: Plan, whole: IntArray, excluded: BoolArray | None, alone_first: int
) -> Choice | None:
    """Item of a plan that is solved anew around what was given; None when no plan meets the blueprint."""
    if (tables.counts(plan.given) > tables.high).any():
        return None  # what was given is too much already
    try:
        solved = solve_plan(tables, np.maximum(whole, 0) / GRAIN, given=plan.given, excluded=excluded).plan
    except BlueprintError:
        return None
    item = _pick(tables, plan.given, solved.unused, whole, alone_first)
    return Choice(item, swaps_between(plan, solved.unused), Route.SOLVED)


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
    return ((int(unused[np.argmin(score[unused])]), item),)
