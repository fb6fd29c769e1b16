"""The items that an adaptive test may draw from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import IndexArray, assign, own
from engine.errors import DesignError, name_indices
from engine.models import ItemParameters


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """n_items calibrated items with what the blueprint needs to know of them.

    A passage is taken whole: once one of its items is given, all the others follow. Of the items of an
    enemy set, a test holds at most one.

    Attributes
    ----------
    items : parameters of n_items items, slopes positive
    area : (n_items,) content area index, 0, 1, …
    passage : (n_items,) passage index, -1 for an item that stands alone
    enemy : (n_items,) enemy set index, -1 for none

    Raises
    ------
    DesignError
        If there are no items, the arrays differ in length, a slope is not positive, a passage holds items of
        several areas, or two items of one passage are enemies; the message names items or passages.
    """

    items: ItemParameters
    area: IndexArray
    passage: IndexArray
    enemy: IndexArray

    def __post_init__(self) -> None:
        names = ("area", "passage", "enemy")
        fields = {name: own(getattr(self, name), np.int32, name, 1, DesignError) for name in names}
        if self.items.n_items == 0:
            raise DesignError("a pool needs items")
        for name, field in fields.items():
            lowest = 0 if name == "area" else -1
            if field.size != self.items.n_items:
                raise DesignError(f"{name} must hold one index an item, {self.items.n_items}, not {field.size}")
            if field.size and field.min() < lowest:
                wrong = name_indices(np.flatnonzero(field < lowest))
                raise DesignError(f"{name} must be {lowest} or more; items {wrong} are not")
        assign(self, **fields)
        polytomous = np.flatnonzero(self.items.is_polytomous)
        if polytomous.size:
            raise DesignError(f"an adaptive test takes items of two categories; leave {name_indices(polytomous)} out")
        flat = np.flatnonzero(self.items.discrimination <= 0.0)
        if flat.size:
            raise DesignError(f"an adaptive test needs positive slopes; leave items {name_indices(flat)} out")
        self._check_passages()

    def _check_passages(self) -> None:
        """One area a passage, and no enemies inside it."""
        inside = np.flatnonzero(self.passage >= 0)
        areas = np.unique(np.stack([self.passage[inside], self.area[inside]], axis=1), axis=0)[:, 0]
        mixed = np.unique(areas[1:][areas[1:] == areas[:-1]])
        if mixed.size:
            raise DesignError(f"all items of a passage belong to one area; passages {name_indices(mixed)} mix areas")
        sets = np.stack([self.passage, self.enemy], axis=1)[(self.passage >= 0) & (self.enemy >= 0)]
        pairs, count = np.unique(sets, axis=0, return_counts=True)
        at_war = np.unique(pairs[count > 1, 0])
        if at_war.size:
            raise DesignError(
                f"a passage is given whole, so its items cannot be enemies of one another; "
                f"passages {name_indices(at_war)} hold two items of one enemy set"
            )

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.items.n_items
