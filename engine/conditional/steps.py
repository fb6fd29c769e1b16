"""Where the steps of each item stand in the vector of parameters."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import sparse

from engine.arrays import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class StepLayout:
    """Places of n_steps steps of n_items items.

    Attributes
    ----------
    start : (n_items + 1,) where each item's steps begin: one for every category from 1 on, none where nobody answered
    """

    start: IntArray

    @property
    def n_steps(self) -> int:
        """Number of steps of all items."""
        return int(self.start[-1])

    @property
    def per_item(self) -> IntArray:
        """Steps of each item, which is its highest score, shape (n_items,)."""
        return np.diff(self.start)

    @property
    def item(self) -> IntArray:
        """Item of every step, shape (n_steps,)."""
        return np.repeat(np.arange(self.start.size - 1), self.per_item)

    def places(self, items: IntArray) -> IntArray:
        """Steps of some items, in the order of the items."""
        return np.concatenate([np.arange(self.start[i], self.start[i + 1]) for i in items.tolist()])

    def log_weights(self, step: FloatArray) -> list[FloatArray]:
        """Log weights 0, -step 1, -step 1 - step 2, … of the categories of every item."""
        pairs = pairwise(self.start.tolist())
        return [np.concatenate([[0.0], -np.cumsum(step[first:last])]) for first, last in pairs]

    def category_sums(self) -> sparse.csr_array:
        """Matrix C of zeros and ones, shape (n_steps, n_steps): log weights of categories are ``-C @ step``."""
        item, place = self.item, np.arange(self.n_steps)
        n_below = place - self.start[item] + 1  # a category's weight has its own step and those below
        row = np.repeat(place, n_below)
        ends = np.cumsum(n_below)
        column = np.arange(row.size) - np.repeat(ends - n_below, n_below) + np.repeat(self.start[item], n_below)
        return sparse.csr_array((np.ones(row.size), (row, column)), shape=(self.n_steps, self.n_steps))

    def location_weights(self) -> FloatArray:
        """Matrix that takes steps to item locations, the mean of an item's steps, shape (n_answered, n_steps)."""
        answered = np.flatnonzero(self.per_item)
        which = np.searchsorted(answered, self.item)
        weights = np.zeros((answered.size, self.n_steps))
        weights[which, np.arange(self.n_steps)] = 1.0 / self.per_item[self.item]
        return weights
