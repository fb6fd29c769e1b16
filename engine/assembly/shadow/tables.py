"""The rules of a pool laid out for looking up, once: what plans are checked, improved and solved with."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import WORD, Rules, WordArray
from engine.assembly.shadow.program import Program, make_program
from engine.errors import BlueprintError

UNBOUNDED = np.iinfo(np.int16).max  # maximum of the rows that only fill up a word


ShortArray = npt.NDArray[np.int16]  # counts of items; a test is never longer than 32,767


@dataclass(frozen=True, slots=True, eq=False)
class PlanTables:
    """Rules, padded to whole words of 64 rows.

    Attributes
    ----------
    rules : what a test must look like
    member : (n_items, n_words * 64) 0 or 1, whether an item counts in a row; rows beyond the rules are 0
    words : (n_words, n_items) the same as bits
    low, high : (n_words * 64,) bounds on the counts; of a passage's row those that hold while it is in the test
    passage_rows, lockable_rows : (n_words,) rows of passages as bits; of passages and enemies
    passage_items : (n_passages, widest) items of each passage, n_items where it has no more
    passage_must, passage_may : (n_passages, widest) whether the best, second, … item is asked for, or allowed
    budget_unit : (n_budgets,) mean amount of an item: what one item too many weighs
    program : the same rules as a linear program
    """

    rules: Rules
    member: ShortArray
    words: WordArray
    low: ShortArray
    high: ShortArray
    passage_rows: WordArray
    lockable_rows: WordArray
    passage_items: IntArray
    passage_must: BoolArray
    passage_may: BoolArray
    budget_unit: FloatArray
    program: Program

    @property
    def n_items(self) -> int:
        """Number of items of the pool."""
        return self.rules.n_items

    def counts(self, items: IntArray) -> ShortArray:
        """How many of the items count in each row, (n_words * 64,)."""
        counted: ShortArray = np.add.reduce(self.member.take(items, axis=0), axis=0, dtype=np.int16)
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
    member = np.zeros((rules.n_items, n_words * WORD), dtype=np.int16)
    member[:, :n_rows] = rules.member.T
    low = np.full(n_words * WORD, -1, dtype=np.int16)
    high = np.full(n_words * WORD, UNBOUNDED, dtype=np.int16)
    low[:n_rows] = np.minimum(rules.minimum, UNBOUNDED)
    high[:n_rows] = np.minimum(rules.maximum, UNBOUNDED)
    row, rows = np.arange(n_words * WORD), rules.passage_rows
    passage_items = _passage_items(rules)
    rank = np.arange(passage_items.shape[1])
    tables = PlanTables(
        rules=rules,
        member=member,
        words=np.ascontiguousarray(rules.bits.T),
        low=low,
        high=high,
        passage_rows=as_words((row >= rows.start) & (row < rows.stop)),
        lockable_rows=as_words((row >= rules.n_counts) & (row < rows.stop)),
        passage_items=passage_items,
        passage_must=rank < rules.minimum[rows, np.newaxis],
        passage_may=rank < rules.maximum[rows, np.newaxis],
        budget_unit=np.maximum(rules.amount.mean(axis=1), np.finfo(np.float64).tiny),
        program=make_program(rules),
    )
    for table in (getattr(tables, field.name) for field in fields(tables)):
        if isinstance(table, np.ndarray):
            table.flags.writeable = False
    return tables


def as_words(rows: BoolArray) -> WordArray:
    """Truth values of n_words * 64 rows as words; rows are the last axis."""
    return np.packbits(rows, axis=-1, bitorder="little").view(np.uint64)


def _passage_items(rules: Rules) -> IntArray:
    """Items of each passage, padded with n_items."""
    members = [np.flatnonzero(rules.passage == number) for number in range(rules.n_passages)]
    table = np.full((rules.n_passages, max((part.size for part in members), default=0)), rules.n_items, dtype=np.int64)
    for number, part in enumerate(members):
        table[number, : part.size] = part
    return table
