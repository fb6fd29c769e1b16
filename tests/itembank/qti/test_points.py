"""How many points an item is worth: no more than an answer can get, and none that nobody can."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from itembank import ItemSource, read_item, score
from itembank.errors import ResponseError
from itembank.responses import check_response
from itembank.scoring import scoring_rules
from tests.itembank.conftest import MATCH_CORRECT, MakeItem
from tests.itembank.drawn_samples import drawn_item, draws, variable
from tests.itembank.interaction_samples import SELECT_POINT

MAP_RESPONSE, MAP_POINT = (
    MATCH_CORRECT.replace("match_correct", name) for name in ("map_response", "map_response_point")
)
MAXSCORE = (
    '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float"><qti-default-value>'
    "<qti-value>2</qti-value></qti-default-value></qti-outcome-declaration>"
)


def declared(
    base_type: str,
    *key: str,
    cardinality: str = "multiple",
    mapping: dict[str, float] | None = None,
    default: float = 0,
) -> str:
    """Declare the response, with its key and what its parts are worth."""
    values = "".join(f"<qti-value>{value}</qti-value>" for value in key)
    correct = f"<qti-correct-response>{values}</qti-correct-response>" if key else ""
    entries = "".join(f'<qti-map-entry map-key="{k}" mapped-value="{w}"/>' for k, w in (mapping or {}).items())
    mapped = f'<qti-mapping default-value="{default}">{entries}</qti-mapping>' if mapping else ""
    return (
        f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}">'
        f"{correct}{mapped}</qti-response-declaration>"
    )


def choices(limits: str) -> str:
    """Ask for some of the choices A, B, C and D."""
    offered = "".join(f'<qti-simple-choice identifier="{name}">{name}</qti-simple-choice>' for name in "ABCD")
    return f'<qti-choice-interaction response-identifier="RESPONSE" {limits}>{offered}</qti-choice-interaction>'


def pairs(limit: int, uses: tuple[int, ...] = (1,) * 6) -> str:
    """Ask what of A, B and C goes with X, Y and Z."""
    parts = [
        f'<qti-simple-associable-choice identifier="{name}" match-max="{most}">{name}</qti-simple-associable-choice>'
        for name, most in zip("ABCXYZ", uses, strict=True)
    ]
    sets = "".join(f"<qti-simple-match-set>{''.join(held)}</qti-simple-match-set>" for held in (parts[:3], parts[3:]))
    limited = f'response-identifier="RESPONSE" max-associations="{limit}"'
    return f"<qti-match-interaction {limited}>{sets}</qti-match-interaction>"


def best_of_all(item: ItemSource, parts: list[str]) -> float:
    """Most points that any answer gets, by trying all of them."""
    best = 0.0
    for n in range(len(parts) + 1):
        for chosen in itertools.combinations(parts, n):
            try:
                check_response(item.body, {"RESPONSE": list(chosen)})
            except ResponseError:
                continue
            best = max(best, score(scoring_rules(item), {"RESPONSE": list(chosen)}).score)
    return best


ABC = {"A": 1.0, "B": 1.0, "C": 1.0}


@pytest.mark.parametrize(
    ("made", "missing"),
    [
        ({"declarations": declared("identifier", cardinality="single"), "body": choices('max-choices="1"')}, True),
        ({"declarations": declared("identifier", "A", cardinality="single"), "body": choices("")}, False),
    ],
)
def test_rules_that_ask_for_a_key_that_is_not_there_are_an_obstacle(
    make_item: MakeItem, made: dict[str, str], missing: bool
) -> None:
    item = read_item(make_item(**made))
    assert item.obstacle == ("its rules ask for the key of RESPONSE, which has none" if missing else "")
    assert len(item.warnings) == missing


def test_a_draw_that_sets_no_key_is_an_obstacle() -> None:
    drawn = draws("A", 2, 9) + draws("B", 2, 9)
    assert read_item(drawn_item(rules=drawn)).obstacle == "its rules ask for the key of RESPONSE, which has none"
    assert read_item(drawn_item()).obstacle == ""


@pytest.mark.parametrize(
    ("limits", "mapping", "maximum"),
    [
        ('max-choices="2"', ABC, 2),
        ('max-choices="0"', ABC, 3),
        ("", ABC, 1),
        ('max-choices="2"', {"A": 2.0, "B": -1.0, "C": 1.0, "E": 9.0}, 3),
    ],
)
def test_a_mapping_gives_no_more_than_the_choices_that_may_be_chosen(
    make_item: MakeItem, limits: str, mapping: dict[str, float], maximum: int
) -> None:
    item = read_item(
        make_item(declarations=declared("identifier", mapping=mapping), body=choices(limits), rules=MAP_RESPONSE)
    )
    assert (item.maximum, item.obstacle) == (maximum, "")
    assert best_of_all(item, list("ABCD")) == maximum


def test_alternatives_of_a_match_count_once(make_item: MakeItem) -> None:
    mapping = dict.fromkeys(("A X", "A Y", "B Y", "B Z", "C Z"), 1.0)
    key = declared("directedPair", "A X", "B Y", "C Z", mapping=mapping)
    item = read_item(make_item(declarations=key, body=pairs(0), rules=MAP_RESPONSE))
    assert (item.maximum, item.obstacle, item.warnings) == (3, "", ())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(-1, 3), min_size=9, max_size=9),
    st.tuples(*[st.integers(0, 2)] * 6),
    st.integers(0, 4),
)
def test_the_best_pairs_are_those_of_the_best_answer(
    make_item: MakeItem, worths: list[int], uses: tuple[int, ...], limit: int
) -> None:
    every = [f"{one} {other}" for one in "ABC" for other in "XYZ"]
    mapping = dict(zip(every, map(float, worths), strict=True))
    xml = make_item(declarations=declared("directedPair", mapping=mapping), body=pairs(limit, uses), rules=MAP_RESPONSE)
    item = read_item(xml)
    assert max(1.0, best_of_all(item, every)) == item.maximum


def test_a_point_counts_for_one_of_two_areas_that_hold_it() -> None:
    areas = "".join(
        f'<qti-area-map-entry shape="circle" coords="60,50,{size}" mapped-value="{worth}"/>'
        for size, worth in ((5, 2), (40, 1))
    )
    xml = SELECT_POINT.xml("map_response_point", f"<qti-area-mapping>{areas}</qti-area-mapping>")
    for limit, maximum in ((1, 2), (2, 3)):
        limited = xml.replace('max-choices="2"', f'max-choices="{limit}"').replace("<qti-value>160 20</qti-value>", "")
        assert f'max-choices="{limit}"' in limited
        assert read_item(limited.encode()).maximum == maximum


def test_points_that_are_declared_and_that_no_answer_gets_are_an_obstacle(make_item: MakeItem) -> None:
    item = read_item(make_item(extra=MAXSCORE))
    assert (item.maximum, item.obstacle) == (2, "its own key scores 1 of 2 points")
    assert len(item.warnings) == 1


def test_a_key_that_is_not_the_best_answer_is_said(make_item: MakeItem) -> None:
    key = declared("identifier", "A", "B", mapping=ABC)
    item = read_item(make_item(declarations=key, body=choices('max-choices="3"'), rules=MAP_RESPONSE))
    assert (item.maximum, item.obstacle) == (3, "")
    assert [problem.why for problem in item.warnings] == [
        "its own key scores 2 of 3 points, so another answer counts for more"
    ]


@pytest.mark.parametrize("limits", ["", 'max-choices="1"'])
def test_a_key_of_more_choices_than_may_be_chosen_is_an_obstacle(make_item: MakeItem, limits: str) -> None:
    item = read_item(make_item(declarations=declared("identifier", "A", "B"), body=choices(limits)))
    assert (
        item.obstacle
        == "nobody could give its key: response field RESPONSE: 2 choices are given; at most 1 are allowed"
    )
    assert len(item.warnings) == 1


def test_more_choices_that_must_be_chosen_than_may_be_are_said(make_item: MakeItem) -> None:
    limits = 'min-choices="4" max-choices="2"'
    (warning,) = read_item(make_item(declarations=declared("identifier", "A", "B"), body=choices(limits))).warnings
    assert warning.why == "minChoices is 4, and at most 2 can be given"


def test_a_point_that_is_drawn_is_a_key_that_can_be_given() -> None:
    """The coordinates of a point are floats, and what is sent are whole pixels."""
    body = SELECT_POINT.body.replace("<qti-prompt>", '<qti-prompt><qti-printed-variable identifier="A"/> ')
    point = '<qti-base-value base-type="point">60 50</qti-base-value>'
    key = f'<qti-set-correct-response identifier="RESPONSE">{point}</qti-set-correct-response>'
    xml = drawn_item(variables=variable("A"), rules=draws("A", 2, 9) + key, body=body, base_type="point")
    item = read_item(xml)
    assert (item.obstacle, item.body.is_drawn) == ("", True)
    assert score(scoring_rules(item), {"RESPONSE": ["60 50"]}, 3).score == 1.0
