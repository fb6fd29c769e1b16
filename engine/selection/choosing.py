"""The choice of the next item by any rule, for one person or many."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import DesignError
from engine.grain import GRAIN
from engine.selection.posterior import Standing
from engine.selection.rule import RandomOfBest, Rule, require_draw
from engine.selection.rules import MaximumInformation
from engine.selection.scores import best_keys, draw_one, items_of_keys, keys_of
from engine.selection.search import best_informative, most_informative
from engine.selection.tables import SelectionTables

SEARCHED_AT_ONCE = 4096  # persons x 16 candidates is 0.5 MB
SCORED_AT_ONCE = 256  # persons x 1,000 items is 2 MB


def choose(
    tables: SelectionTables,
    rule: Rule | RandomOfBest,
    standing: Standing,
    excluded: BoolArray,
    draw: FloatArray | None = None,
) -> IntArray:
    """Next item of each person, (n_persons,); -1 where all are excluded.

    The free item with the highest score, or one of the k best. Scores are rounded to 1e-9 and ties go to the
    lowest index. Persons do not influence one another, so any split of them chooses the same items.

    Parameters
    ----------
    tables : the bank
    rule : how items are scored
    standing : what the answers of n_persons persons say
    excluded : (n_persons, n_items) what must not be chosen: given before, enemies of it, out of bounds
    draw : (n_persons,) numbers in [0, 1), for rules with chance

    Raises
    ------
    DesignError
        If the shapes do not fit, or a rule with chance has no numbers.
    """
    n = standing.n_persons
    _check(tables, standing, excluded, draw)
    is_fast = _by_lists(rule)
    at_once = SEARCHED_AT_ONCE if is_fast else SCORED_AT_ONCE
    if n <= at_once:
        return _choose_part(tables, rule, standing, excluded, draw)
    parts = [slice(first, first + at_once) for first in range(0, n, at_once)]
    return np.concatenate(
        [
            _choose_part(tables, rule, standing.take(part), excluded[part], None if draw is None else draw[part])
            for part in parts
        ]
    )


def best_candidates(
    tables: SelectionTables,
    rule: Rule | RandomOfBest,
    standing: Standing,
    excluded: BoolArray,
    draw: FloatArray | None = None,
    *,
    k: int = 5,
) -> tuple[IntArray, FloatArray]:
    """Return the k best free items of each person and their scores, (n_persons, k) each, best first; -1 and 0 pad.

    What `choose` chooses from: its choice is the first, or by `RandomOfBest` one of the first.

    Parameters
    ----------
    tables, rule, standing, excluded, draw
        As for `choose`.
    k : how many

    Raises
    ------
    DesignError
        As for `choose`.
    """
    _check(tables, standing, excluded, draw)
    scored = rule.rule if isinstance(rule, RandomOfBest) else rule
    item, score = np.full((standing.n_persons, k), -1, dtype=np.int64), np.zeros((standing.n_persons, k))
    for first in range(0, standing.n_persons, SCORED_AT_ONCE):
        part = slice(first, first + SCORED_AT_ONCE)
        numbers = None if draw is None else draw[part]
        key = best_keys(keys_of(scored.scores(tables, standing.take(part), numbers), excluded[part]), k)
        found = items_of_keys(key, tables.n_items)
        item[part, : key.shape[1]] = found
        score[part, : key.shape[1]] = np.where(found >= 0, key // tables.n_items / GRAIN, 0.0)
    return item, score


def _choose_part(
    tables: SelectionTables,
    rule: Rule | RandomOfBest,
    standing: Standing,
    excluded: BoolArray,
    draw: FloatArray | None,
) -> IntArray:
    """Choose for as many persons as are held at one time."""
    if not isinstance(rule, RandomOfBest):
        if isinstance(rule, MaximumInformation):
            return most_informative(tables, standing.theta, excluded)
        return items_of_keys(keys_of(rule.scores(tables, standing, draw), excluded).max(axis=1), tables.n_items)
    numbers = require_draw(draw)
    if isinstance(rule.rule, MaximumInformation):
        best = best_informative(tables, standing.theta, excluded, rule.k)
    else:
        best = best_keys(keys_of(rule.rule.scores(tables, standing, numbers), excluded), rule.k)
    return items_of_keys(draw_one(best, numbers), tables.n_items)


def _by_lists(rule: Rule | RandomOfBest) -> bool:
    """Whether the rank lists serve the rule."""
    return isinstance(rule.rule if isinstance(rule, RandomOfBest) else rule, MaximumInformation)


def _check(tables: SelectionTables, standing: Standing, excluded: BoolArray, draw: FloatArray | None) -> None:
    """Refuse what does not fit together."""
    n = standing.n_persons
    if excluded.shape != (n, tables.n_items) or excluded.dtype != np.bool_:
        raise DesignError(
            f"excluded must be true or false for {n} persons and {tables.n_items} items, not {excluded.dtype.name} "
            f"of shape {excluded.shape}"
        )
    if draw is not None and draw.shape != (n,):
        raise DesignError(f"draw must hold one number for each of {n} persons, not shape {draw.shape}")
