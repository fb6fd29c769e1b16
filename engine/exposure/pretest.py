"""Items in a field test: which ones a sitting shows, and at which positions. They are never scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IntArray
from engine.assembly import Pool, Pretest
from engine.errors import DesignError
from engine.selection.spread import spread


@dataclass(frozen=True, slots=True, eq=False)
class PretestDraw:
    """Field-test items of n_persons sittings, for their `started` events.

    Attributes
    ----------
    position : (n_persons, n) positions in the whole test, from 1, increasing
    item : (n_persons, n) the item that stands at each; no item twice in a sitting
    count : (n_items,) how often each item of the pool has been shown, these sittings included
    """

    position: IntArray
    item: IntArray
    count: IntArray


def draw_pretest(pool: Pool, pretest: Pretest, key: FloatArray, count: npt.ArrayLike | None = None) -> PretestDraw:
    """Draw positions and items of field-test items.

    Every set of positions between the first and the last is as likely, whatever the items. Without counts every set
    of items is as likely; with counts the items that were shown least come first, ties at random, and each person
    of the call sees the counts that those before left behind. Enemies are not drawn together, as long as there are
    others. Where passages are given as blocks, a position inside one means the first after it.

    Parameters
    ----------
    pool : its ``pretest`` says which items are in a field test; those that belong to passages are not drawn
    pretest : how many, and between which positions
    key : (n_persons,) numbers in [0, 1), one a sitting, of no other use
    count : (n_items,) how often each item was shown so far; None draws uniformly

    Raises
    ------
    DesignError
        If the pool has too few such items, or a count is negative.
    """
    field_items = _field_items(pool, pretest)
    shown = _counts(pool, count)
    n, n_slots = len(key), pretest.last - pretest.first + 1
    numbers = spread(np.asarray(key, dtype=np.float64), n_slots + field_items.size)
    slot = np.argsort(numbers[:, :n_slots], axis=1, kind="stable")[:, : pretest.n_items]
    luck, sets = numbers[:, n_slots:], _enemies_among(pool, field_items)
    if count is None:
        order = np.argsort(luck, axis=1, kind="stable")
        if sets:
            order = np.array([_first_apart(row, sets, pretest.n_items) for row in order]).reshape(n, -1)
        order = order[:, : pretest.n_items]
    else:
        order = _least_shown(shown[field_items], luck, sets, pretest.n_items)
    item = field_items[order]
    shown += np.bincount(item.ravel(), minlength=pool.n_items)
    return PretestDraw(np.sort(slot, axis=1).reshape(n, -1) + pretest.first, item, shown)


def _field_items(pool: Pool, pretest: Pretest) -> IntArray:
    """Items that can be drawn, (n_field_items,)."""
    field_items = np.flatnonzero(pool.pretest & (pool.passage < 0))
    if field_items.size < pretest.n_items:
        raise DesignError(
            f"{pretest.n_items} field-test items a sitting, but the pool has {field_items.size} outside passages"
        )
    return field_items


def _enemies_among(pool: Pool, field_items: IntArray) -> list[frozenset[int]]:
    """Sets of places among the field-test items whose items are enemies."""
    place = {item: at for at, item in enumerate(field_items.tolist())}
    sets = [frozenset(place[item] for item in members if item in place) for members in pool.enemies]
    return [members for members in sets if len(members) > 1]


def _first_apart(ranked: IntArray, sets: Sequence[frozenset[int]], n: int) -> IntArray:
    """First n places that hold no enemies; the first n where all sets of so many do."""
    for places in combinations(ranked.tolist(), n):
        if all(len(members.intersection(places)) < 2 for members in sets):
            return np.array(places)
    return ranked[:n]


def _counts(pool: Pool, count: npt.ArrayLike | None) -> IntArray:
    """Counts of all items of the pool, (n_items,), a copy."""
    if count is None:
        return np.zeros(pool.n_items, dtype=np.int64)
    shown = np.array(count)
    if shown.shape != (pool.n_items,) or shown.dtype.kind not in "iu":
        raise DesignError(
            f"counts must be {pool.n_items} whole numbers, one an item, not {shown.dtype.name}{shown.shape}"
        )
    if shown.min() < 0:
        raise DesignError(f"counts must be 0 or more; of {pool.named(np.flatnonzero(shown < 0))} they are not")
    return shown.astype(np.int64)


def _least_shown(shown: IntArray, luck: FloatArray, sets: Sequence[frozenset[int]], n_drawn: int) -> IntArray:
    """Places of the items shown least among n_field_items, person after person, (n_persons, n_drawn)."""
    count = shown.copy()
    order = np.empty((len(luck), n_drawn), dtype=np.int64)
    for person, numbers in enumerate(luck):
        drawn = _first_apart(np.lexsort((numbers, count)), sets, n_drawn)
        order[person] = drawn[np.argsort(numbers[drawn])]  # which of them comes first is chance too
        count[drawn] += 1
    return order
