"""Rules that a pool cannot keep whatever the others are, with the numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.assembly.blueprint import Blueprint
from engine.assembly.conflicts import extreme
from engine.assembly.pool import Pool
from engine.assembly.statements import Asked, Statement, Subject, counted, first_words


def single_causes(pool: Pool, blueprint: Blueprint, asked: Asked) -> tuple[str, ...]:
    """Everything by which a pool fails a blueprint at first sight; empty when only combinations of rules fail.

    Parameters
    ----------
    pool, blueprint
        The items, and what a test must look like.
    asked
        The same as statements, for one accommodation.
    """
    length = _length(pool, asked)
    if length:
        return (length,)
    found = [
        *_counts(asked),
        *_attributes(blueprint, asked),
        *_budgets(asked),
        *_passages(pool, blueprint, asked),
        *_first(blueprint, asked),
        *_pretest(asked),
    ]
    return tuple(found)


def _length(pool: Pool, asked: Asked) -> str:
    """A pool smaller than the test, by itself or because of enemies."""
    length, held = asked.rules.length, int(asked.rules.usable.sum())
    if held < length:
        others = pool.n_items - held
        aside = f" ({others} more are in a field test or not suitable)" if others else ""
        return f"a test of {counted(length, 'item', 'items')} is asked, the pool holds {held}{aside}; add items"
    return ""


def _of(asked: Asked, subject: Subject) -> list[Statement]:
    """Statements about one thing."""
    return [statement for statement in asked.statements if statement.subject is subject]


def _counts(asked: Asked) -> Iterator[str]:
    """Counts that ask more than there is, or than enemies leave."""
    enemies = _of(asked, Subject.ENEMIES)
    for statement in [*_of(asked, Subject.COUNT), *_of(asked, Subject.LENGTH)]:
        if statement.least <= 0.0:
            continue
        held = int((statement.rows.toarray()[0] > 0.0).sum())
        if held < statement.least:
            yield f"{statement} are asked, the pool holds {held}; ask at most {held}, or add {statement.least - held:g}"
            continue
        apart = extreme(asked, enemies, statement.rows, largest=True) if enemies else None
        if apart is not None and apart < statement.least:
            yield (
                f"{statement} are asked, and of the {held} in the pool enemies leave {apart:g} for one test; ask at "
                f"most {apart:g}, or add items that are nobody's enemy"
            )


def _attributes(blueprint: Blueprint, asked: Asked) -> Iterator[str]:
    """Counts of one attribute that contradict the length: every item has one label."""
    rules = asked.rules
    by_attribute: dict[tuple[str, ...], list[int]] = {}
    for row, count in enumerate(blueprint.counts):
        by_attribute.setdefault(tuple(sorted(count.where)), []).append(row)
    for names, rows in by_attribute.items():
        member = rules.member[rows] & rules.usable
        if np.any(member.sum(axis=0) > 1):
            continue  # the same labels twice, under two names
        attribute = " and ".join(names)
        minima = int(rules.minimum[rows].sum())
        if minima > rules.length:
            yield f"{attribute}: the minima add up to {minima}, the test has {counted(rules.length, 'item', 'items')}"
        others = int((rules.usable & ~member.any(axis=0)).sum())
        maxima = int(np.minimum(rules.maximum[rows], member.sum(axis=1)).sum()) + others
        if maxima < rules.length:
            rest = f", and {others} items have no other label that is counted" if others else ""
            yield (
                f"{attribute}: the maxima, or what the pool holds where it is less, add up to {maxima - others}{rest};"
                f" the test has {counted(rules.length, 'item', 'items')}"
            )


def _budgets(asked: Asked) -> Iterator[str]:
    """Budgets that even the cheapest, or the dearest, items do not keep."""
    length, usable = asked.rules.length, asked.rules.usable
    for row, name in enumerate(asked.rules.budget_name):
        amounts = np.sort(asked.rules.amount[row, usable])
        cheapest, dearest = float(amounts[:length].sum()), float(amounts[-length:].sum())
        low, high = asked.rules.amount_minimum[row], asked.rules.amount_maximum[row]
        if cheapest > high:
            yield f"{name}: at most {high:g} is asked, the {length} items with least give {cheapest:g}; allow that much"
        if dearest < low:
            yield f"{name}: at least {low:g} is asked, the {length} items with most give {dearest:g}; ask no more"


def _passages(pool: Pool, blueprint: Blueprint, asked: Asked) -> Iterator[str]:
    """Passages that are too few or too small, or that alone are more than the test."""
    wanted, rules = blueprint.passages, asked.rules
    if wanted is None or wanted.minimum == 0:
        return
    size = (rules.member[rules.passage_rows] & rules.usable).sum(axis=1)
    fewest = np.maximum(rules.minimum[rules.passage_rows], 1)
    large = np.flatnonzero((size >= fewest) & (fewest <= rules.length))
    least = f" of {wanted.fewest} items or more" if wanted.most else ""
    if large.size < wanted.minimum:
        smaller = (
            f" ({pool.n_passages - large.size} are too small or too large)" if large.size < pool.n_passages else ""
        )
        yield (
            f"passages: at least {wanted.minimum}{least} are asked, the pool holds {large.size}{smaller}; ask fewer "
            "passages, or fewer items of each"
        )
        return
    together = int(np.sort(fewest[large])[: wanted.minimum].sum())
    if together > rules.length:
        yield (
            f"passages: {wanted.minimum}{least} take {together} items or more, the test has {rules.length}; ask fewer "
            "passages, or fewer items of each"
        )


def _first(blueprint: Blueprint, asked: Asked) -> Iterator[str]:
    """A first item that the pool does not have."""
    for statement in _of(asked, Subject.FIRST):
        if statement.rows.sum() == 0.0:
            yield f"first item: no item of the pool is one {first_words(blueprint)}; ask less of it"


def _pretest(asked: Asked) -> Iterator[str]:
    """Field-test items that are too few, by themselves or because of enemies."""
    for statement in _of(asked, Subject.PRETEST):
        held = int(statement.rows.sum())
        if held < statement.least:
            yield f"pretest: {statement.least:g} field-test items are asked, the pool holds {held}"
            continue
        apart = extreme(asked, _of(asked, Subject.ENEMIES), statement.rows, largest=True)
        if apart is not None and apart < statement.least:
            yield f"pretest: {statement.least:g} field-test items are asked, enemies leave {apart:g} for one test"
