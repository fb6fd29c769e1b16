"""The keys of mathematics items in which something is put in its place, computed from what stands on the cards."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations, pairwise

import pytest

from tests.itembank.demo.test_mathematics import QTI, Entry, entries, evaluate, is_true_for, value_of


def items(interaction: str, way: str) -> pytest.MarkDecorator:
    """Items of one interaction whose key is told in one way."""
    found = [e for e in entries() if e.catalogue["interaction"] == interaction and way in e.catalogue]
    assert found, f"no {interaction} tells its key by {way}"
    return pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.identifier) for entry in found])


def values(entry: Entry) -> dict[str, Fraction]:
    """What stands on each card, as a number: "1/4 van 12" is 3."""
    unit = entry.catalogue.get("unit")
    return {name: value_of(text.replace(" van ", " × "), unit) for name, text in entry.options("RESPONSE").items()}


def pairs(entry: Entry) -> set[frozenset[str]]:
    """The two ends of each pair of the key."""
    return {frozenset(pair.split()) for pair in entry.keys["RESPONSE"]}


@items("order", "ascending")
def test_the_right_order_goes_up(entry: Entry) -> None:
    worth = values(entry)
    in_order = [worth[name] for name in entry.keys["RESPONSE"]]
    assert len(in_order) == len(worth)
    assert all(lower < higher for lower, higher in pairwise(in_order))


@items("associate", "pairs")
def test_the_rule_holds_for_the_right_pairs_only(entry: Entry) -> None:
    worth = values(entry)
    fitting = {
        frozenset([one, other])
        for one, other in combinations(worth, 2)
        if is_true_for(entry.catalogue["pairs"], x=worth[one], y=worth[other])
    }
    assert fitting == pairs(entry)


@items("match", "pairs")
def test_the_rule_holds_for_each_card_and_its_own_place_only(entry: Entry) -> None:
    worth = values(entry)
    places = [name for name in worth if name.startswith("P")]
    fitting = {
        frozenset([card, place])
        for card in set(worth) - set(places)
        for place in places
        if is_true_for(entry.catalogue["pairs"], x=worth[card], y=worth[place])
    }
    assert fitting == pairs(entry)


@items("match", "holds")
def test_the_condition_of_a_place_holds_for_its_own_cards_only(entry: Entry) -> None:
    cards = {name: text for name, text in entry.options("RESPONSE").items() if not name.startswith("P")}
    fitting = {
        frozenset([card, place])
        for place, condition in entry.catalogue["holds"].items()
        for card, text in cards.items()
        if is_true_for(condition, x=value_of(text))
    }
    assert fitting == pairs(entry)


@items("gap_match", "compute")
def test_the_number_computed_for_a_gap_stands_on_its_own_card_only(entry: Entry) -> None:
    worth = values(entry)
    gaps = [gap.get("identifier", "") for gap in entry.root.iter(f"{QTI}qti-gap")]
    assert gaps == list(entry.catalogue["compute"])
    fitting = {
        frozenset([card, gap])
        for gap, expression in entry.catalogue["compute"].items()
        for card in worth
        if worth[card] == evaluate(expression)
    }
    assert fitting == pairs(entry)


def test_a_story_of_groups_asks_for_their_number_times_what_is_in_each() -> None:
    """In Flanders 3 × 12 is "3 keer 12": three groups of twelve."""
    (entry,) = [entry for entry in entries() if entry.identifier == "W4-272"]
    options = entry.options("RESPONSE")
    key = dict(pair.split() for pair in entry.keys["RESPONSE"])
    cards = {card: text for card, text in options.items() if not card.startswith("P")}
    assert all(text.endswith("?") for text in cards.values())
    groups, each = re.findall(r"\d+", cards["A"])
    assert "telkens" in cards["A"]
    assert options[key["A"]] == f"{groups} × {each}"


@pytest.mark.parametrize(("right", "wrong"), [("gcd(x, 10) == 5", "gcd(x, 10) == 2"), ("x + y == 90", "x == y")])
def test_a_rule_that_does_not_hold_is_told_from_one_that_does(right: str, wrong: str) -> None:
    assert is_true_for(right, x=Fraction(85), y=Fraction(5))
    assert not is_true_for(wrong, x=Fraction(85), y=Fraction(5))
