"""The best plan there is: passages first, then items; solved, where swaps only improve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import Rules
from engine.assembly.shadow.highs import solve_relaxed, solve_whole
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.repair import repair
from engine.assembly.shadow.rounding import Guide, best_rounding, kicked, make_guide, rounded, worth
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.swaps import climb
from engine.assembly.shadow.tables import PlanTables
from engine.errors import BlueprintError
from engine.grain import quantise

GAP = 0.004  # share of the bound that a plan may fall short of it before more is tried
NEAR = 0.01  # share of the bound that a column may cost and still be tried, where rounding finds no plan
NODES = 200  # of branch and bound, which fewer than one solve in a hundred reaches
NODES_AT_LAST = 20_000  # where there would be no plan at all: as many as `check_blueprint` has to find a test


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """A plan, and how good it is.

    Attributes
    ----------
    plan : meets every rule
    value : sum of the scores of its items
    bound : no plan with the same passages is worth more
    """

    plan: Plan
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the bound that the plan falls short of it, at most."""
        return max(0.0, self.bound - self.value) / max(abs(self.bound), 1e-12)


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What is asked: worth of items, what is given, and columns that are fixed (lower equals upper)."""

    tables: PlanTables
    score: FloatArray
    whole: IntArray
    given: IntArray
    allowed: BoolArray
    lower: FloatArray
    upper: FloatArray
    gap: float


def solve_plan(
    tables: PlanTables,
    score: FloatArray,
    *,
    given: IntArray | None = None,
    excluded: BoolArray | None = None,
    gap: float = GAP,
) -> Solution:
    """Plan of most worth that holds the given items and meets every rule.

    The shadow test of van der Linden & Reese (1998), Applied Psychological Measurement 22, 259-270.

    A relaxed plan (HiGHS) points at passages; with these fixed, a second one bounds what items can add. Whole plans
    come from rounding and swaps; branch and bound is the last resort. See docs/adr/0011.

    Parameters
    ----------
    tables : rules of the pool
    score : (n_items,) what each item is worth, 0 or more
    given : items given already, in order; a passage that has begun stays, one that was left gets no more items
    excluded : (n_items,) items that may not come in
    gap : share of the bound that is good enough

    Raises
    ------
    BlueprintError
        If no plan meets every rule.
    """
    held = np.empty(0, dtype=np.int64) if given is None else np.asarray(given, dtype=np.int64)
    allowed = tables.allowed(excluded)
    lower, upper = fixed_bounds(tables.rules, held, allowed)
    task = _Task(tables, score, quantise(score), held, allowed, lower, upper, gap)
    program, columns = tables.program.narrowed(lower, upper)
    relaxed = solve_relaxed(program, _worth_of(task)[columns])
    if relaxed is None:
        raise BlueprintError("no test with the items given so far meets the blueprint")
    best = best_rounding(tables, make_guide(relaxed, columns, lower), held, task.whole, allowed)
    if best is None:
        near = np.array(upper)
        near[columns[relaxed.reduced < -NEAR * abs(relaxed.value)]] = 0.0
        plan = _exact(task, lower, near) or _exact(task, lower, upper, NODES_AT_LAST)
        if plan is None:
            raise BlueprintError("no test with the items given so far meets the blueprint")
        best = Search(tables, held, plan.unused, allowed)
    return _solved_items(task, best)


def fixed_bounds(rules: Rules, given: IntArray, allowed: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Bounds on items and passages when some items were given, two of (n_items + n_passages,).

    Given items and passages that have begun are fixed at 1; items of passages that were left, at 0.

    Parameters
    ----------
    rules : of a pool
    given : items given so far, in order
    allowed : (n_items,) items that may come into the plan
    """
    lower = np.zeros(rules.n_items + rules.n_passages)
    upper = np.concatenate([allowed.astype(np.float64), np.ones(rules.n_passages)])
    begun = np.unique(rules.passage[given][rules.passage[given] >= 0])
    current = rules.passage[given[-1]] if given.size else -1
    upper[: rules.n_items][np.isin(rules.passage, begun[begun != current])] = 0.0
    fixed = np.concatenate([given, rules.n_items + begun])
    lower[fixed] = upper[fixed] = 1.0
    return lower, upper


def _worth_of(task: _Task) -> FloatArray:
    """Worth of all columns; passages have none of their own, (n_items + n_passages,)."""
    return np.concatenate([task.score, np.zeros(task.tables.rules.n_passages)])


def _solved_items(task: _Task, best: Search) -> Solution:
    """Bound with the passages fixed; where the plan falls short of it, other roundings, and then an exact solve."""
    score, lower, upper = task.score, *_with_passages(task, best.held)
    program, columns = task.tables.program.narrowed(lower, upper)
    relaxed = solve_relaxed(program, score[columns])
    given_value = float(score[task.given].sum())
    if relaxed is None:  # a sum that is at its budget but for rounding
        value = given_value + float(score[best.unused].sum())
        return Solution(_as_plan(best), value, value)
    bound = relaxed.value + given_value
    enough = bound - task.gap * abs(bound)
    best = _nearer(task, best, make_guide(relaxed, columns, lower), enough - given_value)
    plan, value = _as_plan(best), given_value + float(score[best.unused].sum())
    if value < enough:
        room = bound - value
        lower[columns[relaxed.reduced > room]] = 1.0  # leaving it out would cost more than there is to win
        upper[columns[relaxed.reduced < -room]] = 0.0
        exact = _exact(task, lower, upper)
        if exact is not None and float(score[exact.items].sum()) > value:
            plan, value = exact, float(score[exact.items].sum())
    return Solution(plan, value, max(bound, value))


def _with_passages(task: _Task, held: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Bounds on all columns with the passages fixed."""
    n, passage = task.tables.n_items, task.tables.rules.passage
    lower, upper = task.lower.copy(), task.upper.copy()
    lower[n:] = upper[n:] = held
    outside = ~np.append(held, True)[passage]  # the last place stands for single items
    upper[:n][outside & (lower[:n] == 0.0)] = 0.0
    return lower, upper


def _nearer(task: _Task, best: Search, guide: Guide, enough: float) -> Search:
    """Plan improved by rounding with its passages fixed, and by kicks, as long as it is not worth enough."""
    if task.score[best.unused].sum() < enough:
        other = rounded(task.tables, guide, task.given, np.flatnonzero(best.held), task.allowed)
        if other is not None and repair(other, task.whole):
            climb(other, task.whole)
            best = other if worth(other, task.whole) > worth(best, task.whole) else best
    return kicked(best, guide, task.whole) if task.score[best.unused].sum() < enough else best


def _as_plan(search: Search) -> Plan:
    """Plan as the search has it."""
    return Plan(np.concatenate([search.given, search.unused]), search.given.size)


def _exact(task: _Task, lower: FloatArray, upper: FloatArray, nodes: int = NODES) -> Plan | None:
    """Branch and bound over the columns that are not fixed; None when nothing is found."""
    rules = task.tables.rules
    program, columns = task.tables.program.narrowed(lower, upper)
    found = solve_whole(program, _worth_of(task)[columns], gap=task.gap / 2.0, nodes=nodes)
    if found is None:
        return None
    x = lower.copy()
    x[columns] = found
    items = np.setdiff1d(np.flatnonzero(x[: rules.n_items] > 0.5), task.given)
    plan = Plan(np.concatenate([task.given, items]), task.given.size)
    return None if rules.broken(plan.items) else plan
