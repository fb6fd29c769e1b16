"""From a relaxed plan, where items and passages are taken in parts, to whole ones near it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import Rules
from engine.assembly.shadow.highs import Relaxed
from engine.assembly.shadow.repair import repair
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.swaps import climb
from engine.assembly.shadow.tables import PlanTables

CERTAIN, POSSIBLE = 0.999, 0.02  # share of a passage in the relaxed plan
MOST_SETS, MOST_POSSIBLE, MOST_OPEN = 6, 8, 3  # sets tried; passages they draw on; places they may differ in
MOST_KICKS = 12  # items that are forced in, one at a time, where a plan falls short


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """A relaxed plan over all columns, n_items items and then n_passages passages.

    Attributes
    ----------
    share : (n_items + n_passages,) how much of each is taken
    beyond : (n_items + n_passages,) worth beyond the prices of rows that bind, -inf for what may not come in
    """

    share: FloatArray
    beyond: FloatArray


def make_guide(relaxed: Relaxed, columns: IntArray, lower: FloatArray) -> Guide:
    """Put the solution over the free columns among those that were fixed at ``lower``.

    Parameters
    ----------
    relaxed : solution over n_free columns
    columns : (n_free,) their places among all
    lower : (n_items + n_passages,) values of the columns that were fixed
    """
    share, beyond = np.array(lower), np.full(lower.size, -np.inf)
    share[columns], beyond[columns] = relaxed.x, relaxed.reduced
    return Guide(share, beyond)


def best_rounding(
    tables: PlanTables, guide: Guide, given: IntArray, score: IntArray, allowed: BoolArray
) -> Search | None:
    """Best whole plan over the sets of passages that the relaxed plan points at; None when none can be mended.

    Parameters
    ----------
    tables : rules of the pool
    guide : the relaxed plan
    given : items given already, in order
    score : (n_items,) quantised
    allowed : (n_items,) items that may come in
    """
    best: Search | None = None
    for passages in _passage_sets(guide.share[tables.n_items :], tables.rules):
        search = rounded(tables, guide, given, passages, allowed)
        if search is not None and repair(search, score):
            climb(search, score)
            best = search if best is None or worth(search, score) > worth(best, score) else best
    return best


def worth(search: Search, score: IntArray) -> int:
    """Sum of the scores of the items still to come.

    Parameters
    ----------
    search : the plan
    score : (n_items,) whole multiples of 1e-9
    """
    return int(score[search.unused].sum())


def rounded(tables: PlanTables, guide: Guide, given: IntArray, passages: IntArray, allowed: BoolArray) -> Search | None:
    """Whole test near the relaxed one with these passages, as yet unmended; None when there are not enough items.

    Parameters
    ----------
    tables : rules of the pool
    guide : the relaxed plan
    given : items given already, in order
    passages : of the test
    allowed : (n_items,) items that may come in
    """
    rules = tables.rules
    share, beyond = guide.share[: rules.n_items], guide.beyond[: rules.n_items]
    chosen: list[int] = []
    room = allowed & (beyond > -np.inf)
    room[given] = False
    for passage in passages.tolist():
        row = rules.passage_rows.start + passage
        members = np.flatnonzero(room & (rules.passage == passage))
        members = members[np.lexsort((-beyond[members], -share[members]))]
        n_given = int((rules.passage[given] == passage).sum())
        wanted = int((share[members] > 0.5 * guide.share[rules.n_items + passage]).sum())
        wanted = min(max(wanted, int(rules.minimum[row]) - n_given), int(rules.maximum[row]) - n_given)
        chosen += members[: max(0, wanted)].tolist()
    singles = np.flatnonzero(room & (rules.passage < 0))
    singles = singles[np.lexsort((-beyond[singles], -share[singles]))]
    missing = rules.length - given.size - len(chosen)
    if not 0 <= missing <= singles.size:
        return None
    return Search(tables, given, np.array([*chosen, *singles[:missing].tolist()], dtype=np.int64), allowed)


def kicked(search: Search, guide: Guide, score: IntArray) -> Search:
    """Better plan from forcing in, one at a time, items that the relaxed plan holds and this one does not.

    Parameters
    ----------
    search : a plan that keeps the rules
    guide : the relaxed plan
    score : (n_items,) whole multiples of 1e-9
    """
    best = search
    lacking = np.flatnonzero(search.free & (guide.share[: score.size] > POSSIBLE))
    for item in lacking[np.argsort(-guide.share[lacking], kind="stable")][:MOST_KICKS].tolist():
        for position in np.argsort(guide.share[search.unused], kind="stable")[:2].tolist():
            other = Search(search.tables, best.given, best.unused, search.allowed)
            if not other.free[item]:
                break
            other.swap(position, item)
            if repair(other, score):
                climb(other, score)
                best = other if worth(other, score) > worth(best, score) else best
    return best


def _passage_sets(share: FloatArray, rules: Rules) -> list[IntArray]:
    """Sets of passages that the relaxed plan points at, likeliest first."""
    certain = np.flatnonzero(share >= CERTAIN)
    possible = np.flatnonzero((share > POSSIBLE) & (share < CERTAIN))
    possible = possible[np.argsort(-share[possible], kind="stable")]
    total = float(share.sum())
    found: list[IntArray] = []
    for size in sorted({int(np.floor(total + 1e-3)), int(np.ceil(total - 1e-3))}):
        if not rules.passages_minimum <= size <= rules.passages_maximum or size < certain.size:
            continue
        settled = max(0, size - certain.size - MOST_OPEN)
        some = combinations(possible[settled : settled + MOST_POSSIBLE].tolist(), size - certain.size - settled)
        base = [*certain.tolist(), *possible[:settled].tolist()]
        found += [np.array(sorted([*base, *chosen]), dtype=np.int64) for chosen in some]
    found.sort(key=lambda chosen: -float(share[chosen].sum()))
    return found[:MOST_SETS]
