"""Items in an order that was set beforehand: a linear test."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray, assign, own
from engine.errors import DesignError
from engine.selection.posterior import Standing
from engine.selection.tables import SelectionTables


@dataclass(frozen=True, slots=True, eq=False)
class FixedOrder:
    """The same order for everybody, whatever they answer.

    Attributes
    ----------
    place : (n_items,) place of each item in the order, from 0; each place once

    Raises
    ------
    DesignError
        If the places are not 0 to n_items - 1, or, when scoring, the bank has another number of items.
    """

    place: IntArray

    def __post_init__(self) -> None:
        place = own(self.place, np.int64, "place", 1, DesignError)
        if not np.array_equal(np.sort(place), np.arange(place.size)):
            raise DesignError(f"an order of {place.size} items needs each place from 0 to {place.size - 1} once")
        assign(self, place=place)

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        if self.place.size != tables.n_items:
            raise DesignError(f"the order has {self.place.size} items, the bank {tables.n_items}")
        left = (self.place.size - self.place).astype(np.float64)  # places from here to the end
        return np.tile(left, (standing.theta.size, 1))
