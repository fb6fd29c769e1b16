"""Line charts with axes, drawn at a width of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.drawing import GRID, INK, QUIET, Axis, Drawing, Picture, friendly_ticks, text_width

HEIGHT = 220.0
LINES = (
    ("#14508c", ""),
    ("#9a3b00", "6 4"),
    ("#2f6b2f", "2 3"),
    ("#6b2c8f", "9 3 2 3"),
    ("#6a5400", "4 2"),
    ("#444c55", "1 4"),
)
"""Colour and dashes of the first, second … line: each is known without its colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart.

    Attributes
    ----------
    x, y : places of its points
    words : what it stands for; "" where there is only one
    """

    x: Sequence[float]
    y: Sequence[float]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """One axis.

    Attributes
    ----------
    label : what it measures, with its unit
    low, high : its ends
    ticks : place and text; none: round numbers
    """

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...] = ()

    def marks(self, n_wanted: int) -> list[tuple[float, str]]:
        """Where lines and numbers stand."""
        return list(self.ticks) or [(tick, short(tick)) for tick in friendly_ticks(self.low, self.high, n_wanted)]


def short(value: float) -> str:
    """Write a number without needless decimals, with a real minus sign."""
    text = f"{value:.6g}".replace("-", "\u2212")
    return "0" if text == "\u22120" else text


def line_chart(picture: Picture, x: Scale, y: Scale, lines: Sequence[Line]) -> str:
    """Lines in a frame with both axes, as an SVG element.

    Parameters
    ----------
    picture
        Name, description and width.
    x, y
        The axes.
    lines
        What is drawn; a legend below names them where there are several.
    """
    drawing = picture.drawing()
    marks = y.marks(5)
    left = 8.0 + max(text_width(words) for _, words in marks)
    across = Axis(x.low, x.high, left, picture.width - 14.0)
    up = Axis(y.low, y.high, HEIGHT, 24.0)
    drawing.label(0.0, 12.0, y.label, fill=QUIET)
    draw_grid(drawing, across, up, (x.marks(int(picture.width / 70.0)), marks))
    for line, (colour, dashes) in zip(lines, styles(), strict=False):
        points = [(across(a), up(b)) for a, b in zip(line.x, line.y, strict=True)]
        drawing.path(points, stroke=colour, width=2.0, dashes=dashes)
    bottom = HEIGHT + 34.0
    drawing.label(across.end, bottom, x.label, fill=QUIET, anchor="end")
    if len(lines) > 1:
        bottom = draw_legend(drawing, [line.words for line in lines], bottom + 8.0)
    return drawing.svg(bottom + 8.0)


def styles() -> Iterator[tuple[str, str]]:
    """Colour and dashes, over and over."""
    while True:
        yield from LINES


def draw_grid(
    drawing: Drawing, across: Axis, up: Axis, marks: tuple[list[tuple[float, str]], list[tuple[float, str]]]
) -> None:
    """Draw grid lines, numbers and both axes.

    Parameters
    ----------
    drawing
        Where to.
    across, up
        The axes.
    marks
        Place and text of the numbers along each.
    """
    for value, words in marks[1]:
        drawing.line(across.start, up(value), across.end, up(value), stroke=GRID)
        drawing.label(across.start - 6.0, up(value) + 4.0, words, fill=QUIET, anchor="end")
    for value, words in marks[0]:
        drawing.line(across(value), up.start, across(value), up.end, stroke=GRID)
        drawing.label(across(value), up.start + 16.0, words, fill=QUIET, anchor="middle")
    drawing.line(across.start, up.start, across.end, up.start, stroke=INK)
    drawing.line(across.start, up.start, across.start, up.end, stroke=INK)


def draw_legend(drawing: Drawing, words: Sequence[str], top: float) -> float:
    """Draw a sample of every line with its words, in as many rows as needed; returns where it ends."""
    x, y = 0.0, top + 14.0
    for name, (colour, dashes) in zip(words, styles(), strict=False):
        needed = 36.0 + text_width(name)
        if x > 0.0 and x + needed > drawing.width:
            x, y = 0.0, y + 18.0
        drawing.line(x, y - 4.0, x + 28.0, y - 4.0, stroke=colour, width=2.0, dashes=dashes)
        drawing.label(x + 34.0, y, name, fill=QUIET)
        x += needed + 16.0
    return y
