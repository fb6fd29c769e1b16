"""Items that say nearly the same are found, exactly those."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itembank import near_duplicates, read_item
from itembank.likeness import _phrases
from itembank.qti import ItemSource
from tests.itembank.conftest import MakeItem

WORDS = ["de", "het", "een", "hond", "kat", "boom", "huis", "loopt", "zit", "ligt", "onder", "naast", "op", "achter"]


def saying(make_item: MakeItem, identifier: str, text: str) -> ItemSource:
    """An item that asks this, with a box to type in."""
    body = f'<p>{text}</p><qti-text-entry-interaction response-identifier="RESPONSE"/>'
    declaration = (
        '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string">'
        "<qti-correct-response><qti-value>x</qti-value></qti-correct-response></qti-response-declaration>"
    )
    return read_item(make_item(identifier, body=body, declarations=declaration))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Jan heeft 12 knikkers en krijgt er 7 bij.", "Jan heeft 3,5 knikkers en krijgt er 1 000 bij.", 1.0),
        ("Jan heeft twaalf KNIKKERS, en één bal.", "Jan heeft twaalf knikkers, en een bal.", 1.0),
        ("a b c d e f g h i j k l", "a b c d e f g h i j k m", 9 / 11),
    ],
)
def test_what_is_nearly_the_same_is_named_with_how_much(
    make_item: MakeItem, one: str, other: str, share: float
) -> None:
    items = [saying(make_item, "W1", one), saying(make_item, "W2", other)]
    (found,) = near_duplicates(items)
    assert (found.one, found.other) == ("W1", "W2")
    assert found.share == pytest.approx(share)


def test_items_that_only_show_pictures_are_alike_when_the_pictures_are(make_item: MakeItem) -> None:
    pictures = ({"a.svg": "1.svg"}, {"a.svg": "2.svg"}, {"b.svg": "1.svg"})
    items = [replace(saying(make_item, f"W{n}", ""), media=media) for n, media in enumerate(pictures)]
    assert [(pair.one, pair.other) for pair in near_duplicates(items)] == [("W0", "W2")]
    assert near_duplicates([saying(make_item, f"W{n}", "") for n in range(3)]) == ()


def test_what_only_begins_alike_is_not_named(make_item: MakeItem) -> None:
    items = [
        saying(make_item, "W1", "Welk getal is het grootst? Denk aan de waarde van elk cijfer."),
        saying(make_item, "W2", "Welk getal is het grootst? Kijk goed naar de breuken op de lijn."),
    ]
    assert near_duplicates(items) == ()


def test_many_of_a_kind_are_each_paired_with_the_first_only(make_item: MakeItem) -> None:
    items = [saying(make_item, f"W{n}", f"Hoeveel is {n} maal {n + 1} samen?") for n in range(50)]
    found = near_duplicates(items)
    assert {pair.one for pair in found} == {"W0"}
    assert len(found) == 49


@settings(max_examples=30, deadline=None)
@given(
    texts=st.lists(st.lists(st.sampled_from(WORDS[:6]), min_size=1, max_size=9), min_size=2, max_size=12),
    alike=st.sampled_from([0.3, 0.5, 0.8, 1.0]),
)
def test_no_pair_is_missed(make_item: MakeItem, texts: list[list[str]], alike: float) -> None:
    """Beside comparing every pair; of those that are the same one stands for all."""
    items = [saying(make_item, f"W{n:02}", " ".join(words)) for n, words in enumerate(texts)]
    distinct: dict[frozenset[tuple[str, ...]], str] = {}
    for item in items:
        distinct.setdefault(_phrases(item), item.identifier)
    expected = {
        frozenset((one, other))
        for (held, one), (known, other) in combinations(distinct.items(), 2)
        if len(held & known) / len(held | known) >= alike
    }
    found = {frozenset((pair.one, pair.other)) for pair in near_duplicates(items, alike) if pair.share < 1.0}
    assert found == expected
