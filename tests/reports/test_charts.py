"""Charts show the report's figures, at the right place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from lxml import etree

from reports import SchoolReport, SubjectReport
from reports.charts import NARROW, WIDE, distribution_chart, dot_chart, level_chart
from reports.drawing import REFERENCE, SCHOOL, SCHOOL_LIGHT, Picture, text_width
from reports.dutch import capital

MakeReport = Callable[..., SchoolReport]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def subject(make_report: MakeReport) -> SubjectReport:
    """Return one test of one school."""
    return make_report({"4A": 14, "4B": 11}).subjects[0]


def picture(width: float = WIDE) -> Picture:
    """Return a picture of a width."""
    return Picture("p", "Titel", "Beschrijving", width)


def shapes(svg: str, tag: str, **attributes: str) -> list[dict[str, str]]:
    """Attributes of all shapes of a kind with the attributes given."""
    found = [dict(element.attrib) for element in etree.fromstring(svg).iter(SVG + tag)]
    return [one for one in found if all(one.get(name.replace("_", "-")) == v for name, v in attributes.items())]


def numbers(found: Sequence[dict[str, str]], name: str) -> list[float]:
    """One attribute of shapes, as numbers."""
    return [float(shape[name]) for shape in found]


def test_bars_are_as_high_as_the_shares(subject: SubjectReport) -> None:
    bars = shapes(distribution_chart(subject, picture()), "rect", fill=SCHOOL_LIGHT, stroke=SCHOOL)[:-1]  # legend last
    share = [bin_.share.value for bin_ in subject.distribution]
    assert len(bars) == len(share)
    per_percent = max(numbers(bars, "height")) / max(share)
    assert numbers(bars, "height") == pytest.approx([per_percent * value for value in share], abs=0.02)
    assert numbers(bars, "x") == sorted(numbers(bars, "x"))


def test_the_margin_of_the_mean_is_a_band_around_its_line(subject: SubjectReport) -> None:
    svg = distribution_chart(subject, picture())
    band = shapes(svg, "rect", fill=SCHOOL, fill_opacity="0.16")[0]
    [line] = shapes(svg, "line", stroke=SCHOOL, stroke_width="2")
    start, width, place = float(band["x"]), float(band["width"]), float(line["x1"])
    mean = subject.mean
    assert mean is not None
    assert (place - start) / width == pytest.approx((mean.value - mean.low) / (mean.high - mean.low), abs=0.01)


def test_dots_stand_in_order_at_their_scores_inside_their_margins(subject: SubjectReport) -> None:
    result = subject.classes[0]
    rows = [(pupil.label, pupil.score) for pupil in result.pupils]
    svg = dot_chart(subject, rows, result.mean, ("a", "b"), picture())
    dots = shapes(svg, "circle", fill=SCHOOL)[:-1]  # legend last
    x, y = numbers(dots, "cx"), numbers(dots, "cy")
    assert y == sorted(y)
    assert x == sorted(x, reverse=True)
    scores = [pupil.score.value for pupil in result.pupils]
    slope = (x[0] - x[-1]) / (scores[0] - scores[-1])
    assert x == pytest.approx([x[0] + slope * (score - scores[0]) for score in scores], abs=0.02)
    horizontal = [s for s in shapes(svg, "line", stroke=SCHOOL, stroke_width="1.6") if s["y1"] == s["y2"]]
    for dot, place in zip(dots, x, strict=True):
        [margin] = [s for s in horizontal if s["y1"] == dot["cy"]]
        assert float(margin["x1"]) < place < float(margin["x2"])


def test_the_reference_is_dashed_and_the_school_is_not(subject: SubjectReport) -> None:
    rows = [(result.name, result.mean) for result in subject.classes]
    for svg in (
        distribution_chart(subject, picture()),
        dot_chart(subject, rows, subject.classes[0].mean, ("a", "b"), picture()),
    ):
        root = etree.fromstring(svg)
        drawn = [e for e in root.iter() if e.get("stroke") == REFERENCE]
        assert drawn
        assert all(e.get("stroke-dasharray") for e in drawn)
        assert not [e for e in root.iter() if e.get("stroke") == SCHOOL and e.get("stroke-dasharray")]


@pytest.mark.parametrize("own", [180.0, 249.0, 250.0, 251.0, 330.0])
def test_no_line_strikes_through_the_words_of_the_school(subject: SubjectReport, own: float) -> None:
    assert subject.mean is not None
    moved = replace(subject, mean=replace(subject.mean, value=own))
    svg = distribution_chart(moved, picture())
    texts = [(e.text or "", float(e.get("x") or 0.0)) for e in etree.fromstring(svg).iter(SVG + "text")]
    [(words, start)] = [(text, x) for text, x in texts if text == f"je school {own:.0f}"]
    line = shapes(svg, "line", stroke=REFERENCE, stroke_width="2")[0]
    assert not start < float(line["x1"]) < start + text_width(words)


def test_levels_are_drawn_from_high_to_low_with_their_percentages(subject: SubjectReport) -> None:
    words = [element.text for element in etree.fromstring(level_chart(subject, picture())).iter(SVG + "text")]
    expected = [part for level in subject.levels[::-1] for part in (capital(level.name), f"{level.share.value:.0f}%")]
    assert words[: len(expected)] == expected


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_everything_stays_inside_the_picture(subject: SubjectReport, width: float) -> None:
    rows = [(pupil.label, pupil.score) for pupil in subject.classes[0].pupils]
    for svg in (
        distribution_chart(subject, picture(width)),
        level_chart(subject, picture(width)),
        dot_chart(subject, rows, subject.classes[0].mean, ("a", "b"), picture(width)),
    ):
        height = float(etree.fromstring(svg).get("height") or 0.0)
        assert all(-0.01 <= float(v) <= width + 0.01 for v in re.findall(r' (?:x|x1|x2|cx)="([^"]+)"', svg))
        assert all(-0.01 <= float(v) <= height + 0.01 for v in re.findall(r' (?:y|y1|y2|cy)="([^"]+)"', svg))
        assert "nan" not in svg
