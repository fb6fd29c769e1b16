from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from itembank import ItemSource, check_response, read_item, score
from itembank.demo import read_keys
from itembank.rendering import render_item
from itembank.scoring import scoring_rules
from loadtest.fragments import Field, read_fields
from peil.demo.mistakes import right_value, wrong_value

ITEMS = Path(__file__).parents[3] / "itembank" / "demo"
CHOICE = Field("RESPONSE", "choice", ("A", "B", "C", "D"), 1)
MULTIPLE = Field("RESPONSE", "multiple_choice", ("A", "B", "C", "D"), 2)
TYPED = Field("RESPONSE", "text_entry", (), 1)
ORDER = Field("RESPONSE", "order", ("A", "B", "C", "D"), 4)
SLIDER = Field("RESPONSE", "slider", ("0", "10", "20", "30", "40"), 1)
MATCH = Field(
    "RESPONSE",
    "match",
    tuple(f"{card} {place}" for card in "ABC" for place in "PQR"),
    3,
    {"A": 1, "B": 1, "C": 1, "P": 1, "Q": 2},
)
RIGHT_ORDER, RIGHT_PAIRS = ("C", "A", "D", "B"), ("A P", "B Q", "C Q")


def test_numbers_are_typed_with_a_comma() -> None:
    assert right_value(TYPED, ("3.5",)) == "3,5"
    assert right_value(TYPED, ("De kat.",)) == "De kat."
    assert right_value(SLIDER, ("10",)) == "10"
    assert right_value(MULTIPLE, ("A", "D")) == ["A", "D"]


@pytest.mark.parametrize(
    ("field", "key"),
    [
        (CHOICE, ("B",)),
        (MULTIPLE, ("A", "D")),
        (TYPED, ("3.5",)),
        (TYPED, ("12",)),
        (TYPED, ("kat",)),
        (TYPED, ("3/4",)),
        (ORDER, RIGHT_ORDER),
        (SLIDER, ("20",)),
    ],
)
def test_a_wrong_answer_is_never_the_key(field: Field, key: tuple[str, ...]) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        value = wrong_value(field, key, rng)
        assert value != right_value(field, key)
        if field.is_list:
            assert isinstance(value, list)
            assert len(set(value)) == len(key) <= field.maximum


@pytest.mark.parametrize(("field", "key"), [(ORDER, RIGHT_ORDER), (MATCH, RIGHT_PAIRS), (MULTIPLE, ("A", "D"))])
def test_of_what_is_missed_as_many_parts_are_right_as_the_pupil_knows(field: Field, key: tuple[str, ...]) -> None:
    rng = np.random.default_rng(2)
    for n_known in range(len(key)):
        for _ in range(50):
            value = wrong_value(field, key, rng, n_known)
            assert isinstance(value, list)
            if field is ORDER:  # a part is right in its place; the last one cannot be wrong alone
                assert sum(map(str.__eq__, value, key)) == min(n_known, len(key) - 2)
            else:
                assert len(set(value) & set(key)) == n_known


def test_a_lost_pair_goes_where_there_is_room_and_nowhere_else() -> None:
    rng, seen = np.random.default_rng(3), set()
    for number in range(300):
        pairs = wrong_value(MATCH, RIGHT_PAIRS, rng, number % 3)
        assert isinstance(pairs, list)
        assert set(pairs) != set(RIGHT_PAIRS)
        used = Counter(end for pair in pairs for end in pair.split())
        assert all(used[end] <= most for end, most in MATCH.uses.items())
        seen |= set(pairs)
    assert seen == set(MATCH.choices)


def test_a_slider_is_set_wrong_near_its_answer_more_often_than_far_away() -> None:
    rng = np.random.default_rng(4)
    stops = Counter(str(wrong_value(SLIDER, ("10",), rng)) for _ in range(400))
    assert set(stops) == {"0", "20", "30", "40"}
    assert stops["0"] + stops["20"] > 2 * (stops["30"] + stops["40"])


def demo_items() -> list[ItemSource]:
    """Every item of the demo that a machine scores, with a place for its pictures."""
    read = [read_item(path.read_bytes(), file=path.name) for path in sorted(ITEMS.glob("*/items/*.xml"))]
    return [
        replace(item, media=dict.fromkeys(item.body.pictures, f"{0:064}.svg")) for item in read if not item.obstacle
    ]


def test_virtual_pupils_do_in_every_demo_item_what_it_allows_and_get_full_marks_only_where_they_know_it() -> None:
    rng = np.random.default_rng(5)
    for item in demo_items():
        view, rules, key = render_item(item), scoring_rules(item), read_keys()[item.identifier]
        fields = read_fields(view.html)
        right = {field.identifier: right_value(field, key[field.identifier]) for field in fields}
        assert score(rules, right).category == item.maximum, item.identifier
        for field in fields:
            parts = key[field.identifier]
            for n_known in range(len(parts)):
                given = {**right, field.identifier: wrong_value(field, parts, rng, n_known)}
                check_response(view, given)
                worth = item.maximum * n_known / len(parts) if item.maximum > 1 else 0.0
                assert score(rules, given).score == pytest.approx(worth), (item.identifier, given)


@pytest.mark.parametrize(("field", "key"), [(CHOICE, ("B",)), (MULTIPLE, ("A", "D"))])
def test_the_order_on_the_screen_changes_no_answer(field: Field, key: tuple[str, ...]) -> None:
    turned = replace(field, choices=field.choices[::-1])
    drawn = [[wrong_value(one, key, np.random.default_rng(seed)) for seed in range(20)] for one in (field, turned)]
    assert drawn[0] == drawn[1]
