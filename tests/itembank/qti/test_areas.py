"""Areas of a picture: what is one, and that what is drawn and boxed is what the rules hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itembank.qti.areas import AreaError, box_of, parse_area
from itembank.qti.processing.operators.comparison import in_area
from tests.itembank.interaction_samples import SELECT_POINT, read_sample

SIZE = (200, 100)
WHOLE = st.integers(0, 100)


@pytest.mark.parametrize(
    ("shape", "coords", "box"),
    [
        ("circle", "40,50,20", (20, 30, 60, 70)),
        ("circle", " 0 , 0 , 30.5 ", (0, 0, 30.5, 30.5)),
        ("rect", "0,0,200,100", (0, 0, 200, 100)),
        ("ellipse", "190,50,20,10", (170, 40, 200, 60)),
        ("poly", "10,10,50,20,30,90", (10, 10, 50, 90)),
        ("poly", "10,10,50,20,30,90,10,10", (10, 10, 50, 90)),
        ("circle", "201,50,20", (181, 30, 200, 70)),
        ("rect", "-1,0,20,20", (0, 0, 20, 20)),
        ("rect", "0,0,20,101", (0, 0, 20, 100)),
        ("poly", "10,10,50,20,30,900", (10, 10, 50, 100)),
        ("default", "", (0, 0, 200, 100)),
        ("default", "0,0,9", (0, 0, 200, 100)),
    ],
)
def test_an_area_is_read_with_the_part_of_its_picture_that_it_takes(
    shape: str, coords: str, box: tuple[float, float, float, float]
) -> None:
    assert box_of(parse_area(shape, coords, SIZE), SIZE) == box


@pytest.mark.parametrize(
    ("shape", "coords", "why"),
    [
        ("ster", "1,2,3", "the shape 'ster' is none of circle, default, ellipse, poly, rect"),
        ("", "1,2,3", "the shape '' is none"),
        ("circle", "", "a circle with 0 coordinates; it takes x, y and radius"),
        ("circle", "40,50", "a circle with 2 coordinates"),
        ("rect", "1,2,3", "a rect with 3 coordinates"),
        ("ellipse", "40,50,20", "an ellipse with 3 coordinates"),
        ("poly", "1,2,3,4", "a poly with 4 coordinates"),
        ("poly", "1,2,3,4,5,6,7", "a poly with 7 coordinates"),
        ("poly", ",".join(["1"] * 202), "more than 200 coordinates"),
        ("poly", "," * 1_000_000, "more than 200 coordinates"),
        ("rect", "10%,10%,20%,20%", "the coordinate '10%' is in percent, which is not supported"),
        ("circle", "NaN,50,20", "the coordinate 'NaN' is no number of pixels"),
        ("circle", "40,inf,20", "'inf' is no number"),
        ("circle", "4e1,50,20", "'4e1' is no number"),
        ("circle", "40,,20", "'' is no number"),
        ("circle", "٤٠,50,20", "is no number"),
        ("circle", "40 50 20", "'40 50 20' is no number"),
        ("circle", "999999,50,20", "'999999' is no number"),
        ("circle", "221,50,20", "it lies outside its picture of 200 by 100 pixels"),
        ("circle", "220,50,20", "it lies outside"),
        ("rect", "-20,0,0,20", "it lies outside"),
        ("rect", "0,100,20,120", "it lies outside"),
        ("poly", "10,110,50,120,30,900", "it lies outside"),
        ("circle", "40,50,0", "a circle without surface"),
        ("circle", "40,50,-20", "a circle without surface"),
        ("ellipse", "40,50,20,0", "an ellipse without surface"),
        ("rect", "60,30,20,70", "a rect without surface; its coordinates are left, top, right and bottom"),
        ("rect", "20,30,20,70", "a rect without surface"),
        ("poly", "10,10,20,20,30,30", "a poly without surface"),
    ],
)
def test_what_is_no_area_of_the_picture_is_refused(shape: str, coords: str, why: str) -> None:
    with pytest.raises(AreaError, match=why):
        parse_area(shape, coords, SIZE)


def test_an_area_that_runs_over_the_edge_is_said() -> None:
    """A drawing program's frame is a pixel wider than the picture."""
    over = SELECT_POINT.xml().replace('coords="150,10,170,30"', 'coords="150,10,201,30"')
    (warning,) = read_sample(over).warnings
    assert warning.why == "it runs over the edge of its picture of 200 by 100 pixels"
    assert read_sample(SELECT_POINT.xml()).warnings == ()


@pytest.mark.parametrize("shape", ["rect", "poly"])
def test_the_border_of_an_area_belongs_to_it(shape: str) -> None:
    coords = "10,10,20,20" if shape == "rect" else "10,10,20,10,20,20,10,20"
    area = parse_area(shape, coords, SIZE)
    inside = {(x, y) for x in range(9, 22) for y in range(9, 22) if in_area((float(x), float(y)), area)}
    assert inside == {(x, y) for x in range(10, 21) for y in range(10, 21)}


def test_a_slanting_border_and_nothing_beyond_its_ends_belongs_to_an_area() -> None:
    area = parse_area("poly", "10,10,50,30,10,50", SIZE)
    assert all(in_area((10.0 + 2 * step, 10.0 + step), area) for step in range(21))
    assert not any(in_area((10.0 + 2 * step, 10.0 + step), area) for step in (-2, -1, 21, 22))
    assert in_area((10.0, 30.0), area)


@given(
    shape=st.sampled_from(["circle", "rect", "ellipse", "poly", "default"]),
    coords=st.lists(WHOLE, min_size=3, max_size=8),
    x=st.integers(0, 200),
    y=WHOLE,
)
def test_what_the_rules_hit_lies_in_the_box(shape: str, coords: list[int], x: int, y: int) -> None:
    try:
        area = parse_area(shape, ",".join(map(str, coords)), SIZE)
    except AreaError:
        return
    left, top, right, bottom = box_of(area, SIZE)
    if in_area((float(x), float(y)), area):
        assert left <= x <= right
        assert top <= y <= bottom


@given(coords=st.text(alphabet="0123456789.,-+%eNa ", max_size=60), shape=st.sampled_from(["circle", "rect", "poly"]))
def test_any_text_is_an_area_or_refused(shape: str, coords: str) -> None:
    try:
        area = parse_area(shape, coords, SIZE)
    except AreaError:
        return
    assert all(0 <= side <= 200 for side in box_of(area, SIZE))
