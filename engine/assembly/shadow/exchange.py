"""Exchange whole passages that have not begun, where swaps of single items cannot reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.shadow.repair import repair
from engine.assembly.shadow.search import Search
from engine.assembly.shadow.swaps import climb
from engine.assembly.shadow.tables import PlanTables

WORTH_TRYING = 0.5  # mean planned items; at 0.3 0.2 % less information, at 1.0 able and weak pupils lose 1.3 % of it
SWAPS_AFTERWARDS = 3  # what an exchange promises shows after one or two
NONE = -1


@dataclass(frozen=True, slots=True)
class Exchange:
    """One passage for another, or one that only comes or only goes (then the other is -1), and what that promises."""

    out: int
    into: int
    promise: float


def exchange_passages(search: Search, score: IntArray, beyond: FloatArray, allowed: BoolArray) -> Search:
    """Plan with one passage that has not begun exchanged for the most promising one, if that makes it better.

    Parameters
    ----------
    search : a plan that keeps the rules and that no swap improves
    score : (n_items,) quantised
    beyond : (n_items,) what each item is worth beyond what it takes from the rules that bind, quantised
    allowed : (n_items,) items that may come in with their passage; by itself, only what the search allows

    Returns
    -------
    The better plan, mended and improved by swaps, or the one that was given.
    """
    rules, begun = search.tables.rules, _begun(search)
    if np.count_nonzero(search.held) >= rules.passages_maximum and not (search.held & ~begun).any():
        return search
    chosen = _most_promising(search, begun, promises(search.tables, np.where(allowed, beyond, -np.inf)))
    if search.unused.size == 0 or not chosen.promise > WORTH_TRYING * float(score[search.unused].mean()):
        return search
    unused = _replaced(search, chosen, beyond, allowed)
    if unused.size != search.unused.size:
        return search
    other = Search(search.tables, search.given, unused, search.allowed)
    if not repair(other, score):
        return search
    climb(other, score, SWAPS_AFTERWARDS)
    return other if score[other.unused].sum() > score[search.unused].sum() else search


def promises(tables: PlanTables, beyond: FloatArray) -> FloatArray:
    """What each passage adds with its best items, (n_passages,); -inf where too few of them may come in.

    Parameters
    ----------
    tables : rules of the pool
    beyond : (n_items,) what each item is worth beyond what it takes from the rules that bind; -inf for none
    """
    worth = np.concatenate([beyond, [-np.inf]])[tables.passage_items]
    worth = -np.sort(-worth, axis=1)  # (n_passages, widest), best first
    extra = np.maximum(worth, 0.0) * tables.passage_may
    promise: FloatArray = np.where(tables.passage_must, worth, extra).sum(axis=1)
    return promise


def _begun(search: Search) -> BoolArray:
    """Passages of which items were given, (n_passages,)."""
    rules = search.tables.rules
    begun = np.zeros(rules.n_passages + 1, dtype=np.bool_)
    begun[rules.passage[search.given]] = True  # single items mark the last place, which is no passage
    return begun[:-1]


def _most_promising(search: Search, begun: BoolArray, promise: FloatArray) -> Exchange:
    """Which passage should go, and which come."""
    rules = search.tables.rules
    may_go, may_come = search.held & ~begun, ~search.held & np.isfinite(promise)
    n_held = int(np.count_nonzero(search.held))
    out = int(np.argmin(np.where(may_go, promise, np.inf))) if may_go.any() else NONE
    into = int(np.argmax(np.where(may_come, promise, -np.inf))) if may_come.any() else NONE
    options = []
    if out != NONE and into != NONE:
        options.append(Exchange(out, into, float(promise[into] - promise[out])))
    if into != NONE and n_held < rules.passages_maximum:
        options.append(Exchange(NONE, into, float(promise[into])))
    if out != NONE and n_held > rules.passages_minimum:
        options.append(Exchange(out, NONE, float(-promise[out])))
    return max(options, key=lambda option: option.promise, default=Exchange(NONE, NONE, 0.0))


def _replaced(search: Search, chosen: Exchange, beyond: FloatArray, allowed: BoolArray) -> IntArray:
    """Items still to come after an exchange: of another number where there are not enough to fill up or leave out."""
    rules, unused = search.tables.rules, search.unused
    stay = unused[rules.passage[unused] != chosen.out] if chosen.out != NONE else unused
    come = np.empty(0, dtype=np.int64)
    if chosen.into != NONE:
        row = rules.passage_rows.start + chosen.into
        come = np.flatnonzero(allowed & (rules.passage == chosen.into))
        come = come[np.argsort(-beyond[come], kind="stable")]
        wanted = int(np.clip((beyond[come] > 0.0).sum(), rules.minimum[row], rules.maximum[row]))
        come = come[:wanted]
    missing = unused.size - stay.size - come.size
    if missing > 0:
        single = np.flatnonzero(search.free & (rules.passage < 0))
        come = np.concatenate([come, single[np.argsort(-beyond[single], kind="stable")][:missing]])
    elif missing < 0:
        single = stay[rules.passage[stay] < 0]
        least = single[np.argsort(beyond[single], kind="stable")][:-missing]
        stay = stay[~np.isin(stay, least)]
    return np.concatenate([stay, come])
