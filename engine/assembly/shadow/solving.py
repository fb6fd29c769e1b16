"""The best plan there is: passages first, then items; solved, where swaps only improve."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import Rules
from engine.assembly.shadow.highs import solve_relaxed, solve_whole
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.repair import repair
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.swaps import climb
from engine.assembly.shadow.tables import PlanTables, quantised
from engine.errors import BlueprintError

GAP = 0.004  # share of the bound that a plan may fall short of it before items are solved exactly
NODES = 200
CERTAIN, POSSIBLE = 0.999, 0.02  # share of a passage in the relaxed plan
MOST_SETS = 6  # sets of passages that are tried


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


def solve_plan(
    tables: PlanTables,
    score: FloatArray,
    *,
    given: IntArray | None = None,
    excluded: BoolArray | None = None,
    gap: float = GAP,
) -> Solution:
    """Plan of most worth that holds the given items and meets every rule (van der Linden & Reese, 1998).

    Parameters
    ----------
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
    rules, allowed = tables.rules, tables.allowed(excluded)
    lower, upper = _bounds(rules, held, allowed)
    worth = np.concatenate([score, np.zeros(tables.rules.n_passages)])
    program, columns = tables.program.narrowed(lower, upper)
    relaxed = solve_relaxed(program, worth[columns])
    if relaxed is None:
        raise BlueprintError("no test with the items given so far meets the blueprint")
    share, beyond = np.array(lower), np.full(lower.size, -np.inf)
    share[columns], beyond[columns] = relaxed.x, relaxed.reduced
    whole = quantised(score)
    best: Search | None = None
    for passages in _passage_sets(share[rules.n_items :], rules):
        search = _rounded(tables, held, passages, share, beyond, allowed)
        if search is None or not repair(search, whole):
            continue
        climb(search, whole)
        if best is None or _worth(search, whole) > _worth(best, whole):
            best = search
    if best is None:
        return _solved_whole(tables, score, held, lower, upper, gap)
    return _solved_items(tables, score, best, lower, upper, gap)


def _bounds(rules: Rules, given: IntArray, allowed: BoolArray) -> tuple[FloatArray, FloatArray]:
    """What is fixed: given items, passages that have begun, items of passages that were left."""
    lower = np.zeros(rules.n_items + rules.n_passages)
    upper = np.concatenate([allowed.astype(np.float64), np.ones(rules.n_passages)])
    begun = np.unique(rules.passage[given][rules.passage[given] >= 0])
    current = rules.passage[given[-1]] if given.size else -1
    upper[: rules.n_items][np.isin(rules.passage, begun[begun != current])] = 0.0
    fixed = np.concatenate([given, rules.n_items + begun])
    lower[fixed] = upper[fixed] = 1.0
    return lower, upper


def _passage_sets(share: FloatArray, rules: Rules) -> list[IntArray]:
    """Sets of passages that the relaxed plan points at, likeliest first."""
    certain = np.flatnonzero(share >= CERTAIN)
    possible = np.flatnonzero((share > POSSIBLE) & (share < CERTAIN))
    possible = possible[np.argsort(-share[possible], kind="stable")]
    total = float(share.sum())
    sizes = {int(np.floor(total + 0.001)), int(np.ceil(total - 0.001))} - {certain.size}
    found = [certain] if possible.size == 0 or abs(total - certain.size) < 1.0 else []
    some = [chosen for size in sorted(sizes) for chosen in combinations(possible.tolist(), max(0, size - certain.size))]
    some.sort(key=lambda chosen: -float(share[list(chosen)].sum()))
    found += [np.sort(np.concatenate([certain, np.array(chosen, dtype=np.int64)])) for chosen in some[:MOST_SETS]]
    return [chosen for chosen in found if rules.passages_minimum <= chosen.size <= rules.passages_maximum]


