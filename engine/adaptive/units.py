"""Units of selection: an item that stands alone, or a whole passage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.adaptive.pool import Pool
from engine.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The n_units units of a pool, in order of their first item.

    Attributes
    ----------
    of_item : (n_items,) unit of every item
    size, area : (n_units,) items in the unit, and their content area
    members : (n_items,) items sorted by unit
    first : (n_units,) where each unit's items begin in ``members``
    enemy : (n_items,) enemy set of every item; the last set is empty and stands for "none"
    n_enemy_sets : number of sets, without the empty one
    hostile : items that are in a set
    """

    of_item: IntArray
    size: IntArray
    area: IntArray
    members: IntArray
    first: IntArray
    enemy: IntArray
    n_enemy_sets: int
    hostile: IntArray

    @property
    def n_units(self) -> int:
        """Number of units."""
        return self.size.size

    def items_of(self, unit: int) -> IntArray:
        """Items of one unit, lowest index first."""
        return self.members[self.first[unit] : self.first[unit] + self.size[unit]]

    def mean_over_items(self, values: FloatArray) -> FloatArray:
        """Mean of a unit's items; (n_persons, n_items) to (n_persons, n_units)."""
        if self.n_units == self.of_item.size:
            return values
        mean: FloatArray = np.add.reduceat(values[:, self.members], self.first, axis=1) / self.size
        return mean

    def enemy_sets(self) -> list[tuple[int, ...]]:
        """Enemy sets that each unit belongs to."""
        sets: list[list[int]] = [[] for _ in range(self.n_units)]
        for item in self.hostile.tolist():
            sets[self.of_item[item]].append(int(self.enemy[item]))
        return [tuple(sorted(belongs)) for belongs in sets]


def make_units(pool: Pool) -> Units:
    """Return the units of a pool."""
    alone = np.arange(pool.n_items)
    first_of_passage: dict[int, int] = {}
    leader = alone.copy()
    for item in np.flatnonzero(pool.passage >= 0).tolist():
        leader[item] = first_of_passage.setdefault(int(pool.passage[item]), item)
    leaders, of_item, size = np.unique(leader, return_inverse=True, return_counts=True)
    members = np.argsort(of_item, kind="stable")
    _, enemy = np.unique(pool.enemy[pool.enemy >= 0], return_inverse=True)
    n_sets = int(enemy.max(initial=-1)) + 1
    sets = np.full(pool.n_items, n_sets)
    sets[pool.enemy >= 0] = enemy
    first = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64)
    area, hostile = pool.area[leaders].astype(np.int64), np.flatnonzero(pool.enemy >= 0)
    return Units(of_item, size, area, members, first, sets, n_sets, hostile)
