"""The smallest sets of rules that contradict each other, against every test that a small pool gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from engine.assembly import Blueprint, Budget, Passages, Pool, check_blueprint
from engine.assembly.conflicts import extreme, is_feasible, minimal_conflict
from engine.assembly.statements import Subject, all_asked
from engine.errors import BlueprintError
from tests.engine.assembly.banks import reference_blueprint, reference_pool
from tests.engine.assembly.every import impossible, kept_by
from tests.engine.assembly.small import counts, make_pool, problems


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


def market_split(n_budgets: int, n_items: int) -> tuple[Pool, Blueprint]:
    """Several budgets, each to be met exactly by half of the items: small, and beyond branching.

    Cornuéjols & Dawande (1998), A class of hard small 0-1 programs, IPCO VI.
    """
    amounts = np.random.default_rng(1).integers(0, 100, (n_budgets, n_items)).astype(np.float64)
    quantities = {f"q{row}": amounts[row] for row in range(n_budgets)}
    half = {name: float(values.sum() // 2) for name, values in quantities.items()}
    pool = replace(make_pool(["x"] * n_items), quantities=quantities)
    budgets = tuple(Budget(name, value, value) for name, value in half.items())
    return pool, Blueprint(n_items // 2, budgets=budgets)


def test_a_search_that_is_cut_off_says_neither_yes_nor_no() -> None:
    pool, blueprint = market_split(4, 30)
    asked = all_asked(pool, blueprint)
    assert is_feasible(asked, asked.statements, 100) is None
    with pytest.raises(BlueprintError, match="whether a test meets all rules could not be found out"):
        check_blueprint(pool, blueprint)


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
