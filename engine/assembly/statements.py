"""The rules of a blueprint one by one: each as a sentence, and as rows of a linear program over a pool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse

from engine.arrays import BoolArray, FloatArray
from engine.assembly.blueprint import Blueprint
from engine.assembly.eligibility import first_items, suitable_items
from engine.assembly.pool import Pool
from engine.assembly.rules import Rules, make_rules

INFINITY = float("inf")


class Subject(StrEnum):
    """What a statement is about."""

    LENGTH = "length"
    COUNT = "count"
    BUDGET = "budget"
    PASSAGES = "passages"
    SIZES = "items of each passage"
    ENEMIES = "enemies"
    FIRST = "first item"
    PRETEST = "pretest"


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One rule that a test keeps or not; a bound below and a bound above are two rules.

    Attributes
    ----------
    subject : what it is about
    one, many : what it counts, as in "1 passage", "2 passages"; where it counts nothing ``many`` is the sentence, and
        ``one`` what it is about
    least, most : what it asks: 0 and infinity ask nothing; where both do, the sentence has no number
    rows : (n_rows, n_items + n_passages) what is added up, over the items and the passages of a test
    low, high : (n_rows,) bounds on the sums
    """

    subject: Subject
    one: str
    many: str
    least: float
    most: float
    rows: sparse.csr_array
    low: FloatArray
    high: FloatArray

    @property
    def has_number(self) -> bool:
        """Whether it bounds a number."""
        return self.least > 0.0 or self.most < INFINITY

    def __str__(self) -> str:
        return sentence(self.one, self.many, self.least, self.most)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """All that is asked of a test from one pool.

    Attributes
    ----------
    statements : the rules, in the order of the blueprint
    rules : the same as rows
    given : (n_items + n_passages,) what a test may hold: the field-test items too, where it holds any
    linked : rows that say what a passage is: it is in a test exactly when an item of it is
    linked_low, linked_high : (n_linked,) bounds on them
    """

    statements: tuple[Statement, ...]
    rules: Rules
    given: BoolArray
    linked: sparse.csr_array
    linked_low: FloatArray
    linked_high: FloatArray


def sentence(one: str, many: str, least: float, most: float) -> str:
    """Words of a bound: "at least 3 passages", "3 to 4 passages", "exactly 1 passage"."""
    if least <= 0.0 and most == INFINITY:
        return many
    if most <= 0.0:
        return f"no {many}"
    if least == most:
        return f"exactly {counted(least, one, many)}"
    if most == INFINITY:
        return f"at least {counted(least, one, many)}"
    if least <= 0.0:
        return f"at most {counted(most, one, many)}"
    return f"{least:g} to {counted(most, one, many)}"


def counted(number: float, one: str, many: str) -> str:
    """Return "1 passage", "2 passages"."""
    return f"{number:g} {one if number == 1 else many}"


def items_of(name: str) -> tuple[str, str]:
    """Return the words for what a count counts: its name is a label, or "attribute label"."""
    return f"item of {name}", f"items of {name}"


def all_asked(pool: Pool, blueprint: Blueprint, accommodation: str = "") -> Asked:
    """Everything that a blueprint asks of a test from a pool.

    Parameters
    ----------
    pool, blueprint
        What may be drawn, and what a test must look like.
    accommodation
        Of the pupil; "" for none.

    Raises
    ------
    BlueprintError
        If the blueprint names an attribute or label that the pool does not have.
    """
    rules = make_rules(pool, blueprint, accommodation)
    shown = pool.pretest & suitable_items(pool, blueprint, accommodation) & (pool.passage < 0)
    statements = (
        *_lengths(rules),
        *_counts(rules),
        *_budgets(rules),
        *_passages(rules, blueprint),
        *_enemies(pool, rules),
        *_starts(pool, blueprint, rules, shown),
    )
    linked, low, high = _links(rules)
    given = np.concatenate(
        [rules.usable | (shown & (blueprint.pretest is not None)), np.ones(rules.n_passages, dtype=np.bool_)]
    )
    return Asked(statements, rules, given, linked, low, high)


def _lengths(rules: Rules) -> Iterator[Statement]:
    """How many scored items."""
    yield _single(rules, Subject.LENGTH, ("item", "items in all"), rules.length, rules.length, rules.usable)


def _counts(rules: Rules) -> Iterator[Statement]:
    """How many items of each sort."""
    for row in range(rules.n_counts):
        member = rules.member[row] & rules.usable
        yield from _bounds(
            rules, Subject.COUNT, items_of(rules.name[row]), rules.minimum[row], rules.maximum[row], member
        )


def _budgets(rules: Rules) -> Iterator[Statement]:
    """How much of each quantity."""
    for row, name in enumerate(rules.budget_name):
        low, high = rules.amount_minimum[row], rules.amount_maximum[row]
        words = (f"{name} in all", f"{name} in all")
        yield from _bounds(rules, Subject.BUDGET, words, low, high, rules.amount[row] * rules.usable)


