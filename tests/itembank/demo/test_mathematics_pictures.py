"""Items on a picture: the picture is measured, and what it says must be the key."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from lxml import etree

from tests.itembank.demo.test_mathematics import FOLDER, MATHML, QTI, SVG, Entry, entries

ENTRIES = {entry.identifier: entry for entry in entries()}
Point = tuple[float, float]
COLOURED = "#f2b35e"


def drawing(entry: Entry) -> etree._Element:
    """The picture that everything lies on."""
    (picture,) = entry.images
    return etree.parse(FOLDER / "items" / (picture.get("src") or "")).getroot()


def numbers(element: etree._Element, *names: str) -> list[float]:
    """Numbers of attributes."""
    return [float(element.get(name, "nan")) for name in names]


def lines(entry: Entry) -> list[list[float]]:
    """Ends of the straight lines: x1, y1, x2, y2."""
    return [numbers(line, "x1", "y1", "x2", "y2") for line in drawing(entry).iter(f"{SVG}line")]


def areas(entry: Entry) -> dict[str, list[float]]:
    """Left, top, right and bottom of the areas that can be chosen or filled, by identifier."""
    found = {}
    for area in entry.root.iter(f"{QTI}qti-hotspot-choice", f"{QTI}qti-associable-hotspot"):
        coords = [float(number) for number in area.get("coords", "").split(",")]
        found[area.get("identifier", "")] = [side(coords[start::2]) for side in (min, max) for start in (0, 1)]
    return found


def middle(area: list[float]) -> Point:
    """Centre of an area."""
    return (area[0] + area[2]) / 2, (area[1] + area[3]) / 2


def inside(point: Point, area: list[float]) -> bool:
    """Whether a point lies in an area."""
    return area[0] <= point[0] <= area[2] and area[1] <= point[1] <= area[3]


def labels(entry: Entry) -> dict[str, float]:
    """Numbers written along the picture: text → x."""
    texts = drawing(entry).iter(f"{SVG}text")
    return {(text.text or ""): numbers(text, "x")[0] for text in texts}


def chosen(entry: Entry, is_right: Callable[[list[float]], bool]) -> set[str]:
    """Areas for which something holds."""
    return {identifier for identifier, area in areas(entry).items() if is_right(area)}


def placed(entry: Entry, belongs: Callable[[list[float]], str]) -> set[str]:
    """Pairs of the card with a text and the area where it belongs."""
    cards = {card.text or "": card.get("identifier", "") for card in entry.root.iter(f"{QTI}qti-gap-text")}
    return {f"{cards[belongs(area)]} {identifier}" for identifier, area in areas(entry).items()}


def obtuse(entry: Entry) -> set[str]:
    """Areas whose angle is wider than a right one and narrower than a straight one."""
    paths = [re.findall(r"[\d.]+", path.get("d", "")) for path in drawing(entry).iter(f"{SVG}path")]
    angles = [[float(number) for number in path] for path in paths]
    assert len(angles) == len(areas(entry))

    def is_obtuse(area: list[float]) -> bool:
        ((x1, y1, x, y, x2, y2),) = [angle for angle in angles if inside((angle[2], angle[3]), area)]
        assert all(inside(point, area) for point in ((x1, y1), (x2, y2)))
        turn = abs(math.degrees(math.atan2(y1 - y, x1 - x) - math.atan2(y2 - y, x2 - x)))
        size = min(turn, 360 - turn)
        assert abs(size - 90) > 10 or round(size) == 90, "nobody has to guess"
        return 90.5 < size < 180

    return chosen(entry, is_obtuse)


def a_quarter(entry: Entry) -> set[str]:
    """Areas with a rectangle of which one in four cells is coloured."""
    cells = [one for one in drawing(entry).iter(f"{SVG}rect") if one.get("stroke")]

    def share(area: list[float]) -> Fraction:
        own = [cell for cell in cells if inside((numbers(cell, "x", "y")[0], numbers(cell, "x", "y")[1]), area)]
        assert len({(cell.get("width"), cell.get("height")) for cell in own}) == 1
        return Fraction(sum(cell.get("fill") == COLOURED for cell in own), len(own))

    return chosen(entry, lambda area: share(area) == Fraction(1, 4))


def south_west(entry: Entry) -> set[str]:
    """Houses to the left of the fountain and below it; the arrow to the north points up."""
    (circle,) = drawing(entry).iter(f"{SVG}circle")
    x, y = numbers(circle, "cx", "cy")
    ((x1, y1, x2, y2),) = lines(entry)
    assert x1 == x2
    assert y2 < y1
    return chosen(entry, lambda area: middle(area)[0] < x - 30 and middle(area)[1] > y + 30)


def on_the_axis(entry: Entry) -> set[str]:
    """What number is above each place, read from the ends of the axis."""
    left, _, right, _ = lines(entry)[0]
    assert (labels(entry)["0"], labels(entry)["0,5"]) == (left, (left + right) / 2)
    return placed(entry, lambda area: f"{(middle(area)[0] - left) / (right - left):g}".replace(".", ","))


def named(entry: Entry) -> set[str]:
    """Name of the quadrilateral above each place."""
    shapes = [
        [(float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", shape.get("points", ""))]
        for shape in drawing(entry).iter(f"{SVG}polygon")
    ]
    return placed(entry, lambda area: name_of(next(one for one in shapes if area[0] <= centre(one) <= area[2])))


def centre(shape: list[Point]) -> float:
    """How far to the right the middle of a shape is."""
    return sum(x for x, _ in shape) / len(shape)


def name_of(shape: list[Point]) -> str:
    """Name that fits a quadrilateral best."""
    sides = [(x2 - x1, y2 - y1) for (x1, y1), (x2, y2) in zip(shape, [*shape[1:], shape[0]], strict=True)]
    lengths = [math.hypot(*side) for side in sides]
    is_square = [sides[n - 1][0] * sides[n][0] + sides[n - 1][1] * sides[n][1] == 0 for n in range(4)]
    parallel = [sides[n][0] * sides[n + 2][1] == sides[n][1] * sides[n + 2][0] for n in range(2)]
    if all(is_square):
        return "vierkant" if max(lengths) - min(lengths) < 1e-9 else "rechthoek"
    if max(lengths) - min(lengths) < 1e-9:
        return "ruit"
    assert sum(parallel) == 1
    return "trapezium"


def high_as(entry: Entry) -> set[str]:
    """How much the bar above each place stands for, read from the lines of the scale."""
    scale = {float(text.text or ""): numbers(text, "y")[0] - 5 for text in drawing(entry).iter(f"{SVG}text")
             if (text.text or "").isdecimal()}  # fmt: skip
    per_unit = (scale[0] - scale[50]) / 50
    assert all(abs(scale[0] - at - per_unit * value) < 0.01 for value, at in scale.items())
    bars = [numbers(bar, "x", "width", "height") for bar in drawing(entry).iter(f"{SVG}rect") if bar.get("stroke")]
    heights = {x + wide / 2: high / per_unit for x, wide, high in bars}
    return placed(entry, lambda area: f"{heights[middle(area)[0]]:g}")


def crossing(entry: Entry, right: int, up: int) -> Point:
    """Where two lines of the grid cross, counted from where the axes do."""
    ends = lines(entry)
    columns = sorted({x1 for x1, _, x2, _ in ends if x1 == x2})
    rows = sorted({y1 for _, y1, _, y2 in ends if y1 == y2}, reverse=True)
    return columns[right], rows[up]


def walked(entry: Entry) -> Point:
    """Where one arrives who walks as many squares as the question says."""
    right, up = map(int, re.findall(r"(\d) hokjes", entry.question))
    return crossing(entry, right, up)


def fourth_corner(entry: Entry) -> Point:
    """What the three corners leave: each side of an upright rectangle has two of them."""
    corners = [numbers(circle, "cx", "cy") for circle in drawing(entry).iter(f"{SVG}circle")]
    x, y = (
        [held for held in axis if axis.count(held) == 1] for axis in ([c[0] for c in corners], [c[1] for c in corners])
    )
    return x[0], y[0]


def five_quarters(entry: Entry) -> Point:
    """Where the fraction of the question is on an axis that runs from 0 to 2."""
    over, under = (int(number.text or "") for number in entry.root.iter(f"{MATHML}mn"))
    at = labels(entry)
    assert at["2"] - at["1"] == at["1"] - at["0"]
    return at["0"] + (at["1"] - at["0"]) * over / under, lines(entry)[0][1]


def test_what_is_told_of_each_angle_is_what_its_picture_shows() -> None:
    """The corner of a sheet is a right angle: the other leg lies on the sheet, along its edge, or beside it."""
    entry = ENTRIES["W4-301"]
    told = dict(re.findall(r"Hoek ([A-D]): het andere been ligt (op|naast|langs)", entry.images[0].get("alt", "")))
    letters = {text.text: numbers(text, "x", "y") for text in drawing(entry).iter(f"{SVG}text")}
    assert set(told) == set(letters)
    for path in drawing(entry).iter(f"{SVG}path"):
        x1, y1, x, y, x2, y2 = map(float, re.findall(r"[\d.]+", path.get("d", "")))
        (box,) = [area for area in areas(entry).values() if inside((x, y), area)]
        (letter,) = [name for name, (left, top) in letters.items() if inside((left, top), box)]
        cosine = (x1 - x) * (x2 - x) + (y1 - y) * (y2 - y)
        right = abs(cosine) < 0.01 * math.dist((x1, y1), (x, y)) * math.dist((x2, y2), (x, y))
        assert told[letter or ""] == ("langs" if right else "op" if cosine > 0 else "naast")


def test_the_water_stands_at_the_mark_that_is_told() -> None:
    entry = ENTRIES["W4-289"]
    ordinals = ("eerste", "tweede", "derde", "vierde")
    marks = sorted({y1 for x1, y1, x2, _ in lines(entry) if x2 - x1 < 50}, reverse=True)
    ((_, water, _, _),) = [line for line in lines(entry) if line[2] - line[0] > 50]
    assert f"het {ordinals[marks.index(water)]} streepje van onder" in entry.images[0].get("alt", "")


AREAS = {
    "W4-301": obtuse,
    "W4-302": a_quarter,
    "W4-303": south_west,
    "W4-304": on_the_axis,
    "W4-305": named,
    "W4-306": high_as,
}
POINTS = {"W4-307": walked, "W4-308": fourth_corner, "W4-309": five_quarters}


@pytest.mark.parametrize("identifier", AREAS)
def test_the_areas_that_the_picture_calls_for_are_the_key(identifier: str) -> None:
    entry = ENTRIES[identifier]
    assert AREAS[identifier](entry) == set(entry.keys["RESPONSE"])


@pytest.mark.parametrize("identifier", POINTS)
def test_the_point_that_the_picture_calls_for_is_the_key_and_the_middle_of_its_area(identifier: str) -> None:
    entry = ENTRIES[identifier]
    x, y = POINTS[identifier](entry)
    assert entry.keys["RESPONSE"] == (f"{x:g} {y:g}",)
    (area,) = entry.root.iter(f"{QTI}qti-area-map-entry")
    coords = [float(number) for number in area.get("coords", "").split(",")]
    assert (coords[:2] if area.get("shape") == "circle" else list(middle(coords))) == [x, y]


def test_every_item_on_a_picture_is_measured() -> None:
    kinds = ("hotspot", "multiple_hotspot", "graphic_gap_match", "select_point")
    found = {name for name, entry in ENTRIES.items() if entry.catalogue["interaction"] in kinds}
    assert found == {*AREAS, *POINTS}


@pytest.mark.parametrize("identifier", [*AREAS, *POINTS])
def test_a_picture_is_as_large_as_its_item_says(identifier: str) -> None:
    entry = ENTRIES[identifier]
    (picture,) = entry.images
    assert (drawing(entry).get("viewBox") or "").split() == ["0", "0", picture.get("width"), picture.get("height")]
