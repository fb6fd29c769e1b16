"""How many tests hold what a blueprint asks of them, counted for many tests at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from engine.arrays import BoolArray, FloatArray, IndexArray, IntArray
from engine.assembly import Rules

ROUNDING = 1e-9  # as `Rules.beyond_budgets`


@dataclass(frozen=True, slots=True, eq=False)
class RuleCounts:
    """What n_persons tests hold.

    Attributes
    ----------
    rules : what is asked
    count : (n_persons, n_rows) items of each row of the rules
    total : (n_persons, n_budgets) sums
    n_items : (n_persons,) scored items
    n_unusable : (n_persons,) items among them that may not be scored
    """

    rules: Rules
    count: IntArray
    total: FloatArray
    n_items: IntArray
    n_unusable: IntArray

    @property
    def passages(self) -> IntArray:
        """Passages that each test holds items of, (n_persons,)."""
        held: IntArray = np.count_nonzero(self.count[:, self.rules.passage_rows], axis=1)
        return held

    @property
    def rows_broken(self) -> BoolArray:
        """Rows that are not kept, (n_persons, n_rows): counts, enemies, and passages that are in the test."""
        rules, rows = self.rules, self.rules.passage_rows
        wrong: BoolArray = (self.count < rules.minimum) | (self.count > rules.maximum)
        wrong[:, rows] &= self.count[:, rows] > 0
        return wrong

    @property
    def budgets_broken(self) -> BoolArray:
        """Budgets that are not kept, (n_persons, n_budgets)."""
        rules, rounding = self.rules, ROUNDING * np.maximum(1.0, np.abs(self.total))
        over: BoolArray = self.total > rules.amount_maximum + rounding
        return over | (self.total < rules.amount_minimum - rounding)

    @property
    def passages_broken(self) -> BoolArray:
        """Tests with too few or too many passages, (n_persons,)."""
        return (self.passages < self.rules.passages_minimum) | (self.passages > self.rules.passages_maximum)

    @property
    def misses(self) -> IntArray:
        """Rules that each test breaks besides its length, (n_persons,); as `Rules.broken` counts them."""
        broken: IntArray = self.rows_broken.sum(axis=1) + self.budgets_broken.sum(axis=1)
        return broken + self.passages_broken + (self.n_unusable > 0)


def count_rules(rules: Rules, item: IndexArray, scored: BoolArray) -> RuleCounts:
    """Count what tests hold.

    Parameters
    ----------
    rules : a blueprint over a pool
    item : (n_persons, n_positions) item indices, -1 for none
    scored : (n_persons, n_positions) which of them count
    """
    n_scored = np.count_nonzero(scored, axis=1)
    start = np.concatenate([[0], np.cumsum(n_scored)])
    held = item[scored].astype(np.int64)
    tests = csr_array((np.ones(held.size), held, start), shape=(len(item), rules.n_items))
    count = np.rint(tests @ rules.member.T.astype(np.float64)).astype(np.int64)
    return RuleCounts(
        rules=rules,
        count=count,
        total=np.asarray(tests @ rules.amount.T, dtype=np.float64),
        n_items=n_scored,
        n_unusable=np.rint(tests @ (~rules.usable).astype(np.float64)).astype(np.int64),
    )
