"""Reading interactions on a picture: what is refused with its line, and what is said."""

from __future__ import annotations

import re

import pytest

from itembank import PackageError, check_response, read_item, score
from itembank.rendering import render_item
from itembank.scoring import scoring_rules
from tests.itembank.interaction_samples import (
    GRAPHIC,
    GRAPHIC_GAP_MATCH,
    HOTSPOT,
    MULTIPLE_HOTSPOT,
    SELECT_POINT,
    Sample,
    old_spelling,
    read_sample,
)

PICTURE = '<img src="plan.svg" alt="plan" width="200" height="100"/>'
MIDDLE = 'shape="rect" coords="80,30,120,70"'
BROKEN = [
    (HOTSPOT, 'base-type="identifier"', 'base-type="point"', "declared as single point, which this interaction cannot"),
    (HOTSPOT, PICTURE, "", "qti-hotspot-interaction: it has no picture"),
    (HOTSPOT, PICTURE, PICTURE * 2, "it has 2 pictures"),
    (HOTSPOT, ' width="200"', "", "img: its picture has no width and height"),
    (HOTSPOT, 'width="200"', 'width="50%"', "its picture has no width and height"),
    (HOTSPOT, 'height="100"', 'height="0"', "its picture has no width and height"),
    (HOTSPOT, 'height="100"', 'height="99999"', "its picture has no width and height"),
    (HOTSPOT, 'src="plan.svg"', 'src="https://example.org/plan.svg"', "is not a file of the package"),
    (HOTSPOT, 'coords="80,30,120,70"', 'coords="80,30,120"', "qti-hotspot-choice: a rect with 3 coordinates"),
    (HOTSPOT, 'coords="80,30,120,70"', 'coords="40%,30%,60%,70%"', "the coordinate '40%' is in percent"),
    (HOTSPOT, 'coords="80,30,120,70"', 'coords="200,30,201,70"', "it lies outside its picture of 200 by 100 pixels"),
    (HOTSPOT, 'coords="80,30,120,70"', 'coords="80,30,NaN,70"', "the coordinate 'NaN' is no number of pixels"),
    (HOTSPOT, MIDDLE, 'coords="80,30,120,70" shape="vierkant"', "the shape 'vierkant' is none of"),
    (HOTSPOT, MIDDLE, 'shape="default" coords=""', "the default area hides those after it"),
    (HOTSPOT, 'identifier="C"', 'identifier="A"', "choices share the identifier 'A'"),
    (HOTSPOT, "<qti-value>B", "<qti-value>Z", "the key names the choice 'Z', which is not there"),
    (MULTIPLE_HOTSPOT, 'max-choices="2"', 'max-choices="1"', "the key has 2 parts, and maxChoices is 1"),
    (MULTIPLE_HOTSPOT, 'max-choices="2"', 'max-choices="2" min-choices="3"', "minChoices is 3, and at most 2 can"),
    (GRAPHIC_GAP_MATCH, 'base-type="directedPair"', 'base-type="pair"', "declared as multiple pair"),
    (GRAPHIC_GAP_MATCH, "<qti-value>A P", "<qti-value>P A", "the key cannot be given: 'P A' is no pair"),
    (GRAPHIC_GAP_MATCH, "<qti-value>B Q", "<qti-value>B P", "the key cannot be given: 'P' stands in 2 pairs"),
    (GRAPHIC_GAP_MATCH, 'coords="40,50,20,10"', 'coords="40,50,20"', "qti-associable-hotspot: an ellipse with 3 coord"),
    (GRAPHIC_GAP_MATCH, "</qti-gap-img>", f"{PICTURE}</qti-gap-img>", "qti-gap-img: a card with 2 pictures"),
    (GRAPHIC_GAP_MATCH, 'max-associations="2"', 'min-associations="7"', "minAssociations is 7, and at most 6 can"),
    (GRAPHIC_GAP_MATCH, 'match-max="2"', 'match-max="-1"', "matchMax is '-1'"),
    (SELECT_POINT, 'base-type="point"', 'base-type="string"', "declared as multiple string"),
    (SELECT_POINT, PICTURE, "", "it has no picture"),
    (SELECT_POINT, "<qti-value>40 50", "<qti-value>400 50", "the key 400 50 lies outside its picture"),
    (SELECT_POINT, "<qti-value>40 50", "<qti-value>-1 50", "the key -1 50 lies outside its picture"),
    (SELECT_POINT, 'max-choices="2"', 'max-choices="1"', "the key has 2 parts, and maxChoices is 1"),
    (SELECT_POINT, 'max-choices="2"', 'max-choices="2" min-choices="3"', "minChoices is 3, and at most 2 can"),
    (SELECT_POINT, 'coords="40,50,10"', 'coords="20%,50%,10%"', "area-map-entry: the coordinate '20%' is in percent"),
    (SELECT_POINT, 'coords="40,50,10"', 'coords="40,50"', "qti-area-map-entry: a circle with 2 coordinates"),
    (SELECT_POINT, 'coords="40,50,10"', 'coords="40,500,10"', "qti-area-map-entry: it lies outside its picture"),
]  # fmt: skip


