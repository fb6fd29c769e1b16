"""Which rules keep better items out of a plan."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.tables import PlanTables

PASSAGES, ENEMIES, EXPOSURE = "passages", "enemies", "exposure"


def binding(
    tables: PlanTables, plan: Plan, item: int, score: FloatArray, *, excluded: BoolArray | None = None
) -> tuple[str, ...]:
    """Names of the rules for which better items than the one chosen must stay out, sorted.

    A rule binds when it stands at its bound and putting a better item in the place of the chosen one would break it.
    Passages and enemies are named as such, a better item that may not be given at all as ``exposure``.

    Parameters
    ----------
    plan : before the item is given
    item : chosen from it
    score : (n_items,) what each item is worth, larger is better
    excluded : (n_items,) items that may not be given, None for none
    """
    rules = tables.rules
    better = score > score[item]
    better[plan.given] = False
    better &= rules.usable
    names: set[str] = set()
    if excluded is not None and np.any(better & excluded):
        names.add(EXPOSURE)
        better &= ~excluded
    if np.any(better[plan.unused]):
        names.add(PASSAGES)  # what is planned and better waits until a passage is done, or has its turn later
        better[plan.unused] = False
    outside = np.flatnonzero(better)
    if outside.size:
        search = Search(tables, plan.given, plan.unused, tables.allowed(excluded))
        names |= _of_rows(tables, search, item, outside) | _of_budgets(tables, search, item, outside)
    return tuple(sorted(names))


def _of_rows(tables: PlanTables, search: Search, item: int, outside: IntArray) -> set[str]:
    """Rows that an exchange would take beyond a bound."""
    rules = tables.rules
    own, others = tables.member[item] > 0, tables.member[outside] > 0
    full = np.any(others & ~own & (search.count >= search.high), axis=0)
    bare = np.any(~others & own & (search.count <= search.low), axis=0)
    names: set[str] = set()
    for row in np.flatnonzero(full | bare).tolist():
        if row < rules.n_counts:
            names |= ({f"{rules.name[row]} maximum"} if full[row] else set()) | (
                {f"{rules.name[row]} minimum"} if bare[row] else set()
            )
        else:
            names.add(ENEMIES if row < rules.passage_rows.start else PASSAGES)
    return names


def _of_budgets(tables: PlanTables, search: Search, item: int, outside: IntArray) -> set[str]:
    """Budgets that an exchange would take beyond a bound."""
    rules = tables.rules
    total = search.total[:, np.newaxis] - rules.amount[:, item, np.newaxis] + rules.amount[:, outside]
    over = np.any(total > rules.amount_maximum[:, np.newaxis], axis=1)
    under = np.any(total < rules.amount_minimum[:, np.newaxis], axis=1)
    return {rules.budget_name[row] for row in np.flatnonzero(over | under)}
