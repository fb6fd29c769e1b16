"""The report's charts as SVG: distribution, levels, dots with margins.

Each is drawn at a width of its own (a page, a phone) and shows rounded values only, those of the table beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.drawing import (
    DASHES,
    GRID,
    INK,
    QUIET,
    REFERENCE,
    SCHOOL,
    SCHOOL_LIGHT,
    TEXT_SIZE,
    Axis,
    Drawing,
    Picture,
    friendly_ticks,
    shortened,
    text_width,
)
from reports.dutch import capital, number, percentage
from reports.texts import text
from reports.values import Estimate, SubjectReport

WIDE, NARROW = 440.0, 300.0
"""Widths in user units; a letter of 12 units stays readable on half a page and on a phone of 320 px."""

LINE = 17.0
PLOT_HEIGHT = 160.0
LEGEND_GAP = 18.0
BAND_OPACITY = 0.16
SYMBOL = 24.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of a legend: a symbol (bar, band, dot, margin, line, dashes or diamond) and what it stands for."""

    symbol: str
    words: str


def distribution_chart(subject: SubjectReport, picture: Picture) -> str:
    """Bars with the share of pupils per stretch of the scale, the reference group as a dashed outline."""
    drawing = picture.drawing()
    top = LINE * (2 if subject.reference else 1) + 10.0  # a line of words for each mean
    bottom = top + PLOT_HEIGHT
    bins = subject.distribution
    highest = max(max(bin_.share.value, bin_.reference or 0.0) for bin_ in bins)
    x = Axis(*subject.axis, 44.0, picture.width - 10.0)
    y = Axis(0.0, highest * 1.04, bottom, top)
    for tick in friendly_ticks(0.0, highest, 4):
        drawing.line(x.start, y(tick), x.end, y(tick), stroke=GRID)
        drawing.label(x.start - 6.0, y(tick) + 4.0, percentage(tick), fill=QUIET, anchor="end")
    for bin_ in bins:
        left, width, value = x(bin_.low) + 1.0, x(bin_.high) - x(bin_.low) - 2.0, y(bin_.share.value)
        drawing.rectangle(left, value, width, bottom - value, fill=SCHOOL_LIGHT, stroke=SCHOOL)
    if subject.mean:
        start, end = x(subject.mean.low), x(subject.mean.high)
        drawing.rectangle(start, top - 10.0, end - start, bottom - top + 10.0, fill=SCHOOL, opacity=BAND_OPACITY)
    if subject.reference:
        corners = [(x(edge), y(bin_.reference or 0.0)) for bin_ in bins for edge in (bin_.low, bin_.high)]
        drawing.path(corners, stroke=REFERENCE, width=2.0, dashes=DASHES)
    _mean_lines(drawing, subject, x, bottom)
    end = _score_axis(drawing, subject, x, bottom)
    marks = [Mark("bar", text("terms.school")), Mark("band", text("terms.mean_margin"))]
    return drawing.svg(_legend(drawing, [*marks, *_reference_mark(subject, "dashes")], end))


def level_chart(subject: SubjectReport, picture: Picture) -> str:
    """Horizontal bars with the share of pupils per mastery level, the highest level on top."""
    drawing = picture.drawing()
    highest = max(max(level.share.high, level.reference or 0.0) for level in subject.levels)
    x = Axis(0.0, max(highest * 1.02, 1.0), 2.0, picture.width - 56.0)
    top = 0.0
    for level in reversed(subject.levels):
        middle = top + 34.0
        drawing.label(x.start, top + 16.0, capital(level.name), bold=True)
        drawing.rectangle(x.start, middle - 9.0, x(level.share.value) - x.start, 18.0, fill=SCHOOL_LIGHT, stroke=SCHOOL)
        _margin(drawing, x, level.share, middle)
        if level.reference is not None:
            drawing.diamond(x(level.reference), middle, 6.0, stroke=REFERENCE)
        drawing.label(picture.width - 4.0, middle + 4.0, percentage(level.share.value), anchor="end", bold=True)
        top += 54.0
    marks = [Mark("bar", text("terms.school")), Mark("margin", text("terms.margin_symbol"))]
    return drawing.svg(_legend(drawing, [*marks, *_reference_mark(subject, "diamond")], top))


def dot_chart(
    subject: SubjectReport,
    rows: Sequence[tuple[str, Estimate]],
    mean: Estimate,
    words: tuple[str, str],
    picture: Picture,
) -> str:
    """Dots with their margins, one a row; a solid line for the mean, a dashed one for the reference.

    Parameters
    ----------
    subject
        Gives the axis, the decimals and the reference.
    rows
        Label and figure, from top to bottom.
    mean
        Figure of the solid line.
    words
        What a dot and the solid line stand for.
    picture
        Name, description and width.
    """
    drawing = picture.drawing()
    room = min(picture.width * 0.34, max(text_width(label) for label, _ in rows) + 10.0)
    x = Axis(*subject.axis, room, picture.width - 12.0)
    top, bottom = 4.0, 8.0 + LINE * len(rows)
    for tick in _score_ticks(x):
        drawing.line(x(tick), top, x(tick), bottom, stroke=GRID)
    if subject.reference:
        place = x(subject.reference.mean.value)
        drawing.line(place, top, place, bottom, stroke=REFERENCE, width=1.8, dashes=DASHES)
    drawing.line(x(mean.value), top, x(mean.value), bottom, stroke=SCHOOL, width=1.8)
    for row, (label, estimate) in enumerate(rows):
        middle = top + 2.0 + LINE * (row + 0.5)
        drawing.label(0.0, middle + 4.0, shortened(label, room - 8.0))
        _margin(drawing, x, estimate, middle)
        drawing.dot(x(estimate.value), middle, 4.5, fill=SCHOOL)
    end = _score_axis(drawing, subject, x, bottom)
    marks = [Mark("dot", words[0]), Mark("margin", text("terms.margin_symbol")), Mark("line", words[1])]
    return drawing.svg(_legend(drawing, [*marks, *_reference_mark(subject, "dashes")], end))


