"""A plan as a linear program: choose items and passages so that every rule holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import Rules


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """``upper @ x <= upper_bound`` and ``equal @ x == equal_bound``, x = n_items items, then n_passages passages.

    Every item of a passage is tied to it by a row of its own (x_item <= x_passage): the bound then lies within
    1.3 % of the best plan instead of 13 %, and says which passages are worth it.

    Attributes
    ----------
    upper, equal : sparse matrices by column
    upper_bound, equal_bound : right-hand sides
    n_items, n_passages : numbers of columns of each sort
    """

    upper: sparse.csc_array
    upper_bound: FloatArray
    equal: sparse.csc_array
    equal_bound: FloatArray
    n_items: int
    n_passages: int

    def narrowed(self, lower: FloatArray, upper: FloatArray) -> tuple[Program, IntArray]:
        """Return the program over the columns that are free, and these columns.

        Rows that nothing left can break are gone. Counts of columns lose their meaning: n_passages is 0.

        Parameters
        ----------
        lower, upper : (n_items + n_passages,) bounds, 0 or 1; equal ones fix a column
        """
        free = np.flatnonzero(lower < upper)
        bound = self.upper_bound - self.upper @ np.where(lower < upper, 0.0, lower)
        equal_bound = self.equal_bound - self.equal @ np.where(lower < upper, 0.0, lower)
        rows, equal = self.upper[:, free], self.equal[:, free]
        matters = rows.maximum(0.0).sum(axis=1) > bound + 1e-9
        filled = np.diff(equal.tocsr().indptr) > 0
        short = (np.abs(equal_bound) > 1e-9) & ~filled  # nothing left to fill it: keep, so that it is infeasible
        keep = filled | short
        narrow = Program(rows[matters], bound[matters], equal[keep], equal_bound[keep], free.size, 0)
        return narrow, free


def make_program(rules: Rules) -> Program:
    """Linear program of a test.

    Parameters
    ----------
    rules : what a test must look like
    """
    n, n_passages = rules.n_items, rules.n_passages
    rows, low, high = _counted(rules)
    tied = np.flatnonzero(rules.passage >= 0)
    link = sparse.csr_array(
        (
            np.repeat([1.0, -1.0], tied.size),
            (np.tile(np.arange(tied.size), 2), np.concatenate([tied, n + rules.passage[tied]])),
        ),
        shape=(tied.size, n + n_passages),
    )
    matrix = sparse.vstack([sparse.csr_array(rows), link]).tocsr()
    low = np.concatenate([low, np.full(tied.size, -np.inf)])
    high = np.concatenate([high, np.zeros(tied.size)])
    same = low == high
    above, below = np.isfinite(high) & ~same, np.isfinite(low) & ~same
    return Program(
        upper=sparse.vstack([matrix[above], -matrix[below]]).tocsc(),
        upper_bound=np.concatenate([high[above], -low[below]]),
        equal=matrix[same].tocsc(),
        equal_bound=low[same],
        n_items=n,
        n_passages=n_passages,
    )


def _counted(rules: Rules) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rows of length, counts, enemies, passages and budgets, with their bounds; -inf or inf where there is none."""
    n, n_passages = rules.n_items, rules.n_passages
    rows: list[FloatArray] = []
    low: list[float] = []
    high: list[float] = []

    def add(items: FloatArray | BoolArray, passages: FloatArray, least: float, most: float) -> None:
        """Append one row."""
        rows.append(np.concatenate([items, passages]).astype(np.float64))
        low.append(least)
        high.append(most)

    none, every = np.zeros(n_passages), np.ones(n_passages)
    add(np.ones(n), none, rules.length, rules.length)
    for row in range(rules.n_counts + rules.n_enemies):
        least = float(rules.minimum[row])
        add(rules.member[row], none, least if least > 0.0 else -np.inf, float(rules.maximum[row]))
    for number, row in enumerate(range(len(rules.name))[rules.passage_rows]):
        mark = (np.arange(n_passages) == number).astype(np.float64)
        add(rules.member[row], -mark * max(1, rules.minimum[row]), 0.0, np.inf)  # without items no passage is held
        add(rules.member[row], -mark * rules.maximum[row], -np.inf, 0.0)
    for amount, least, most in zip(rules.amount, rules.amount_minimum, rules.amount_maximum, strict=True):
        add(amount, none, least if least > 0.0 else -np.inf, float(most))
    if n_passages:
        add(np.zeros(n), every, rules.passages_minimum, rules.passages_maximum)
    return np.array(rows), np.array(low), np.array(high)