@pytest.mark.parametrize(("sample", "old", "new", "why"), BROKEN,
                         ids=lambda part: getattr(part, "name", part))  # fmt: skip
def test_what_cannot_be_answered_is_refused_with_line_and_reason(sample: Sample, old: str, new: str, why: str) -> None:
    assert old in sample.xml()
    with pytest.raises(PackageError) as caught:
        read_item(sample.xml().replace(old, new, 1).encode(), file="item.xml")
    problems = [str(problem) for problem in caught.value.problems]
    assert any(why in problem for problem in problems), problems
    assert all(re.match(r"item\.xml:[1-9]", problem) and problem.endswith(".") for problem in problems)


@pytest.mark.parametrize("sample", GRAPHIC, ids=lambda sample: sample.name)
def test_every_control_has_a_name_and_an_author_is_told_where_it_is_only_a_number(sample: Sample) -> None:
    silent = re.sub(r' (hotspot|object)-label="[^"]*"', "", sample.xml())
    item = read_sample(silent)
    told = [problem.why for problem in item.warnings]
    html = render_item(item).html
    assert 'aria-label=""' not in html
    if sample is SELECT_POINT:
        assert told == []
    elif sample is GRAPHIC_GAP_MATCH:
        assert told == [
            "an area has no label, so a screen reader only says its number",
            "a card has no text alternative",
        ]
        assert ">Plaats 2 van 2<" in html
        assert '<span class="unseen">Kaartje 1</span>' in html
    else:
        assert told == ["an area has no label, so a screen reader only says its number"]
        assert 'aria-label="Plaats 3 van 3"' in html


def test_a_label_may_be_an_aria_label() -> None:
    item = read_sample(HOTSPOT.xml().replace("hotspot-label", "aria-label"))
    assert item.warnings == ()
    assert 'aria-label="midden"' in render_item(item).html


def test_an_area_too_small_for_a_finger_on_a_narrow_screen_is_said() -> None:
    (told,) = read_sample(HOTSPOT.xml().replace("40,50,20", "40,50,8")).warnings
    assert told.why == "an area is only 23 pixels wide or high on a screen of 320"
    assert read_sample(HOTSPOT.xml().replace("40,50,20", "40,50,8.4")).warnings == ()
    (clipped,) = read_sample(HOTSPOT.xml().replace("40,50,20", "0,50,14")).warnings  # half of it is off the picture
    assert clipped.why == "an area is only 20 pixels wide or high on a screen of 320"


def test_an_area_that_scores_a_point_and_is_too_small_to_hit_is_said() -> None:
    (told,) = read_sample(SELECT_POINT.xml().replace("40,50,10", "40,50,3.9")).warnings  # 7.8 of 200, on 288 pixels
    assert told.why == "an area is only 11 pixels wide or high on a screen of 320"
    assert read_sample(SELECT_POINT.xml().replace("40,50,10", "40,50,4.1")).warnings == ()
    scoreless = '<qti-area-map-entry shape="circle" coords="180,80,2" mapped-value="-1"/></qti-area-mapping>'
    assert read_sample(SELECT_POINT.xml().replace("</qti-area-mapping>", scoreless)).warnings == ()


def test_points_without_areas_are_said_to_want_the_very_pixel() -> None:
    item = read_sample(SELECT_POINT.xml("match_correct"))
    assert [problem.why for problem in item.warnings] == [
        "its response has no area mapping, so a point may have to be hit to the pixel"
    ]


def test_the_most_points_of_an_item_come_from_its_areas() -> None:
    keyless = re.sub("<qti-correct-response>.*?</qti-correct-response>", "", SELECT_POINT.xml())
    whole = keyless.replace('mapped-value="0.5"', 'mapped-value="2"')
    assert read_sample(whole).maximum == 4
    assert read_sample(whole.replace("<qti-area-mapping", '<qti-area-mapping upper-bound="3"')).maximum == 3
    assert read_sample(whole.replace('"multiple"', '"single"', 1)).maximum == 2


def test_each_area_counts_once_however_many_points_are_in_it() -> None:
    item = read_sample(SELECT_POINT.xml())
    for response, points in (
        (["40 50", "41 51"], 0.5),
        (["40 60", "150 10"], 1.0),  # the border counts
        (["40 61"], 0.0),
        ([], 0.0),
    ):
        given = {"RESPONSE": response}
        check_response(render_item(item), given)
        assert score(scoring_rules(item), given).score == points


def test_a_single_point_is_sent_as_a_list_too() -> None:
    xml = re.sub("<qti-value>160 20</qti-value>", "", SELECT_POINT.xml()).replace('"multiple"', '"single"', 1)
    item = read_sample(xml.replace('mapped-value="0.5"', 'mapped-value="1"'))
    assert item.body.fields[0].maximum == 1
    assert score(scoring_rules(item), {"RESPONSE": ["45 50"]}).category == 1


@pytest.mark.parametrize("sample", GRAPHIC, ids=lambda sample: sample.name)
def test_both_spellings_look_the_same(sample: Sample) -> None:
    old = read_sample(old_spelling(sample.xml()))
    assert render_item(old).html == render_item(read_sample(sample.xml())).html
