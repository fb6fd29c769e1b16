"""Rules as sentences."""

from __future__ import annotations

import pytest

from engine.assembly import Blueprint, Budget, FirstItem, Passages, Pretest
from engine.assembly.statements import INFINITY, all_asked, sentence
from tests.engine.assembly.small import counts, make_pool


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (3, INFINITY, "at least 3 passages"),
        (1, INFINITY, "at least 1 passage"),
        (0, 2, "at most 2 passages"),
        (0, 0, "no passages"),
        (3, 4, "3 to 4 passages"),
        (1, 1, "exactly 1 passage"),
        (0, INFINITY, "passages"),
    ],
)
def test_bounds_are_said_in_words(least: float, most: float, words: str) -> None:
    assert sentence("passage", "passages", least, most) == words


def test_a_blueprint_is_said_rule_by_rule_without_those_that_every_test_keeps() -> None:
    pool = make_pool(["x"] * 6 + ["y"] * 4, passage=[0] * 3 + [1] * 3 + [-1] * 4, enemies=[(6, 7)], pretest=[9])
    blueprint = Blueprint(
        length=5,
        counts=counts(x=(3, 9), y=(0, 2)),
        budgets=(Budget("seconds", 60, INFINITY),),
        passages=Passages(1, 5, 2, 3),
        first=FirstItem(alone=True, where={"area": "y"}),
        pretest=Pretest(1, 2, 4),
    )
    assert [str(statement) for statement in all_asked(pool, blueprint).statements] == [
        "exactly 5 items in all",
        "at least 3 items of x",
        "at most 2 items of y",
        "at least 60 seconds in all",
        "at least 1 passage",
        "at least 2 items of each passage",
        "at most 3 items of each passage",
        "at most one of 6, 7",
        "a first item with area y, outside passages",
        "exactly 1 field-test item",
    ]