def _rounded(
    tables: PlanTables, given: IntArray, passages: IntArray, share: FloatArray, beyond: FloatArray, allowed: BoolArray
) -> Search | None:
    """Whole test near the relaxed one with these passages; None when there are not enough items."""
    rules = tables.rules
    of_passage = share[rules.n_items :]
    chosen: list[int] = given.tolist()
    room = allowed & (beyond[: rules.n_items] > -np.inf)
    for passage in passages.tolist():
        row = rules.passage_rows.start + passage
        members = np.flatnonzero(room & (rules.passage == passage))
        members = members[np.lexsort((-beyond[members], -share[members]))]
        n_given = int((rules.passage[given] == passage).sum())
        wanted = int((share[members] > 0.5 * of_passage[passage]).sum())
        wanted = min(max(wanted, rules.minimum[row] - n_given), rules.maximum[row] - n_given)
        chosen += members[: max(0, wanted)].tolist()
    singles = np.flatnonzero(room & (rules.passage < 0))
    singles = singles[np.lexsort((-beyond[singles], -share[singles]))]
    chosen += singles[: max(0, rules.length - len(chosen))].tolist()
    if len(chosen) < rules.length or given.size > rules.length:
        return None
    return Search(tables, given, np.array(chosen[given.size : rules.length], dtype=np.int64), allowed)


def _worth(search: Search, whole: IntArray) -> int:
    """Sum of the quantised scores of the items still to come."""
    return int(whole[search.unused].sum())


def _solved_items(
    tables: PlanTables, score: FloatArray, best: Search, lower: FloatArray, upper: FloatArray, gap: float
) -> Solution:
    """Bound of the plan with its passages fixed; where the plan falls short of it, solve which items."""
    rules, plan = tables.rules, Plan(np.concatenate([best.given, best.unused]), best.given.size)
    lower, upper = lower.copy(), upper.copy()
    held = best.held
    lower[rules.n_items :] = upper[rules.n_items :] = held
    upper[: rules.n_items][
        (rules.passage >= 0) & ~np.append(held, False)[rules.passage] & (lower[: rules.n_items] == 0.0)
    ] = 0.0
    program, columns = tables.program.narrowed(lower, upper)
    value, given_value = float(score[plan.items].sum()), float(score[plan.given].sum())
    relaxed = solve_relaxed(program, score[columns])
    if relaxed is None:  # rounding of a budget that fits exactly
        return Solution(plan, value, value)
    bound = relaxed.value + given_value
    if bound - value > gap * abs(bound):
        room = bound - value
        lower[columns[relaxed.reduced > room]] = 1.0  # leaving it out would cost more than there is to win
        upper[columns[relaxed.reduced < -room]] = 0.0
        better = _whole_plan(tables, score, plan.given, lower, upper, gap)
        if better is not None and float(score[better.items].sum()) > value:
            plan, value = better, float(score[better.items].sum())
    return Solution(plan, value, max(bound, value))


def _solved_whole(
    tables: PlanTables, score: FloatArray, given: IntArray, lower: FloatArray, upper: FloatArray, gap: float
) -> Solution:
    """Items and passages at once, where no set of passages that the relaxed plan points at will do."""
    plan = _whole_plan(tables, score, given, lower, upper, gap)
    if plan is None:
        raise BlueprintError("no test with the items given so far meets the blueprint")
    return _solved_items(
        tables, score, Search(tables, plan.given, plan.unused, tables.rules.usable), lower, upper, np.inf
    )


def _whole_plan(
    tables: PlanTables, score: FloatArray, given: IntArray, lower: FloatArray, upper: FloatArray, gap: float
) -> Plan | None:
    """Solve over the columns that are not fixed."""
    program, columns = tables.program.narrowed(lower, upper)
    worth = np.concatenate([score, np.zeros(tables.rules.n_passages)])
    found = solve_whole(program, worth[columns], gap=gap / 2.0, nodes=NODES)
    if found is None:
        return None
    x = lower.copy()
    x[columns] = found
    items = np.setdiff1d(np.flatnonzero(x[: tables.rules.n_items] > 0.5), given)
    plan = Plan(np.concatenate([given, items]), given.size)
    return None if tables.rules.broken(plan.items) else plan
