"""Reading interactions: both spellings, and what is refused."""

from __future__ import annotations

import re

import pytest

from itembank import PackageError, check_response, read_item, score
from itembank.rendering import render_item
from itembank.scoring import scoring_rules
from itembank.snapshot import _field, _field_data
from tests.itembank.interaction_samples import (
    ASSOCIATE,
    GAP_MATCH,
    GRAPHIC_GAP_MATCH,
    HOTTEXT,
    MATCH,
    MULTIPLE_HOTTEXT,
    ORDER,
    SAMPLES,
    SELECT_POINT,
    SLIDER,
    Sample,
    old_spelling,
    read_sample,
)

EACH = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def refusals(xml: str) -> list[str]:
    """Read an item that must be refused."""
    with pytest.raises(PackageError) as caught:
        read_item(xml.encode(), file="item.xml")
    return [str(problem) for problem in caught.value.problems]


@EACH
def test_both_spellings_ask_the_same(sample: Sample) -> None:
    current, old = read_item(sample.xml().encode()), read_item(old_spelling(sample.xml()).encode())
    assert "qti-" not in old_spelling(sample.xml())
    assert current.body.fields == old.body.fields == (sample.field,)
    assert (current.obstacle, current.maximum, current.warnings) == ("", 1, ())
    assert old.obstacle == ""


@EACH
def test_a_field_is_the_same_after_a_bank_is_written_and_opened(sample: Sample) -> None:
    assert _field(_field_data(sample.field)) == sample.field


@EACH
def test_right_and_wrong_are_told_apart_by_the_standard_template(sample: Sample) -> None:
    item = read_sample(sample.xml())
    rules, view = scoring_rules(item), render_item(item)
    for response, points in zip(sample.responses, (1, 0), strict=True):
        check_response(view, response)
        assert score(rules, response).category == points
    assert score(rules, {"RESPONSE": None}).category == 0


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one is not SELECT_POINT], ids=lambda sample: sample.name)
def test_a_mapping_gives_its_points(sample: Sample) -> None:
    entries = "".join(f'<qti-map-entry map-key="{key}" mapped-value="2"/>' for key in sample.key)
    mapping = f'<qti-mapping default-value="0">{entries}</qti-mapping>'
    item = read_item(sample.xml("map_response", mapping).encode())
    most = 2 * len(sample.key)
    assert (item.maximum, item.obstacle) == (most, "")
    right, wrong = (score(scoring_rules(item), response).score for response in sample.responses)
    assert right == most
    assert wrong < most


@EACH
def test_neither_key_nor_mapping_is_in_what_is_served(sample: Sample) -> None:
    mapping = '<qti-mapping default-value="0"><qti-map-entry map-key="kanarie" mapped-value="777"/></qti-mapping>'
    other = sample.xml("map_response", mapping)
    for key in sample.key:
        other = other.replace(f"<qti-value>{key}</qti-value>", "")
    with_key, without = read_sample(sample.xml()), read_sample(other)
    assert render_item(with_key).html == render_item(without).html
    assert render_item(with_key).fields == render_item(without).fields


