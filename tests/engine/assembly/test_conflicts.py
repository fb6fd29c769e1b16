"""The smallest sets of rules that contradict each other, against every test that a small pool gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from engine.arrays import BoolArray, FloatArray
from engine.assembly import Blueprint, Budget, Passages, Pool
from engine.assembly.conflicts import extreme, is_feasible, minimal_conflict
from engine.assembly.relaxing import least_relief, single_reliefs
from engine.assembly.statements import Asked, Statement, Subject, all_asked
from tests.engine.assembly.banks import reference_blueprint, reference_pool
from tests.engine.assembly.small import counts, make_pool, problems


def every_choice(asked: Asked, pool: Pool) -> FloatArray:
    """All sets of items that may be given, with the passages they touch, (n_choices, n_items + n_passages)."""
    given_items = np.flatnonzero(asked.given[: pool.n_items])
    rows = []
    for size in range(given_items.size + 1):
        for items in combinations(given_items.tolist(), size):
            row = np.zeros(asked.given.size)
            row[list(items)] = 1.0
            scored = [item for item in items if asked.rules.usable[item] and pool.passage[item] >= 0]
            row[[pool.n_items + int(pool.passage[item]) for item in scored]] = 1.0
            rows.append(row)
    return np.array(rows)


def kept_by(statement: Statement, choices: FloatArray) -> BoolArray:
    """Which choices keep a statement."""
    sums = choices @ statement.rows.toarray().T
    kept: BoolArray = np.all((sums >= statement.low) & (sums <= statement.high), axis=1)
    return kept


def impossible(case: tuple[Pool, Blueprint]) -> Iterator[tuple[Asked, FloatArray]]:
    """What is asked and cannot be had, with all choices."""
    asked = all_asked(*case)
    choices = every_choice(asked, case[0])
    kept = np.array([kept_by(statement, choices) for statement in asked.statements])
    if not kept.all(axis=0).any():
        yield asked, choices


@settings(max_examples=50, deadline=None)
@given(problems())
def test_a_contradiction_is_one_and_none_of_its_rules_can_be_spared(case: tuple[Pool, Blueprint]) -> None:
    found = list(impossible(case))
    assume(found)
    asked, choices = found[0]
    conflict = minimal_conflict(asked)
    kept = np.array([kept_by(statement, choices) for statement in conflict])
    assert not kept.all(axis=0).any()
    for left_out in range(len(conflict)):
        assert np.delete(kept, left_out, axis=0).all(axis=0).any()


@settings(max_examples=50, deadline=None)
@given(problems())
def test_a_remedy_is_enough_and_no_smaller_one_is(case: tuple[Pool, Blueprint]) -> None:
    found = list(impossible(case))
    assume(found)
    asked, choices = found[0]
    reliefs = single_reliefs(asked, minimal_conflict(asked))
    for relief in reliefs:
        others = [kept_by(one, choices) for one in asked.statements if one is not relief.statement]
        remaining = choices[np.all([np.ones(len(choices), dtype=np.bool_), *others], axis=0)]
        assert remaining.size
        if relief.statement.has_number and relief.statement.subject is not Subject.SIZES:
            sums = (remaining @ relief.statement.rows.toarray().T)[:, 0]
            below = sums[sums < relief.statement.least]
            above = sums[sums > relief.statement.most]
            nearest = {float(below.max())} if below.size else set()
            assert relief.bound in (nearest | ({float(above.min())} if above.size else set()))


@settings(max_examples=50, deadline=None)
@given(problems())
def test_where_single_remedies_exist_the_least_joint_change_is_no_larger(case: tuple[Pool, Blueprint]) -> None:
    """The elastic program weighs items alike, so it never needs more of them than the best single change."""
    case = (case[0], replace(case[1], budgets=()))
    found = list(impossible(case))
    assume(found)
    asked = found[0][0]
    numbered = [
        relief
        for relief in single_reliefs(asked, minimal_conflict(asked))
        if relief.statement.has_number and relief.statement.subject is not Subject.SIZES
    ]
    assume(numbered)
    together = least_relief(asked)

    def change(statement: Statement, bound: float) -> float:
        return max(statement.least - bound, bound - statement.most, 0.0)

    least = sum(change(relief.statement, relief.bound) for relief in together)
    assert 0.0 < least <= min(change(relief.statement, relief.bound) for relief in numbered) + 1e-6


def test_rules_that_can_be_kept_have_extremes() -> None:
    pool = make_pool(["x"] * 3 + ["y"] * 3)
    asked = all_asked(pool, Blueprint(3, counts(x=(1, 2))))
    of_x = next(statement for statement in asked.statements if statement.subject is Subject.COUNT)
    assert extreme(asked, asked.statements, of_x.rows, largest=True) == 2.0
    assert extreme(asked, asked.statements, of_x.rows, largest=False) == 1.0


def test_parts_of_items_can_make_up_a_test_where_items_cannot() -> None:
    """Three passages of two items and a test of three, all in passages."""
    pool = make_pool(["x"] * 6, passage=[0, 0, 1, 1, 2, 2])
    asked = all_asked(pool, Blueprint(3))
    assert is_feasible(asked, asked.statements, whole=False)
    assert is_feasible(asked, asked.statements) is False
    assert {str(statement) for statement in minimal_conflict(asked)} == {
        "exactly 3 items in all",
        "passages only as a whole",
    }


def test_a_search_that_is_cut_off_says_neither_yes_nor_no() -> None:
    """A knapsack that branching cannot decide in one node: even amounts, an odd sum (Jeroslow, 1974)."""
    pool = make_pool(["x"] * 30, seconds=[2.0] * 30)
    asked = all_asked(pool, Blueprint(15, budgets=(Budget("seconds", 31, 31),)))
    of_budget = [statement for statement in asked.statements if statement.subject is Subject.BUDGET]
    assert is_feasible(asked, of_budget, 0) in {None, False}


@pytest.mark.parametrize(
    "changes",
    [
        {"budgets": (Budget("sec", 0, 2000), Budget("words", 0, 2100))},
        {"budgets": (Budget("sec", 0, 3200), Budget("words", 0, 900))},
        {"passages": Passages(9, 9, 4, 6)},
    ],
    ids=["time", "words", "passages"],
)
def test_contradictions_of_the_reference_problem_are_minimal_and_the_same_on_every_run(
    changes: dict[str, object],
) -> None:
    pool, blueprint = reference_pool(), replace(reference_blueprint(), **changes)  # type: ignore[arg-type]  # by name
    asked = all_asked(pool, blueprint)
    first, second = minimal_conflict(asked), minimal_conflict(all_asked(pool, blueprint))
    assert [str(statement) for statement in first] == [str(statement) for statement in second]
    assert is_feasible(asked, first) is False
    for left_out in first:
        assert is_feasible(asked, [statement for statement in first if statement is not left_out])
