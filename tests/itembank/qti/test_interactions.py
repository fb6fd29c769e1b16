"""Reading interactions: both spellings, and what is refused."""

from __future__ import annotations

import pytest

from itembank import PackageError, check_response, read_item, score
from itembank.rendering import render_item
from itembank.scoring import scoring_rules
from itembank.snapshot import _field, _field_data
from tests.itembank.interaction_samples import (
    HOTTEXT,
    MULTIPLE_HOTTEXT,
    SAMPLES,
    SLIDER,
    Sample,
    old_spelling,
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
    item = read_item(sample.xml().encode())
    rules, view = scoring_rules(item), render_item(item)
    for response, points in zip(sample.responses, (1, 0), strict=True):
        check_response(view, response)
        assert score(rules, response).category == points
    assert score(rules, {"RESPONSE": None}).category == 0


@EACH
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
    with_key, without = read_item(sample.xml().encode()), read_item(other.encode())
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