def _margin(drawing: Drawing, x: Axis, estimate: Estimate, middle: float) -> None:
    """Draw a horizontal margin with short ends."""
    low, high = x(estimate.low), x(estimate.high)
    drawing.line(low, middle, high, middle, stroke=SCHOOL, width=1.6)
    for end in (low, high):
        drawing.line(end, middle - 3.5, end, middle + 3.5, stroke=SCHOOL, width=1.6)


def _score_ticks(x: Axis) -> list[float]:
    """Ticks of a score axis, about one per 60 units."""
    return friendly_ticks(x.low, x.high, int((x.end - x.start) / 60.0))


def _score_axis(drawing: Drawing, subject: SubjectReport, x: Axis, top: float) -> float:
    """Draw the score axis at ``top``; returns where it ends."""
    drawing.line(x.start, top, x.end, top, stroke=INK)
    for tick in _score_ticks(x):
        drawing.line(x(tick), top, x(tick), top + 4.0, stroke=INK)
        drawing.label(x(tick), top + 17.0, number(tick, subject.decimals), fill=QUIET, anchor="middle")
    drawing.label(x.end, top + 33.0, text("terms.score_axis"), fill=QUIET, anchor="end")
    return top + 36.0


def _mean_lines(drawing: Drawing, subject: SubjectReport, x: Axis, bottom: float) -> None:
    """Draw the means as vertical lines; the reference is named on the first line, the school on the second."""
    if subject.reference:
        mean, words = subject.reference.mean, subject.reference.label
        _named_line(drawing, subject, x, mean, words, (13.0, bottom), REFERENCE)
    if subject.mean:
        top = 13.0 + (LINE if subject.reference else 0.0)
        _named_line(drawing, subject, x, subject.mean, text("terms.school"), (top, bottom), SCHOOL)


def _named_line(
    drawing: Drawing,
    subject: SubjectReport,
    x: Axis,
    mean: Estimate,
    words: str,
    reach: tuple[float, float],
    colour: str,
) -> None:
    """Draw one vertical line with words over it, on the side where no other line passes."""
    place, (top, bottom) = x(mean.value), reach
    drawing.line(
        place, top + 5.0, place, bottom, stroke=colour, width=2.0, dashes=DASHES if colour == REFERENCE else ""
    )
    label = f"{words} {number(mean.value, subject.decimals)}"
    width = text_width(label) * 1.08  # bold
    start = place - width / 2.0
    if subject.reference and colour == SCHOOL:
        other = x(subject.reference.mean.value)
        start = max(place, other + 8.0) - 4.0 if place >= other else min(place, other - 8.0) + 4.0 - width
    drawing.label(min(max(start, 0.0), drawing.width - width), top, label, fill=colour, bold=True)


def _reference_mark(subject: SubjectReport, symbol: str) -> list[Mark]:
    """Legend entry of the reference, where there is one."""
    return [Mark(symbol, subject.reference.name)] if subject.reference else []


def _legend(drawing: Drawing, marks: Sequence[Mark], top: float) -> float:
    """Write the legend in as many lines as it needs; returns where it ends."""
    x, y = 0.0, top + LEGEND_GAP
    for mark in marks:
        needed = SYMBOL + text_width(mark.words)
        if x > 0.0 and x + needed > drawing.width:
            x, y = 0.0, y + LINE
        _symbol(drawing, mark.symbol, x, y - TEXT_SIZE / 3.0)
        drawing.label(x + SYMBOL, y, mark.words, fill=QUIET)
        x += needed + LEGEND_GAP
    return y + 8.0


def _symbol(drawing: Drawing, symbol: str, x: float, middle: float) -> None:
    """Draw a legend's symbol in a box 18 units wide."""
    if symbol == "bar":
        drawing.rectangle(x + 2.0, middle - 5.0, 14.0, 10.0, fill=SCHOOL_LIGHT, stroke=SCHOOL)
    elif symbol == "band":
        drawing.rectangle(x + 2.0, middle - 6.0, 14.0, 12.0, fill=SCHOOL, opacity=BAND_OPACITY)
    elif symbol == "dot":
        drawing.dot(x + 9.0, middle, 4.5, fill=SCHOOL)
    elif symbol == "margin":
        _margin(drawing, Axis(0.0, 1.0, x + 1.0, x + 17.0), Estimate(0.5, 0.0, 1.0), middle)
    elif symbol == "diamond":
        drawing.diamond(x + 9.0, middle, 6.0, stroke=REFERENCE)
    elif symbol == "line":
        drawing.line(x + 9.0, middle - 7.0, x + 9.0, middle + 7.0, stroke=SCHOOL, width=2.0)
    else:
        drawing.line(x, middle, x + 18.0, middle, stroke=REFERENCE, width=2.0, dashes=DASHES)