BROKEN = [
    (HOTTEXT, 'cardinality="single"', 'cardinality="ordered"', "declared as ordered identifier"),
    (HOTTEXT, 'base-type="identifier"', 'base-type="string"', "declared as single string"),
    (HOTTEXT, 'identifier="C"', 'identifier="A"', "choices share the identifier 'A'"),
    (HOTTEXT, "<qti-value>B", "<qti-value>Z", "the key names the choice 'Z', which is not there"),
    (MULTIPLE_HOTTEXT, 'max-choices="2"', 'max-choices="1"', "the key has 2 parts, and maxChoices is 1"),
    (MULTIPLE_HOTTEXT, 'max-choices="2"', 'max-choices="-2"', "maxChoices is '-2'"),
    (MULTIPLE_HOTTEXT, 'max-choices="2"', 'max-choices="2" min-choices="3"', "minChoices is 3, and at most 2 can"),
    (SLIDER, 'base-type="float"', 'base-type="identifier"', "declared as single identifier"),
    (SLIDER, 'base-type="float"', 'base-type="integer"', "step is '0.1', and its response is declared as integer"),
    (SLIDER, ' lower-bound="-1"', "", "lowerBound is missing"),
    (SLIDER, 'upper-bound="2"', 'upper-bound="-2"', "it has no room to move"),
    (SLIDER, 'upper-bound="2"', 'upper-bound="inf"', "upperBound is 'inf'"),
    (SLIDER, 'step="0.1"', 'step="0"', "it has no room to move"),
    (SLIDER, 'step="0.1"', 'step="0.7"', "its steps do not end at upperBound"),
    (SLIDER, 'step="0.1"', 'step="0.001"', "it has 3000 steps"),
    (SLIDER, 'step="0.1"', 'step="veel"', "step is 'veel'"),
    (SLIDER, "<qti-value>0.3", "<qti-value>0.35", "the key 0.35 is no place of the slider"),
    (SLIDER, "<qti-value>0.3", "<qti-value>2.1", "the key 2.1 is no place of the slider"),
    (ORDER, 'cardinality="ordered"', 'cardinality="multiple"', "declared as multiple identifier"),
    (ORDER, "<qti-value>C", "<qti-value>Z", "the key names the choice 'Z', which is not there"),
    (ORDER, "<qti-value>C", "<qti-value>A", "the key names a choice twice"),
    (ORDER, 'identifier="C"', 'identifier=""', "choices share the identifier ''"),
    (
        ORDER,
        '="RESPONSE"><qti-simple',
        '="RESPONSE" max-choices="2"><qti-simple',
        "the key has 3 parts, and maxChoices is",
    ),
    (ORDER, '="RESPONSE"><qti-simple', '="RESPONSE" min-choices="4"><qti-simple', "minChoices is 4, and at most 3 can"),
    (MATCH, 'base-type="directedPair"', 'base-type="pair"', "declared as multiple pair"),
    (MATCH, "<qti-value>A X", "<qti-value>X A", "the key cannot be given: 'X A' is no pair of its choices"),
    (MATCH, "<qti-value>A X", "<qti-value>B X", "the key cannot be given: a pair is named twice"),
    (MATCH, "<qti-value>A X", "<qti-value>B Y", "the key cannot be given: 'B' stands in 2 pairs; at most 1"),
    (MATCH, 'match-max="2"', 'match-max="1"', "the key cannot be given: 'X' stands in 2 pairs; at most 1"),
    (MATCH, 'match-max="2"', 'match-max="veel"', "matchMax is 'veel'"),
    (MATCH, 'max-associations="2"', 'max-associations="1"', "the key has 2 parts, and maxAssociations is 1"),
    (MATCH, 'max-associations="2"', 'min-associations="9"', "minAssociations is 9, and at most 4 can be given"),
    (MATCH, 'identifier="Y"', 'identifier="A"', "choices share the identifier 'A'"),
    (MATCH, 'identifier="Y"', 'identifier="Y Y"', "the identifier 'Y Y' has a space in it"),
    (MATCH, "</qti-simple-match-set>\n<qti-simple-match-set>", "", "it has 1 sets of choices"),
    (GAP_MATCH, 'base-type="directedPair"', 'base-type="identifier"', "declared as multiple identifier"),
    (GAP_MATCH, "<qti-value>A G1", "<qti-value>A G3", "the key cannot be given: 'A G3' is no pair of its choices"),
    (GAP_MATCH, "<qti-value>A G1", "<qti-value>B G2", "the key cannot be given: 'G2' stands in 2 pairs; at most 1"),
    (GAP_MATCH, '<qti-gap identifier="G2"/>', "", "the key cannot be given: 'A G2' is no pair"),
    (
        GAP_MATCH,
        '<qti-gap-text identifier="B" match-max="1">de</qti-gap-text>',
        "<qti-gap-img/>",
        "gap-img: this element",
    ),
    (ASSOCIATE, 'base-type="pair"', 'base-type="directedPair"', "declared as multiple directedPair"),
    (ASSOCIATE, "<qti-value>A B", "<qti-value>A A", "the key cannot be given: 'A A' is no pair of its choices"),
    (ASSOCIATE, "<qti-value>A B", "<qti-value>C D", "the key cannot be given: a pair is named twice"),
    (ASSOCIATE, "<qti-value>A B", "<qti-value>A C", "the key cannot be given: 'C' stands in 2 pairs; at most 1"),
]


@pytest.mark.parametrize(("sample", "old", "new", "why"), BROKEN, ids=lambda part: getattr(part, "name", part))
def test_what_cannot_be_answered_is_refused_with_line_and_reason(sample: Sample, old: str, new: str, why: str) -> None:
    assert old in sample.xml()
    problems = refusals(sample.xml().replace(old, new, 1))
    assert any(why in problem for problem in problems), problems
    assert all(problem.startswith("item.xml:") and problem.endswith(".") for problem in problems)


def test_a_word_outside_its_interaction_is_not_shown() -> None:
    xml = SLIDER.xml().replace("<qti-slider", '<p>Los <qti-hottext identifier="X">woord</qti-hottext></p><qti-slider')
    assert "<p>Los </p>" in render_item(read_item(xml.encode())).html


def test_what_stands_inside_something_else_is_not_taken_for_a_part() -> None:
    wrapped = MATCH.xml().replace("<qti-simple-match-set>", "<div><qti-simple-match-set>")
    wrapped = wrapped.replace("</qti-simple-match-set>", "</qti-simple-match-set></div>")
    assert any("it has 0 sets of choices" in problem for problem in refusals(wrapped))
    wrapped = (
        ORDER.xml()
        .replace('"RESPONSE"><qti-simple', '"RESPONSE"><div><qti-simple')
        .replace("</qti-order", "</div></qti-order")
    )
    assert any("it has 0 choices" in problem for problem in refusals(wrapped))


