"""Items in a field test: which ones a sitting shows, and at which positions. They are never scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

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
    """

    position: IntArray
    item: IntArray


def draw_pretest(pool: Pool, pretest: Pretest, key: FloatArray) -> PretestDraw:
    """Draw positions and items of field-test items.

    Every set of positions between the first and the last is as likely, whatever the items, and so is every set of
    items. Enemies are not drawn together, as long as there are others. Where passages are given as blocks, a position
    inside one means the first after it.

    Parameters
    ----------
    pool : its ``pretest`` says which items are in a field test; those that belong to passages are not drawn
    pretest : how many, and between which positions
    key : (n_persons,) numbers in [0, 1), one a sitting, of no other use

    Raises
    ------
    DesignError
        If the pool has too few such items.
    """
    field_items = _field_items(pool, pretest)
    n, n_slots = len(key), pretest.last - pretest.first + 1
    numbers = spread(np.asarray(key, dtype=np.float64), n_slots + field_items.size)
    slot = np.argsort(numbers[:, :n_slots], axis=1, kind="stable")[:, : pretest.n_items]
    order, sets = np.argsort(numbers[:, n_slots:], axis=1, kind="stable"), _enemies_among(pool, field_items)
    if sets:
        order = np.array([_first_apart(row, sets, pretest.n_items) for row in order]).reshape(n, -1)
    item = field_items[order[:, : pretest.n_items]]
    return PretestDraw(np.sort(slot, axis=1).reshape(n, -1) + pretest.first, item)


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
