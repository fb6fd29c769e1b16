"""The demo asks in every way there is, each as its kind must be written, and gives points for parts."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from itembank import Interaction, ItemSource, read_design, read_item, score
from itembank.demo import SUBJECTS, design_files, read_catalogue, read_keys
from itembank.labels import item_labels
from itembank.qti.nodes import attribute, name_of
from itembank.scoring import scoring_rules

DEMO = Path(__file__).parents[3] / "itembank" / "demo"
QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
SUBJECT = {entry.identifier: entry.subject for entry in read_catalogue()}
LINES: dict[str, dict[str, Any]] = {
    line["identifier"]: line
    for subject in SUBJECTS
    for line in tomllib.loads((DEMO / subject / "catalogue.toml").read_text(encoding="utf-8"))["item"]
}
WRITTEN = ("mathematics", "dutch")
PLACED = ("order", "match", "gap_match", "associate", "hottext", "multiple_hottext", "slider")


def source(identifier: str) -> ItemSource:
    """One item, as the importer reads it."""
    path = DEMO / SUBJECT[identifier] / "items" / f"{identifier}.xml"
    return read_item(path.read_bytes(), file=path.name)


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    """Run a test for each item of these kinds."""
    found = [name for name, line in LINES.items() if line["interaction"] in kinds]
    return pytest.mark.parametrize("item", [pytest.param(source(name), id=name) for name in found])


def shown(item: ItemSource, *names: str) -> list[str]:
    """Identifiers of the parts of these kinds, in the order in which they are written."""
    return [attribute(part, "identifier") for part in item.body.root.iter("*") if name_of(part) in names]


def points(item: ItemSource, value: Sequence[str]) -> float:
    """Points for one answer."""
    return score(scoring_rules(item), {"RESPONSE": list(value)}).score


def test_every_interaction_is_used_often_enough_to_be_met() -> None:
    counts = Counter((SUBJECT[name], line["interaction"]) for name, line in LINES.items())
    for kind in ("order", "match", "gap_match", "associate"):
        assert min(counts[subject, kind] for subject in WRITTEN) >= 4, kind
    assert counts["mathematics", "slider"] >= 4
    assert counts["dutch", "hottext"] >= 2
    assert counts["dutch", "multiple_hottext"] >= 4


@of_kind(*PLACED)
def test_the_catalogue_says_how_it_is_asked_and_what_it_is_worth(item: ItemSource) -> None:
    line = LINES[item.identifier]
    [field] = item.body.fields
    assert field.interaction == line["interaction"]
    assert (item.obstacle, item.warnings, item.maximum) == ("", (), line.get("points", 1))
    assert item.maximum <= 3
    key = read_keys()[item.identifier]["RESPONSE"]
    assert (len(key) > 1) == field.is_list
    if field.is_list:
        assert field.maximum in (0, len(key))


@of_kind("order")
def test_the_cards_of_an_order_lie_neither_in_the_right_order_nor_in_its_reverse(item: ItemSource) -> None:
    key, written = read_keys()[item.identifier]["RESPONSE"], tuple(shown(item, "simpleChoice"))
    assert written == tuple(sorted(written))  # so that identifiers tell nothing about the key
    assert sorted(key) == list(written)
    assert written not in (key, key[::-1])


@of_kind("match", "gap_match")
def test_cards_do_not_lie_as_their_places_do(item: ItemSource) -> None:
    [field] = item.body.fields
    right = dict(pair.split() for pair in read_keys()[item.identifier]["RESPONSE"])
    in_order_of_cards = [right[card] for card in field.choices if card in right]
    assert list(field.choices) == sorted(field.choices)
    assert in_order_of_cards != [place for place in field.places if place in in_order_of_cards]
    assert in_order_of_cards != sorted(in_order_of_cards)


@of_kind("associate")
def test_no_two_cards_of_a_pair_lie_side_by_side(item: ItemSource) -> None:
    key = {frozenset(pair.split()) for pair in read_keys()[item.identifier]["RESPONSE"]}
    [field] = item.body.fields
    assert list(field.choices) == sorted(field.choices)
    assert {name for pair in key for name in pair} == set(field.choices)
    assert not [pair for pair in zip(field.choices, field.choices[1:], strict=False) if frozenset(pair) in key]


@of_kind("hottext", "multiple_hottext")
def test_a_text_offers_enough_places_to_point_at(item: ItemSource) -> None:
    [field] = item.body.fields
    assert len(field.choices) >= 2 * len(read_keys()[item.identifier]["RESPONSE"])


@of_kind("slider")
def test_a_slider_does_not_start_or_end_at_its_answer(item: ItemSource) -> None:
    [field] = item.body.fields
    assert field.scale is not None
    right = float(read_keys()[item.identifier]["RESPONSE"][0])
    assert field.scale.lower < right < field.scale.upper
    assert (field.scale.upper - field.scale.lower) / field.scale.step >= 8  # a guess is right once in nine, at most


@of_kind(*(kind for kind in PLACED if kind not in ("slider", "hottext")))
def test_part_of_the_key_gives_its_share_of_the_points_where_parts_count(item: ItemSource) -> None:
    key = read_keys()[item.identifier]["RESPONSE"]
    counts = LINES[item.identifier].get("points", 1) > 1
    assert points(item, key) == item.maximum
    for size in range(len(key)):
        wanted = item.maximum * size / len(key) if counts else 0.0
        assert points(item, key[:size]) == points(item, key[len(key) - size :]) == pytest.approx(wanted)


def test_points_for_parts_are_given_in_both_subjects() -> None:
    worth = Counter(SUBJECT[name] for name, line in LINES.items() if line.get("points", 1) > 1)
    assert min(worth[subject] for subject in WRITTEN) >= 4


def test_identifiers_of_choices_tell_nothing_about_the_key() -> None:
    """They run on in the order in which they are written, whatever the key is."""
    for name, line in LINES.items():
        if line["interaction"] in PLACED:
            root = etree.parse(DEMO / SUBJECT[name] / "items" / f"{name}.xml").getroot()
            for kind in ("simple-choice", "simple-associable-choice", "gap-text", "gap", "hottext"):
                found = [part.get("identifier", "") for part in root.iter(f"{QTI}qti-{kind}")]
                assert found == sorted(found), name


@of_kind(Interaction.EXTENDED_TEXT)
def test_what_a_person_must_rate_is_in_no_test(item: ItemSource) -> None:
    assert (item.obstacle, item.maximum, item.warnings) == ("a person must rate it", 3, ())
    labels = item_labels(LINES[item.identifier]["area"], (), item.interactions)
    assert not [path.stem for path in design_files() if read_design(path).filter.takes(labels, ())]


def test_no_interaction_that_can_be_shown_is_missing() -> None:
    assert {line["interaction"] for line in LINES.values()} == set(Interaction)
