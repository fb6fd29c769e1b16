"""A blueprint as rules over the items of one pool: rows that count, rows that add, and the counts as bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.blueprint import Blueprint
from engine.assembly.eligibility import having, suitable_items
from engine.assembly.pool import Pool
from engine.errors import BlueprintError

WordArray = npt.NDArray[np.uint64]
WORD = 64
ROUNDING = 1e-9  # share of a budget that sums in another order may differ by


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """What a blueprint asks of a set of items of a pool; nothing here changes from answer to answer.

    The first ``n_counts`` rows of ``member`` are the blueprint's counts, the next ``n_enemies`` the enemy sets
    (at most one item), the last ``n_passages`` the passages. A passage that is in a test holds
    ``passage_fewest`` to ``passage_most`` of its items, one that is not holds none.

    Attributes
    ----------
    length : items of a test
    name : (n_rows,) what people call each row
    member : (n_rows, n_items) whether an item counts
    minimum, maximum : (n_rows,) bounds on the count; of a passage's row those that hold while it is in the test
    bits : (n_items, n_words) the columns of ``member`` as bits, row r at bit r % 64 of word r // 64
    amount : (n_budgets, n_items) what each item adds
    amount_minimum, amount_maximum : (n_budgets,) bounds on the sums
    budget_name : (n_budgets,)
    n_counts, n_enemies, n_passages : numbers of rows of each sort
    passage : (n_items,) passage index, -1 for none
    passages_minimum, passages_maximum : fewest and most passages of a test
    usable : (n_items,) items that may be scored at all (no field-test items, and suitable ones alone)
    """

    length: int
    name: tuple[str, ...]
    member: BoolArray
    minimum: IntArray
    maximum: IntArray
    bits: WordArray
    amount: FloatArray
    amount_minimum: FloatArray
    amount_maximum: FloatArray
    budget_name: tuple[str, ...]
    n_counts: int
    n_enemies: int
    n_passages: int
    passage: IntArray
    passages_minimum: int
    passages_maximum: int
    usable: BoolArray

    @property
    def n_items(self) -> int:
        """Number of items of the pool."""
        return int(self.member.shape[1])

    @property
    def passage_rows(self) -> slice:
        """Rows of the passages."""
        return slice(self.n_counts + self.n_enemies, self.n_counts + self.n_enemies + self.n_passages)

    def beyond_budgets(self, total: FloatArray) -> list[int]:
        """Numbers of the budgets that sums are outside of, by more than rounding; total is (n_budgets,)."""
        bounds = zip(total.tolist(), self.amount_minimum.tolist(), self.amount_maximum.tolist(), strict=True)
        return [
            number
            for number, (value, low, high) in enumerate(bounds)
            if not low - (rounding := ROUNDING * max(1.0, abs(value))) <= value <= high + rounding
        ]

    def broken(self, items: npt.ArrayLike) -> tuple[str, ...]:
        """Names of the rules that a whole test breaks; empty when it meets the blueprint.

        Parameters
        ----------
        items : indices of its scored items
        """
        index = np.asarray(items, dtype=np.int64)
        count = self.member[:, index].sum(axis=1)
        rows = self.passage_rows
        held = count[rows] > 0
        low, high = self.minimum.copy(), self.maximum.copy()
        low[rows], high[rows] = np.where(held, low[rows], 0), np.where(held, high[rows], 0)
        wrong = [self.name[row] for row in np.flatnonzero((count < low) | (count > high))]
        wrong += [self.budget_name[number] for number in self.beyond_budgets(self.amount[:, index].sum(axis=1))]
        if not self.passages_minimum <= int(held.sum()) <= self.passages_maximum:
            wrong.append("passages")
        if index.size != self.length or np.unique(index).size != index.size:
            wrong.append("length")
        if not self.usable[index].all():
            wrong.append("pretest items among the scored ones")
        return tuple(wrong)


def make_rules(pool: Pool, blueprint: Blueprint, accommodation: str = "") -> Rules:
    """Rules of a blueprint over a pool.

    A passage that is given whole gives all of its scored items; where one of them does not suit the accommodation,
    the passage does not.

    Parameters
    ----------
    pool, blueprint
        What may be drawn, and what a test must look like.
    accommodation
        Only items that suit it are usable; "" takes all.

    Raises
    ------
    BlueprintError
        If the blueprint names an attribute that the pool does not have, or a label that none of its items has, or
        does not know the accommodation.
    """
    usable = ~pool.pretest & suitable_items(pool, blueprint, accommodation)
    counts = [having(pool, count.where, count.name) for count in blueprint.counts]
    enemies = [np.isin(np.arange(pool.n_items), members) for members in pool.enemies]
    passages = [pool.passage == number for number in range(pool.n_passages)]
    size = np.array([(row & ~pool.pretest).sum() for row in passages], dtype=np.int64)
    fewest, most = _passage_bounds(blueprint, size)
    member = np.array([*counts, *enemies, *passages], dtype=np.bool_).reshape(-1, pool.n_items)
    asked = blueprint.passages
    return Rules(
        length=blueprint.length,
        name=(
            *(count.name for count in blueprint.counts),
            *(f"enemies {pool.named(members)}" for members in pool.enemies),
            *(f"passage {number}" for number in range(pool.n_passages)),
        ),
        member=member,
        minimum=np.array([*(c.minimum for c in blueprint.counts), *(0 for _ in enemies), *fewest], dtype=np.int64),
        maximum=np.array([*(c.maximum for c in blueprint.counts), *(1 for _ in enemies), *most], dtype=np.int64),
        bits=_as_bits(member),
        amount=np.array([_amount(pool, budget.quantity) for budget in blueprint.budgets]).reshape(-1, pool.n_items),
        amount_minimum=np.array([budget.minimum for budget in blueprint.budgets], dtype=np.float64),
        amount_maximum=np.array([budget.maximum for budget in blueprint.budgets], dtype=np.float64),
        budget_name=tuple(budget.quantity for budget in blueprint.budgets),
        n_counts=len(counts),
        n_enemies=len(enemies),
        n_passages=len(passages),
        passage=pool.passage.astype(np.int64),
        passages_minimum=asked.minimum if asked else 0,
        passages_maximum=asked.maximum if asked else pool.n_passages,
        usable=usable,
    )


def _passage_bounds(blueprint: Blueprint, size: IntArray) -> tuple[IntArray, IntArray]:
    """Fewest and most items of each passage, (n_passages,) each: of small passages all there are."""
    if blueprint.passages is None or blueprint.passages.most == 0:
        return size, size
    return np.full(size.size, blueprint.passages.fewest), np.minimum(size, blueprint.passages.most)


def _amount(pool: Pool, quantity: str) -> FloatArray:
    """What each item adds to a budget, (n_items,)."""
    if quantity not in pool.quantities:
        known = ", ".join(sorted(pool.quantities)) or "none"
        raise BlueprintError(f"{quantity}: the pool has no such quantity; it has {known}")
    return pool.quantities[quantity]


def _as_bits(member: BoolArray) -> WordArray:
    """Columns of a matrix of truth values as words of 64 bits, (n_items, n_words)."""
    n_rows, n_items = member.shape
    n_words = max(1, -(-n_rows // WORD))
    padded = np.zeros((n_items, n_words * WORD), dtype=np.bool_)
    padded[:, :n_rows] = member.T
    packed = np.packbits(padded, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)