@pytest.mark.parametrize("inside", [GAP_MATCH.body, SLIDER.body], ids=["gap match", "slider"])
def test_an_interaction_inside_another_is_refused(inside: str) -> None:
    nested = GAP_MATCH.xml().replace("<p>Hij", f"<div>{inside}</div><p>Hij")
    assert any("it stands inside another interaction" in problem for problem in refusals(nested))


def many(name: str, number: int) -> str:
    """Write many choices."""
    return "".join(f'<qti-{name} identifier="N{n}" match-max="1">x</qti-{name}>' for n in range(number))


@pytest.mark.parametrize(
    ("sample", "end", "name", "number", "why"),
    [
        (ORDER, "</qti-order", "simple-choice", 98, "it has 101 choices"),
        (ASSOCIATE, "</qti-associate", "simple-associable-choice", 10_000, "it has 10004 choices"),
        (GAP_MATCH, "<p>", "gap-text", 99, "it has 101 choices and 2 places for them"),
        (
            MATCH,
            "</qti-simple-match-set>\n</qti-match",
            "simple-associable-choice",
            99,
            "it has 2 choices and 101 places",
        ),
    ],
    ids=lambda part: getattr(part, "name", None),
)
def test_more_than_a_page_holds_is_refused(sample: Sample, end: str, name: str, number: int, why: str) -> None:
    assert end in sample.xml()
    assert any(why in problem for problem in refusals(sample.xml().replace(end, many(name, number) + end)))


def warnings(xml: str) -> list[str]:
    """Read an item that is taken with a warning."""
    return [problem.why for problem in read_item(xml.encode()).warnings]


@pytest.mark.parametrize("sample", [MATCH, GAP_MATCH, ASSOCIATE, GRAPHIC_GAP_MATCH], ids=lambda sample: sample.name)
def test_a_limit_of_pairs_that_is_left_out_is_none_and_the_author_hears_of_it(sample: Sample) -> None:
    """It stands for 1 (the default of max-associations in the XSD of QTI 3.0), and keys have more."""
    xml = re.sub(r' max-associations="\d"', "", sample.xml())
    told = "max-associations is left out, which stands for 1: here any number of pairs may be given"
    assert told in warnings(xml)
    assert told not in warnings(sample.xml())
    (field,) = read_item(xml.encode()).body.fields
    assert field.maximum == 0
    check_response(read_item(xml.encode()).body, {"RESPONSE": sample.right})
    one = xml.replace("".join(f"<qti-value>{key}</qti-value>" for key in sample.key[1:]), "")
    assert render_item(read_sample(one)).html == render_item(read_sample(xml)).html  # whatever the key is
    limited = re.sub(r'max-associations="\d"', 'max-associations="1"', sample.xml())
    assert any("the key has 2 parts, and maxAssociations is 1" in problem for problem in refusals(limited))


@pytest.mark.parametrize("sample", [GAP_MATCH, GRAPHIC_GAP_MATCH], ids=lambda sample: sample.name)
def test_gap_matches_of_qti_2_have_no_such_limit(sample: Sample) -> None:
    xml = re.sub(r' max-associations="\d"', "", sample.xml())
    assert not [why for why in warnings(old_spelling(xml)) if "left out" in why]
    assert any(
        "maxAssociations is left out" in why
        for why in warnings(old_spelling(MATCH.xml().replace(' max-associations="2"', "")))
    )


def test_an_order_that_shows_its_own_key_is_said() -> None:
    plain = (
        ORDER.xml()
        .replace("<qti-value>C</qti-value>", "")
        .replace("B</qti-value>", "B</qti-value><qti-value>C</qti-value>")
    )
    assert warnings(plain) == ["the choices stand in the right order already"]
    assert warnings(plain.replace('"RESPONSE"><qti-simple', '"RESPONSE" shuffle="true"><qti-simple')) == []


def test_a_mapping_of_a_pair_that_is_not_there_is_said() -> None:
    mapping = '<qti-mapping default-value="0"><qti-map-entry map-key="A Z" mapped-value="1"/></qti-mapping>'
    assert warnings(MATCH.xml(mapping=mapping)) == ["the mapping names 'A Z', which is no pair of its choices"]


def test_one_pair_is_at_most_one() -> None:
    xml = (
        MATCH.xml()
        .replace('cardinality="multiple"', 'cardinality="single"', 1)
        .replace("<qti-value>B X</qti-value>", "")
    )
    item = read_item(xml.encode())
    assert item.body.fields[0].maximum == 1
    assert score(scoring_rules(item), {"RESPONSE": ["A X"]}).category == 1
