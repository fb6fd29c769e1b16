"""The mathematics items through the importer's reader and the scorer: right is 1, all else is 0."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from itembank import Interaction, ItemSource, Response, ResponseField, ResponseValue, read_item, score
from itembank.demo import read_keys
from itembank.media import read_media
from itembank.scoring import scoring_rules
from tests.itembank.demo.every_answer import every_answer, is_same
from tests.itembank.demo.test_mathematics import catalogue

POINTS = {line["identifier"]: line.get("points", 1) for line in catalogue()["item"]}
FOLDER = Path(__file__).parents[3] / "itembank" / "demo" / "mathematics" / "items"
ITEMS = [read_item(path.read_bytes(), file=path.name) for path in sorted(FOLDER.glob("*.xml"))]

FAR = 35
"""Pixels of a picture: a point that is farther off stands nowhere near the right one."""

every_item = pytest.mark.parametrize("item", [pytest.param(item, id=item.identifier) for item in ITEMS])


def category(item: ItemSource, response: Response) -> int:
    """Category of a response."""
    return score(scoring_rules(item, 2), response).category


def right_answers(item: ItemSource) -> dict[str, str | list[str]]:
    """Return the key, as a pupil would send it."""
    keys = read_keys()[item.identifier]
    return {
        field.identifier: list(keys[field.identifier]) if field.is_list else keys[field.identifier][0]
        for field in item.body.fields
    }


def spellings(number: str) -> Iterator[str]:
    """Ways in which a Flemish child types a number."""
    whole, _, decimals = number.partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    for start in {whole, grouped, grouped.replace(" ", "\u00a0"), f" {whole}"}:
        yield start if not decimals else f"{start},{decimals}"
    if decimals:
        yield from (number, f"{whole},{decimals}0")


def wrong_answers(field: ResponseField, right: str | list[str]) -> Iterator[ResponseValue]:
    """Answers to one field that must not score."""
    if field.interaction is Interaction.SELECT_POINT:
        key = [float(number) for number in right[0].split()]
        every = product(*(range(0, side, 7) for side in field.picture))
        yield from ([f"{x} {y}"] for x, y in every if math.dist((x, y), key) > FAR)
    elif field.interaction in (Interaction.MULTIPLE_CHOICE, Interaction.MULTIPLE_HOTSPOT):
        subsets = product((False, True), repeat=len(field.choices))
        for subset in subsets:
            chosen = [choice for choice, taken in zip(field.choices, subset, strict=True) if taken]
            if sorted(chosen) != sorted(right):
                yield chosen
    elif field.is_typed:
        yield from (f"{right}1", f"1{right}", "0", "weet ik niet", "?", "x" * 40)
    else:
        yield from (given for given in every_answer(field) if not is_same(field, given, right))


@every_item
def test_the_reader_takes_the_item_without_a_remark(item: ItemSource) -> None:
    assert item.obstacle == ""
    assert item.warnings == ()
    assert item.maximum == POINTS[item.identifier]
    assert item.body.language == "nl-BE"
    assert len(item.interactions) == 1


@pytest.mark.parametrize("path", [pytest.param(p, id=p.stem) for p in sorted((FOLDER.parent / "media").glob("*.svg"))])
def test_a_picture_is_taken_whole(path: Path) -> None:
    media = read_media(path.read_bytes(), path.name)
    assert media.media_type == "image/svg+xml"
    assert media.removed == ()


@every_item
def test_the_key_scores_and_nothing_does_not(item: ItemSource) -> None:
    right = right_answers(item)
    assert category(item, right) == 1
    assert category(item, {}) == 0
    assert category(item, dict.fromkeys(right)) == 0
    assert category(item, {name: [] if isinstance(answer, list) else "" for name, answer in right.items()}) == 0


@every_item
def test_a_wrong_answer_in_any_field_does_not_score(item: ItemSource) -> None:
    right = right_answers(item)
    for field in item.body.fields:
        tried = 0
        for wrong in wrong_answers(field, right[field.identifier]):
            assert category(item, {**right, field.identifier: wrong}) == 0, wrong
            tried += 1
        assert tried >= 2
        assert category(item, {**right, field.identifier: None}) == 0


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(item, id=item.identifier)
        for item in ITEMS
        if set(item.body.base_types.values()) <= {"integer", "float"} and item.body.fields[0].is_typed
    ],
)
def test_a_number_may_be_typed_as_children_do(item: ItemSource) -> None:
    right = right_answers(item)
    for field in item.body.fields:
        number = right[field.identifier]
        assert isinstance(number, str)
        for typed in spellings(number):
            assert category(item, {**right, field.identifier: typed}) == 1, typed


@pytest.mark.parametrize(
    ("identifier", "typed", "expected"),
    [
        ("W4-040", "10.23", 1),
        ("W4-040", "10:23", 1),
        ("W4-040", "10 u 23", 1),
        ("W4-040", "10U23", 1),
        ("W4-040", "10.23 uur", 1),
        ("W4-040", "9.83", 0),
        ("W4-040", "22.23", 0),
        ("W4-310", "5/6", 1),
        ("W4-310", " 5 / 6 ", 1),
        ("W4-310", "\u215a", 1),  # one character, as some keyboards make it
        ("W4-310", "10/12", 1),
        ("W4-310", "20/24", 1),
        ("W4-310", "6/5", 0),
        ("W4-311", "3/4", 1),
        ("W4-311", "\u00be", 1),
        ("W4-311", "6/8", 0),  # the smallest denominator is asked
        ("W4-312", "30/100", 1),
        ("W4-312", "0,3", 0),  # a fraction is asked
        ("W4-312", "9/30", 1),
        ("W4-312", "300/1000", 1),
        ("W4-313", "21/27", 1),
        ("W4-314", "3/8", 1),
        ("W4-314", "6/16", 1),
        ("W4-314", "0,375", 1),
        ("W4-314", "5/8", 0),
        ("W4-315", "1/8", 1),
        ("W4-316", "3/4", 1),
        ("W4-316", "45/60", 1),
        ("W4-316", "0,75", 1),
        ("W4-316", "0,45", 0),
        ("W4-317", "1/3", 1),
        ("W4-317", "8/24", 1),
        ("W4-317", "33/99", 1),
        ("W4-317", "16/24", 0),
        ("W4-051", "D2", 1),
        ("W4-051", "d2", 1),
        ("W4-051", "D 2", 1),
        ("W4-051", "B3", 0),
        ("W4-051", "2", 0),
    ],
)
def test_a_time_and_a_place_may_be_spelled_in_several_ways(identifier: str, typed: str, expected: int) -> None:
    item = next(item for item in ITEMS if item.identifier == identifier)
    assert category(item, {"RESPONSE": typed}) == expected
