"""Scoring one response."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itembank import ItemScore, read_item, score
from itembank.scoring import category_of, scoring_rules
from tests.itembank.conftest import CHOICE_DECLARATION

MakeItem = Callable[..., bytes]
NUMBER = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="{}"><qti-correct-response>'
    "<qti-value>{}</qti-value></qti-correct-response></qti-response-declaration>"
)
ENTRY = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'
MAXSCORE = (
    '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float"><qti-default-value>'
    "<qti-value>2</qti-value></qti-default-value></qti-outcome-declaration>"
)


def rules_of(make_item: MakeItem, base_type: str, key: str) -> str:
    """Compile the rules of a short answer."""
    return scoring_rules(read_item(make_item(body=ENTRY, declarations=NUMBER.format(base_type, key))))


def test_right_is_one_wrong_and_nothing_are_zero(make_item: MakeItem) -> None:
    rules = scoring_rules(read_item(make_item()))
    assert score(rules, {"RESPONSE": "A"}) == ItemScore(1, 1.0)
    assert score(rules, {"RESPONSE": "B"}) == ItemScore(0, 0.0)
    assert score(rules, {"RESPONSE": None}) == ItemScore(0, 0.0)
    assert score(rules, {}) == ItemScore(0, 0.0)


@pytest.mark.parametrize(
    ("base_type", "key", "right", "wrong"),
    [
        ("float", "3.5", ["3,5", "3.5", " 3,50", "03,5", "3 ,5"], ["3,05", "35", "3", "3,5 m", "drie"]),
        ("float", "-0.25", ["-0,25", "−0,25", "-,25"], ["0,25", "-25"]),
        ("integer", "12500", ["12500", "12 500", "12.500", "012500", "12500,0"], ["12,5", "1250", "125000"]),
        (
            "float",
            "0.75",
            ["3/4", "3 / 4", "\u00be", "3\u20444", "6/8", "0,75", "75/100"],
            ["4/3", "-3/4", "3/0", "3/", "1 3/4"],
        ),
        ("float", "1.5", ["3/2", "1 1/2", "1\u00bd", "1,5"], ["1/2", "11/2", "1 / 1 / 2"]),
        ("string", "3/4", ["3/4", " 3 / 4", "\u00be", "3\u20444"], ["6/8", "0,75", "3/44", "3 4"]),
        ("string", "1 1/2", ["1 1/2", "1\u00bd", "1  1 / 2"], ["3/2", "11/2"]),
        ("integer", "2", ["2"], ["4/2", "2/1"]),
        ("string", "foto's", ["foto's", " foto’s "], ["Foto's", "fotos", ""]),
    ],
)
def test_answers_are_compared_as_a_teacher_would(
    make_item: MakeItem, base_type: str, key: str, right: list[str], wrong: list[str]
) -> None:
    rules = rules_of(make_item, base_type, key)
    assert [score(rules, {"RESPONSE": typed}).category for typed in right] == [1] * len(right)
    assert [score(rules, {"RESPONSE": typed}).category for typed in wrong] == [0] * len(wrong)


def test_an_open_answer_waits_for_a_person(make_item: MakeItem) -> None:
    body = '<qti-extended-text-interaction response-identifier="R"/>'
    declaration = '<qti-response-declaration identifier="R" cardinality="single" base-type="string"/>'
    item = read_item(make_item(body=body, declarations=declaration, rules=""))
    assert score(scoring_rules(item), {"R": "Omdat de egel slaapt."}) == ItemScore(-1, 0.0)


@pytest.mark.parametrize(
    ("points", "maximum", "n_categories", "category"),
    [
        (0.0, 1, 2, 0),
        (1.0, 1, 2, 1),
        (-3.0, 1, 2, 0),
        (5.0, 1, 2, 1),
        (1.0, 3, 2, 0),
        (3.0, 3, 2, 1),
        (1.0, 3, 4, 1),
        (2.7, 3, 4, 2),
        (9.0, 3, 4, 3),
        (0.1 + 0.2 + 0.7, 1, 2, 1),
    ],
)
def test_points_become_categories(points: float, maximum: int, n_categories: int, category: int) -> None:
    assert category_of(points, maximum, n_categories) == category


def test_a_dichotomous_bank_gives_full_marks_only_for_all_points(make_item: MakeItem) -> None:
    item = read_item(make_item(extra=MAXSCORE))
    assert score(scoring_rules(item), {"RESPONSE": "A"}) == ItemScore(1, 1.0)
    assert score(scoring_rules(item, 2), {"RESPONSE": "A"}) == ItemScore(0, 1.0)


@given(response=st.dictionaries(st.sampled_from(["RESPONSE", "X"]), st.none() | st.text() | st.lists(st.text())))
def test_every_response_has_a_score(make_item: MakeItem, response: dict[str, str | list[str] | None]) -> None:
    scored = score(scoring_rules(read_item(make_item())), response)
    assert scored.category == int(response.get("RESPONSE") in ("A", ["A"]) or _trimmed(response.get("RESPONSE")) == "A")


def _trimmed(value: str | list[str] | None) -> str | None:
    """Return the one text without outer spaces."""
    texts = [text.strip() for text in ([value] if isinstance(value, str) else value or []) if text.strip()]
    return texts[0] if len(texts) == 1 else None


def test_a_response_that_is_left_out_is_empty_whatever_its_default(make_item: MakeItem) -> None:
    """Every question begins empty, so nobody gave the default that an item may declare."""
    default = "<qti-default-value><qti-value>A</qti-value></qti-default-value></qti-response-declaration>"
    declared = CHOICE_DECLARATION.replace("</qti-response-declaration>", default)
    rules = scoring_rules(read_item(make_item(declarations=declared)))
    assert score(rules, {}) == score(rules, {"RESPONSE": None}) == ItemScore(0, 0.0)
    assert score(rules, {"RESPONSE": "A"}) == ItemScore(1, 1.0)