def _passages(rules: Rules, blueprint: Blueprint) -> Iterator[Statement]:
    """How many passages, and how many items of each that is there."""
    if rules.n_passages == 0 and rules.passages_minimum == 0:
        return
    held = np.concatenate([np.zeros(rules.n_items), np.ones(rules.n_passages)])
    low, high = rules.passages_minimum, rules.passages_maximum
    yield from _bounds(rules, Subject.PASSAGES, ("passage", "passages"), low, high, held)
    if rules.n_passages:
        yield from _sizes_asked(rules, blueprint)


def _sizes_asked(rules: Rules, blueprint: Blueprint) -> Iterator[Statement]:
    """How many items of each passage that is there."""
    rows, asked, n = rules.passage_rows, blueprint.passages, rules.n_passages
    few, many = _sizes(rules, rules.minimum[rows]), _sizes(rules, rules.maximum[rows])
    if asked is None or asked.most == 0:
        words = "passages only as a whole"
        yield Statement(Subject.SIZES, words, words, 0.0, INFINITY, few, *_between(n, 0.0, 0.0))
        return
    one, each = "item of each passage", "items of each passage"
    least, most = float(asked.fewest), float(asked.most)
    yield Statement(Subject.SIZES, one, each, least, INFINITY, few, *_between(n, 0.0, INFINITY))
    yield Statement(Subject.SIZES, one, each, 0.0, most, many, *_between(n, -INFINITY, 0.0))


def _enemies(pool: Pool, rules: Rules) -> Iterator[Statement]:
    """At most one item of each enemy set, field-test items included."""
    for number, members in enumerate(pool.enemies):
        names = pool.named(members)
        row = rules.member[rules.n_counts + number].astype(np.float64)
        words = (names, f"at most one of {names}")
        yield Statement(Subject.ENEMIES, *words, 0.0, INFINITY, _row(rules, row), *_between(1, 0.0, 1.0))


def _starts(pool: Pool, blueprint: Blueprint, rules: Rules, shown: BoolArray) -> Iterator[Statement]:
    """An item to begin with, and field-test items to show."""
    if blueprint.first is not None:
        words = f"a first item {first_words(blueprint)}"
        row = (first_items(pool, blueprint) & rules.usable).astype(np.float64)
        yield Statement(Subject.FIRST, words, words, 0.0, INFINITY, _row(rules, row), *_between(1, 1.0, INFINITY))
    if blueprint.pretest is not None:
        n = blueprint.pretest.n_items
        yield _single(rules, Subject.PRETEST, ("field-test item", "field-test items"), n, n, shown)


def first_words(blueprint: Blueprint) -> str:
    """What is asked of a first item."""
    rule = blueprint.first
    if rule is None:
        return ""
    parts = [f"with {key} {label}" for key, label in rule.where.items()] + ["outside passages"] * rule.alone
    if rule.hardest > 0.0 or rule.easiest < 1.0:
        parts.append(
            f"with an expected score of {rule.hardest:g} to {rule.easiest:g} of its highest at {blueprint.prior_mean:g}"
        )
    return ", ".join(parts)


def _bounds(
    rules: Rules, subject: Subject, words: tuple[str, str], low: float, high: float, amount: npt.ArrayLike
) -> Iterator[Statement]:
    """Statements of the bounds that no test of the right length keeps by itself."""
    values = np.asarray(amount, dtype=np.float64)
    if low > 0.0:
        yield _single(rules, subject, words, low, INFINITY, values)
    if high < values.sum():
        yield _single(rules, subject, words, 0.0, high, values)


def _single(
    rules: Rules, subject: Subject, words: tuple[str, str], least: float, most: float, amount: npt.ArrayLike
) -> Statement:
    """Return a statement about one sum, over the items or over the items and the passages."""
    row = _row(rules, np.asarray(amount, dtype=np.float64))
    return Statement(subject, *words, float(least), float(most), row, *_between(1, float(least), float(most)))


def _between(n_rows: int, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Equal bounds on some rows."""
    return np.full(n_rows, low), np.full(n_rows, high)


def _row(rules: Rules, amount: FloatArray) -> sparse.csr_array:
    """One row over items and passages."""
    values = np.zeros((1, rules.n_items + rules.n_passages))
    values[0, : amount.size] = amount
    return sparse.csr_array(values)


def _sizes(rules: Rules, each: npt.ArrayLike) -> sparse.csr_array:
    """Rows of the items of each passage, less a number while the passage is in the test, (n_passages, …)."""
    inside = sparse.csr_array((rules.member[rules.passage_rows] & rules.usable).astype(np.float64))
    less = -sparse.diags_array(np.asarray(each, dtype=np.float64))
    return sparse.csr_array(sparse.hstack([inside, less]))


def _links(rules: Rules) -> tuple[sparse.csr_array, FloatArray, FloatArray]:
    """Rows that say that a passage is in the test exactly when one or more of its items are."""
    if rules.n_passages == 0:
        return sparse.csr_array((0, rules.n_items)), np.zeros(0), np.zeros(0)
    size = (rules.member[rules.passage_rows] & rules.usable).sum(axis=1)
    none, any_number = np.zeros(size.size), np.full(size.size, INFINITY)
    rows = sparse.vstack([_sizes(rules, np.ones(size.size)), _sizes(rules, size)], format="csr")
    return rows, np.concatenate([none, -any_number]), np.concatenate([any_number, none])
