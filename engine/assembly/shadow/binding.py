"""Which rules keep better items out of a plan."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly.rules import WordArray
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.search import Tally
from engine.assembly.shadow.tables import PlanTables, as_words

PASSAGES, ENEMIES, EXPOSURE, FIELD_TEST = "passages", "enemies", "exposure", "field test"


def binding(
    tables: PlanTables,
    plan: Plan,
    item: int,
    score: FloatArray,
    *,
    excluded: BoolArray | None = None,
    barred: BoolArray | None = None,
    suitable: BoolArray | None = None,
) -> tuple[str, ...]:
    """Names of the rules for which better items than the one chosen must stay out, sorted.

    A rule binds when it stands at its bound and putting a better item in the place of the chosen one would break it.
    Passages and enemies are named as such; a better item that may not be given at all as ``exposure``, or as ``field
    test`` where that bars it.

    Parameters
    ----------
    tables : rules of the pool
    plan : before the item is given
    item : chosen from it
    score : (n_items,) what each item is worth, larger is better
    excluded : (n_items,) items that may not be given, None for none
    barred : (n_items,) those among them that a field-test item bars, None for none
    suitable : (n_items,) items for this pupil, None for all; nobody asks why another one stays out
    """
    rules = tables.rules
    better = score > score[item]
    better[plan.given] = False
    better &= rules.usable if suitable is None else rules.usable & suitable
    names: set[str] = set()
    if excluded is not None and (out := better & excluded).any():
        of_field_test = np.zeros_like(out) if barred is None else out & barred
        names |= ({FIELD_TEST} if of_field_test.any() else set()) | (
            {EXPOSURE} if (out & ~of_field_test).any() else set()
        )
        better &= ~excluded
    if better[plan.unused].any():
        names.add(PASSAGES)  # what is planned and better waits until a passage is done, or has its turn later
        better[plan.unused] = False
    outside = np.flatnonzero(better)
    if outside.size:
        tally = Tally(tables, plan.items)
        names |= _of_rows(tally, item, outside) | _of_budgets(tally, item, outside)
    return tuple(sorted(names))


def _of_rows(tally: Tally, item: int, outside: IntArray) -> set[str]:
    """Rows that an exchange would take beyond a bound."""
    rules, words = tally.tables.rules, tally.tables.words
    own, others = words[:, item], words.take(outside, axis=1)
    full = as_words(tally.count >= tally.high) & ~own & np.bitwise_or.reduce(others, axis=1)
    bare = as_words(tally.count <= tally.low) & own & ~np.bitwise_and.reduce(others, axis=1)
    names = set()
    for bound, rows in (("maximum", _rows(full)), ("minimum", _rows(bare))):
        for row in rows:
            if row < rules.n_counts:
                names.add(f"{rules.name[row]} {bound}")
            else:
                names.add(ENEMIES if row < rules.passage_rows.start else PASSAGES)
    return names


def _rows(words: WordArray) -> list[int]:
    """Rows whose bits are set."""
    rows: list[int] = np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little")).tolist()
    return rows


def _of_budgets(tally: Tally, item: int, outside: IntArray) -> set[str]:
    """Budgets that an exchange would take beyond a bound."""
    rules = tally.tables.rules
    amount = rules.amount.take(outside, axis=1)
    rest = tally.total - rules.amount[:, item]
    over = rest + np.maximum.reduce(amount, axis=1) > rules.amount_maximum
    under = rest + np.minimum.reduce(amount, axis=1) < rules.amount_minimum
    return {rules.budget_name[number] for number in np.flatnonzero(over | under).tolist()}
