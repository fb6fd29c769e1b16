"""The rules of a pool laid out for looking up, once: what plans are checked, improved and solved with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import WORD, Rules, WordArray
from engine.assembly.shadow.program import Program, make_program
from engine.errors import BlueprintError

STEP = 1e-9  # scores are compared as whole multiples of this, so that every processor decides alike
UNBOUNDED = np.iinfo(np.int32).max  # maximum of the rows that only fill up a word


@dataclass(frozen=True, slots=True, eq=False)
class PlanTables:
    """Rules, padded to whole words of 64 rows.

    Attributes
    ----------
    rules : what a test must look like
    member : (n_items, n_words * 64) 0/1, whether an item counts in a row; rows beyond the rules are 0
    words : (n_words, n_items) the same as bits
    low, high : (n_words * 64,) bounds on the counts; of a passage's row those that hold while it is in the test
    budget_unit : (n_budgets,) mean amount of an item: what one item too many weighs
    program : the same rules as a linear program
    """

    rules: Rules
    member: npt.NDArray[np.uint8]
    words: WordArray
    low: IntArray
    high: IntArray
    budget_unit: FloatArray
    program: Program

    @property
    def n_items(self) -> int:
        """Number of items of the pool."""
        return self.rules.n_items

    def counts(self, items: IntArray) -> IntArray:
        """How many of the items count in each row, (n_words * 64,)."""
        counted: IntArray = self.member[items].sum(axis=0, dtype=np.int64)
        return counted

    def allowed(self, excluded: BoolArray | None) -> BoolArray:
        """Items that may come into a plan, (n_items,)."""
        return self.rules.usable if excluded is None else self.rules.usable & ~excluded


def make_tables(rules: Rules) -> PlanTables:
    """Lay out rules for plans.

    Raises
    ------
    BlueprintError
        If fewer items may be scored than a test is long.
    """
    if int(rules.usable.sum()) < rules.length:
        raise BlueprintError(
            f"a test of {rules.length} items needs as many that may be scored; the pool has {int(rules.usable.sum())}"
        )
    n_rows, n_words = len(rules.name), rules.bits.shape[1]
    member = np.zeros((rules.n_items, n_words * WORD), dtype=np.uint8)
    member[:, :n_rows] = rules.member.T
    low = np.full(n_words * WORD, -1, dtype=np.int64)
    high = np.full(n_words * WORD, UNBOUNDED, dtype=np.int64)
    low[:n_rows], high[:n_rows] = rules.minimum, rules.maximum
    tables = PlanTables(
        rules=rules,
        member=member,
        words=np.ascontiguousarray(rules.bits.T),
        low=low,
        high=high,
        budget_unit=np.maximum(rules.amount.mean(axis=1), np.finfo(np.float64).tiny),
        program=make_program(rules),
    )
    for table in (tables.member, tables.words, low, high, tables.budget_unit):
        table.flags.writeable = False
    return tables


def quantised(score: FloatArray) -> IntArray:
    """Scores as whole multiples of 1e-9."""
    whole: IntArray = np.rint(score / STEP).astype(np.int64)
    return whole
