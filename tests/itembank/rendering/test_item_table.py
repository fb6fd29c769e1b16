"""The psychometrician's item table."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as lxml_html
from sqlmodel import Session

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    NotInBankError,
    add_calibration,
    import_package,
    item_table_page,
    items,
)
from itembank.rendering.curves import decimal
from itembank.rendering.item_table import render_item_table

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
CALIBRATION = CalibrationVersion(
    "veldtest",
    "2pl",
    {"n_persons": 1200},
    (
        CalibratedItem("W4-001@1", 1.25, -0.5, 0.08, 0.11, 1200, 0.62),
        CalibratedItem("W4-002@1", 0.9, 0.0, 0.07, 0.09, 1180, 0.5),
    ),
)


@pytest.fixture
def filled(db: Session, make_package: MakePackage, make_item: MakeItem) -> Session:
    """Return a bank with three items, two of them calibrated."""
    import_package(db, make_package({f"W{n}.xml": make_item(f"W4-00{n}") for n in range(1, 4)}))
    add_calibration(db, CALIBRATION)
    return db


def test_every_calibrated_item_has_its_parameters_and_errors(filled: Session) -> None:
    page = lxml_html.document_fromstring(item_table_page(filled, "veldtest"))
    first, second = page.findall(".//table")
    rows = [[" ".join(cell.text_content().split()) for cell in row[:9]] for row in first.findall(".//tbody/tr")]
    assert rows == [
        ["W4-001@1Opgave", "bewerkingen", "meerkeuze", "1200", "0,62", "1,25", "0,08", "−0,50", "0,11"],
        ["W4-002@1Opgave", "bewerkingen", "meerkeuze", "1180", "0,50", "0,90", "0,07", "0,00", "0,09"],
    ]
    assert [row[0].text_content() for row in second.findall(".//tbody/tr")] == ["W4-003@1"]


def test_a_curve_is_the_2pl_with_labelled_axes_and_a_name(filled: Session) -> None:
    page = lxml_html.document_fromstring(item_table_page(filled, "veldtest"))
    curves = page.findall(".//tbody//svg")
    assert len(curves) == 2
    line = curves[1].find("polyline")
    assert line is not None
    points = [tuple(map(float, point.split(","))) for point in str(line.get("points")).split()]
    middle = points[len(points) // 2]
    upright = next(line for line in curves[1].findall("line[@class='axis']") if line.get("x1") == line.get("x2"))
    top, bottom = float(str(upright.get("y1"))), float(str(upright.get("y2")))
    # at theta = b the probability is 1/2: half way up between the axis' ends, 1 and 0
    assert middle[1] == pytest.approx((top + bottom) / 2, abs=0.1)
    width = (points[-1][0] - points[0][0]) / 8.0  # pixels a logit
    at_two = min(points, key=lambda point: abs(point[0] - (middle[0] + 2 * width)))
    assert (bottom - at_two[1]) / (bottom - top) == pytest.approx(1 / (1 + math.exp(-0.9 * 2)), abs=0.01)
    labels = [text.text for text in curves[1].findall("text") if text.get("class") == "label"]
    assert labels == ["vaardigheid (logits)", "kans op juist"]
    assert curves[1].get("role") == "img"
    name = str(curves[1].get("aria-labelledby")).split()[0]
    assert curves[1].findtext(f"*[@id='{name}']") == "Karakteristieke curve van W4-002@1"


def test_a_curve_of_points_for_parts_is_their_expected_share(filled: Session) -> None:
    stepped = replace(CALIBRATION.items[1], steps=(-1.0, 1.0))
    add_calibration(filled, replace(CALIBRATION, identifier="punten", model="gpcm", items=(stepped,)))
    page = lxml_html.document_fromstring(item_table_page(filled, "punten"))
    [curve] = page.findall(".//tbody//svg")
    line = curve.find("polyline")
    assert line is not None
    height = [float(point.split(",")[1]) for point in str(line.get("points")).split()]
    # at theta = 0 category 0 and 2 are as likely as each other, so half the points are expected, whatever the slope
    assert height[len(height) // 2] == pytest.approx((8 + 112) / 2, abs=0.1)
    # at theta = 4: a (4 + 1) and a (4 + 1) + a (4 - 1) are the exponents of 1 and 2 points, a = 0.9
    one, two = math.exp(0.9 * 5), math.exp(0.9 * 8)
    assert (112 - height[-1]) / 104 == pytest.approx((one / 2 + two) / (1 + one + two), abs=0.01)
    labels = [text.text for text in curve.findall("text") if text.get("class") == "label"]
    assert labels == ["vaardigheid (logits)", "deel van de punten"]


def test_names_on_the_page_are_unique_and_nothing_on_it_acts(filled: Session) -> None:
    page = lxml_html.document_fromstring(item_table_page(filled, "veldtest", ["veldtest", "live & meer"]))
    identifiers = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(set(identifiers)) == len(identifiers)
    assert page.findall(".//script") == []
    assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
    assert [link.get("href") for link in page.iter("a")] == ["?kalibratie=veldtest", "?kalibratie=live%20%26%20meer"]


def test_without_a_calibration_the_items_are_listed(filled: Session) -> None:
    page = lxml_html.document_fromstring(item_table_page(filled))
    assert len(page.findall(".//tbody/tr")) == 3
    assert "Er is nog geen kalibratie gekozen." in page.text_content()
    with pytest.raises(NotInBankError):
        item_table_page(filled, "onbekend")


def test_titles_are_escaped(filled: Session) -> None:
    summaries = [replace(summary, title="<script>x</script>") for summary in items(filled)]
    assert "<script" not in render_item_table(summaries, CALIBRATION)


@pytest.mark.parametrize(
    ("number", "places", "text"), [(1.005, 2, "1,00"), (-0.5, 2, "−0,50"), (-0.001, 2, "0,00"), (12.0, 0, "12")]
)
def test_numbers_are_written_as_in_dutch(number: float, places: int, text: str) -> None:
    assert decimal(number, places) == text
