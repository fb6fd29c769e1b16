"""Responses reduced to what conditional maximum likelihood needs: scores per booklet, and persons per category."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.conditional.design import MultistageBooklet, MultistageDesign, Routing
from engine.conditional.steps import StepLayout
from engine.conditional.symmetric import Limits
from engine.errors import ResponseError, name_indices
from engine.responses import Responses


@dataclass(frozen=True, slots=True, eq=False)
class ScoredBooklet:
    """Total scores of the persons who were given the same items on the same path.

    Attributes
    ----------
    modules : n_modules arrays of item indices
    cumulative : n_modules ranges of the score on all modules so far, None where there is none
    last : n_modules ranges of the score on the module itself, None where there is none
    counts : (n_scores,) weighted persons per total score; 0 for score 0 and the highest, which say nothing
    """

    modules: tuple[IntArray, ...]
    cumulative: tuple[Limits, ...]
    last: tuple[Limits, ...]
    counts: FloatArray

    @property
    def items(self) -> IntArray:
        """Items of all modules, in the order of the modules."""
        return np.concatenate(self.modules)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreLayout:
    """Sufficient statistics of all persons.

    Attributes
    ----------
    steps : places of the steps
    booklets : those in which somebody has a score that says something
    taken : (n_steps,) weighted persons in each category, of those whose score says something
    """

    steps: StepLayout
    booklets: tuple[ScoredBooklet, ...]
    taken: FloatArray

    @property
    def n_persons(self) -> float:
        """Weighted persons whose score says something."""
        return float(sum(booklet.counts.sum() for booklet in self.booklets))


def lay_out(responses: Responses, steps: StepLayout, design: MultistageDesign | None = None) -> ScoreLayout:
    """Sort persons by the items they answered, and in a multistage design by path.

    Parameters
    ----------
    responses
        Whole scores; sorted here, so in any order.
    steps
        Places of the steps of all items.
    design
        Multistage paths; None: every set of items is a linear booklet.

    Raises
    ------
    ResponseError
        If somebody answered a set of items that is no booklet of the design, or has scores that no path, or more
        than one, allows; the message names the persons.
    """
    score = np.bincount(responses.person, responses.category, responses.n_persons).astype(np.int64)
    booklets = []
    informative = np.zeros(responses.n_persons, dtype=np.bool_)
    for items, persons in same_items(responses):
        highest = int(steps.per_item[items].sum())
        inside = (score[persons] > 0) & (score[persons] < highest)
        informative[persons] = inside
        for path, takes in _paths(responses, items, persons, design):
            kept = persons[takes & inside]
            if kept.size:
                counts = np.bincount(score[kept], responses.weight[kept], highest + 1).astype(np.float64)
                booklets.append(ScoredBooklet(path.modules, path.cumulative, path.last, counts))
    return ScoreLayout(steps, tuple(booklets), _taken(responses, steps, informative))


def same_items(responses: Responses) -> Iterator[tuple[IntArray, IntArray]]:
    """Every set of items that somebody answered, sorted, and the persons who did, in order of appearance."""
    order = np.lexsort((responses.item, responses.person))
    item, start = responses.item[order], responses.start.tolist()
    sets: dict[bytes, list[int]] = {}
    for person in range(responses.n_persons):
        if start[person] < start[person + 1]:
            sets.setdefault(item[start[person] : start[person + 1]].tobytes(), []).append(person)
    for key, persons in sets.items():
        yield np.frombuffer(key, dtype=np.int32).astype(np.int64), np.array(persons, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """Modules and their ranges, in one of two forms."""

    modules: tuple[IntArray, ...]
    cumulative: tuple[Limits, ...]
    last: tuple[Limits, ...]

    def allows(self, module_scores: IntArray) -> BoolArray:
        """Which persons can have these scores, shape (n_persons, n_modules)."""
        allowed = np.ones(len(module_scores), dtype=np.bool_)
        for scores, limits in ((module_scores.cumsum(axis=1), self.cumulative), (module_scores, self.last)):
            for m, limit in enumerate(limits):
                if limit is not None:
                    allowed &= (scores[:, m] >= limit[0]) & (scores[:, m] <= limit[1])
        return allowed


def _path(booklet: MultistageBooklet, routing: Routing) -> _Path:
    """Ranges of a booklet by what they are ranges of."""
    limits: tuple[Limits, ...] = (*booklet.routes, None)
    none: tuple[Limits, ...] = (None,) * len(booklet.modules)
    return _Path(booklet.modules, *((limits, none) if routing == "cumulative" else (none, limits)))


def _paths(
    responses: Responses, items: IntArray, persons: IntArray, design: MultistageDesign | None
) -> Iterator[tuple[_Path, BoolArray]]:
    """Paths that persons with these items took, and who took each."""
    if design is None:
        yield _Path((items,), (None,), (None,)), np.ones(persons.size, dtype=np.bool_)
        return
    paths = [_path(b, design.routing) for b in design.booklets if np.array_equal(b.items, items)]
    if not paths:
        raise ResponseError(
            f"persons {name_indices(persons)} answered a set of items that is no booklet of the design: "
            f"items {name_indices(items)}; leave them out, or count what was not reached as wrong",
            items=items.tolist(),
        )
    taken = np.stack([path.allows(_module_scores(responses, persons, path.modules)) for path in paths])
    _require_one(taken.sum(axis=0), persons)
    yield from zip(paths, taken, strict=True)


def _require_one(n_paths: IntArray, persons: IntArray) -> None:
    """Refuse persons who can have taken no path, or several."""
    if np.any(n_paths == 0):
        lost = name_indices(persons[n_paths == 0])
        raise ResponseError(f"persons {lost} have scores that the routing makes impossible")
    if np.any(n_paths > 1):
        raise ResponseError(
            f"persons {name_indices(persons[n_paths > 1])} can have taken more than one booklet of the design"
        )


def _module_scores(responses: Responses, persons: IntArray, modules: tuple[IntArray, ...]) -> IntArray:
    """Score of some persons on every module, shape (n_persons, n_modules)."""
    module = np.zeros(responses.n_items, dtype=np.int64)
    for m, items in enumerate(modules):
        module[items] = m
    mine = responses.select(persons)
    cell = mine.person * len(modules) + module[mine.item]
    scores = np.bincount(cell, mine.category, persons.size * len(modules))
    return scores.astype(np.int64).reshape(persons.size, len(modules))


def _taken(responses: Responses, steps: StepLayout, informative: BoolArray) -> FloatArray:
    """Weighted persons in each category from 1 on."""
    kept = informative[responses.person] & (responses.category > 0)
    place = steps.start[responses.item[kept]] + responses.category[kept] - 1
    return np.bincount(place, responses.weight[responses.person[kept]], steps.n_steps).astype(np.float64)
