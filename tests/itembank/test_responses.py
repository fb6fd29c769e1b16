"""Checking that a response is one that the item can have."""

from __future__ import annotations

from typing import Any

import pytest

from itembank import DeliveryView, Interaction, ResponseError, ResponseField, Scale, check_response

VIEW = DeliveryView(
    item="W4-001@1",
    html="",
    fields=(
        ResponseField("one", Interaction.CHOICE, ("A", "B")),
        ResponseField("two", Interaction.MULTIPLE_CHOICE, ("A", "B", "C"), 2),
        ResponseField("any", Interaction.MULTIPLE_CHOICE, ("A", "B", "C"), 0),
        ResponseField("list", Interaction.INLINE_CHOICE, ("A", "B")),
        ResponseField("word", Interaction.TEXT_ENTRY),
        ResponseField("story", Interaction.EXTENDED_TEXT),
        ResponseField("mark", Interaction.HOTTEXT, ("A", "B")),
        ResponseField("marks", Interaction.MULTIPLE_HOTTEXT, ("A", "B", "C"), 2),
        ResponseField("order", Interaction.ORDER, ("A", "B", "C"), 2),
        ResponseField("match", Interaction.MATCH, ("A", "B"), 2, places=("X", "Y"), uses=(1, 0, 1, 0)),
        ResponseField("pairs", Interaction.ASSOCIATE, ("A", "B", "C"), 0, uses=(2, 1, 1)),
        ResponseField("slide", Interaction.SLIDER, scale=Scale(-1.0, 2.0, 0.1)),
        ResponseField("spot", Interaction.HOTSPOT, ("A", "B")),
        ResponseField("spots", Interaction.MULTIPLE_HOTSPOT, ("A", "B", "C"), 2),
        ResponseField("cards", Interaction.GRAPHIC_GAP_MATCH, ("A",), 0, places=("X", "Y"), uses=(1, 1, 0)),
        ResponseField("points", Interaction.SELECT_POINT, maximum=2, picture=(200, 100)),
        ResponseField("many", Interaction.SELECT_POINT, maximum=0, picture=(200, 100)),
    ),
    stimulus="",
    rendering_hash="",
)


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"one": None, "two": None, "word": None},
        {"one": "A", "two": ["A", "C"], "any": ["A", "B", "C"], "list": "B", "word": "3,5", "story": "x" * 10_000},
        {"mark": "A", "marks": ["C", "A"], "slide": "0.3"},
        {"slide": "-1"},
        {"order": ["C", "A"], "match": ["B X", "B Y"], "pairs": ["A B", "C A"]},
        {"order": [], "match": [], "pairs": []},
        {"slide": "2"},
        {"spot": "B", "spots": ["C", "A"], "cards": ["A Y"]},
        {"points": ["0 0", "200 100"], "many": ["5 5"] * 100},
        {"points": ["7 7", "7 7"]},
        {"points": [], "spots": []},
        {"two": [], "word": "x" * 1_000, "story": "een\ntwee\tdrie"},
    ],
)
def test_what_an_item_can_have_is_let_through(response: dict[str, Any]) -> None:
    check_response(VIEW, response)


@pytest.mark.parametrize(
    ("response", "field", "why"),
    [
        ({"three": "A"}, "three", "no such field"),
        ({"one": "Z"}, "one", "'Z' is none of its choices"),
        ({"one": ["A"]}, "one", "one text is expected"),
        ({"one": 1}, "one", "one text is expected"),
        ({"two": "A"}, "two", "a list of texts is expected"),
        ({"two": ["A", 1]}, "two", "a list of texts is expected"),
        ({"two": ["A", "B", "C"]}, "two", "3 choices are given; at most 2"),
        ({"any": ["A", "A"]}, "any", "a choice is named twice"),
        ({"list": ""}, "list", "'' is none of its choices"),
        ({"word": "x" * 1_001}, "word", "1001 characters; at most 1000"),
        ({"story": "x" * 10_001}, "story", "10001 characters; at most 10000"),
        ({"mark": ["A"]}, "mark", "one text is expected"),
        ({"mark": "C"}, "mark", "'C' is none of its choices"),
        ({"marks": ["A", "B", "C"]}, "marks", "3 choices are given; at most 2"),
        ({"order": "A"}, "order", "a list of texts is expected"),
        ({"order": ["A", "A"]}, "order", "a choice is named twice"),
        ({"order": ["A", "B", "C"]}, "order", "3 choices are given; at most 2"),
        ({"match": "A X"}, "match", "a list of texts is expected"),
        ({"match": ["A"]}, "match", "'A' is no pair of its choices"),
        ({"match": ["X A"]}, "match", "'X A' is no pair"),
        ({"match": ["A  X"]}, "match", "'A  X' is no pair"),
        ({"match": ["A X Y"]}, "match", "'A X Y' is no pair"),
        ({"match": [["A", "X"]]}, "match", "a list of texts is expected"),
        ({"match": ["A X", "A X"]}, "match", "a pair is named twice"),
        ({"match": ["A Y", "B X", "B Y"]}, "match", "3 pairs are given; at most 2"),
        ({"match": ["A X", "A Y"]}, "match", "'A' stands in 2 pairs; at most 1"),
        ({"pairs": ["A A"]}, "pairs", "'A A' is no pair"),
        ({"pairs": ["A B", "B A"]}, "pairs", "a pair is named twice"),
        ({"pairs": ["A B", "B C"]}, "pairs", "'B' stands in 2 pairs; at most 1"),
        ({"slide": "0.25"}, "slide", "'0.25' is no place of the slider"),
        ({"slide": "2.1"}, "slide", "no place"),
        ({"slide": "nan"}, "slide", "no place"),
        ({"slide": "1,5"}, "slide", "no place"),
        ({"slide": "٣"}, "slide", "no place"),
        ({"slide": ""}, "slide", "no place"),
        ({"slide": 1}, "slide", "one text is expected"),
        ({"slide": ["1"]}, "slide", "one text is expected"),
        ({"spot": "Z"}, "spot", "'Z' is none of its choices"),
        ({"spots": ["A", "B", "C"]}, "spots", "3 choices are given; at most 2"),
        ({"cards": ["A X", "A Y"]}, "cards", "'A' stands in 2 pairs; at most 1"),
        ({"points": "5 5"}, "points", "a list of texts is expected"),
        ({"points": [[5, 5]]}, "points", "a list of texts is expected"),
        ({"points": ["201 5"]}, "points", "'201 5' is no point of its picture"),
        ({"points": ["5 101"]}, "points", "no point"),
        ({"points": ["-1 5"]}, "points", "no point"),
        ({"points": ["5.5 5"]}, "points", "no point"),
        ({"points": ["5,5"]}, "points", "no point"),
        ({"points": ["5 5 5"]}, "points", "no point"),
        ({"points": ["NaN NaN"]}, "points", "no point"),
        ({"points": ["٣ 5"]}, "points", "no point"),
        ({"points": ["1e2 5"]}, "points", "no point"),
        ({"points": ["9" * 5_000 + " 5"]}, "points", "no point"),
        ({"points": ["5 5"] * 3}, "points", "3 points are given; at most 2"),
        ({"many": ["5 5"] * 101}, "many", "101 points are given; at most 100"),
        ({"word": "a\x00b"}, "word", "control characters"),
    ],
)
def test_what_it_cannot_have_is_refused_by_field(response: dict[str, Any], field: str, why: str) -> None:
    with pytest.raises(ResponseError, match=why) as caught:
        check_response(VIEW, response)
    assert caught.value.field == field
