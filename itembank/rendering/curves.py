"""Curves as SVG: plain lines with labelled axes, readable by eye and by screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from lxml import etree
from lxml.etree import _Element

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes
    ----------
    label : what it measures, with its unit
    low, high : its ends
    ticks : where numbers stand
    """

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Size of a figure, in pixels.

    Attributes
    ----------
    width, height : of the whole
    text : height of its letters; margins leave room for numbers and labels of that size
    """

    width: int
    height: int
    text: int = 12

    @property
    def left(self) -> float:
        """Place of the vertical axis."""
        return 4.0 * self.text

    @property
    def right(self) -> float:
        """Where the horizontal axis ends; its last number is centred there."""
        return self.width - self.text

    @property
    def top(self) -> float:
        """Where the vertical axis ends."""
        return 0.75 * self.text

    @property
    def bottom(self) -> float:
        """Place of the horizontal axis."""
        return self.height - 3.25 * self.text


def decimal(number: float, places: int = 2) -> str:
    """Write a number as Dutch does: with a comma.

    Parameters
    ----------
    number : to write
    places : decimals
    """
    text = f"{number:.{places}f}".replace(".", ",").replace("-", "\u2212")
    return text.removeprefix("\u2212") if not text.strip("\u22120,") else text


def _at(value: float, axis: Axis, start: float, end: float) -> float:
    """Place of a value along an axis, in pixels, rounded so that every machine writes the same."""
    return round(start + (value - axis.low) / (axis.high - axis.low) * (end - start), 1)


def _line(parent: _Element, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
    """Append a line."""
    line = etree.SubElement(parent, "line", {"class": kind})
    for name, value in {"x1": x1, "y1": y1, "x2": x2, "y2": y2}.items():
        line.set(name, f"{value:g}")


def _text(parent: _Element, x: float, y: float, text: str, kind: str, **more: str) -> None:
    """Append a text."""
    element = etree.SubElement(parent, "text", {"class": kind, "x": f"{x:g}", "y": f"{y:g}"})
    element.text = text
    for name, value in more.items():
        element.set(name.replace("_", "-"), value)


def _tick(value: float) -> str:
    """Number beside an axis: no more decimals than it needs."""
    return decimal(value, 0 if float(value).is_integer() else 1)


def _axes(svg: _Element, frame: Frame, x: Axis, y: Axis) -> None:
    """Draw both axes with ticks, numbers and labels."""
    left, right, top, bottom = frame.left, frame.right, frame.top, frame.bottom
    for tick in x.ticks:
        place = _at(tick, x, left, right)
        _line(svg, place, top, place, bottom, "grid")
        _text(svg, place, bottom + 1.25 * frame.text, _tick(tick), "number", text_anchor="middle")
    for tick in y.ticks:
        place = _at(tick, y, bottom, top)
        _line(svg, left, place, right, place, "grid")
        _text(svg, left - 5, place + 0.35 * frame.text, _tick(tick), "number", text_anchor="end")
    _line(svg, left, bottom, right, bottom, "axis")
    _line(svg, left, top, left, bottom, "axis")
    _text(svg, (left + right) / 2, frame.height - 0.5 * frame.text, x.label, "label", text_anchor="middle")
    middle = (top + bottom) / 2
    across = round(1.1 * frame.text, 1)
    _text(svg, across, middle, y.label, "label", text_anchor="middle", transform=f"rotate(-90 {across:g} {middle:g})")


def draw_curve(
    title: str,
    description: str,
    points: tuple[FloatArray | Sequence[float], FloatArray | Sequence[float]],
    axes: tuple[Axis, Axis],
    frame: Frame,
    *,
    identifier: str,
) -> str:
    """Draw one curve.

    Parameters
    ----------
    title, description : what a screen reader says
    points : (n_points,) places along the first and the second axis
    axes : horizontal and vertical
    frame : size
    identifier : unique on the page

    Returns
    -------
    str
        An ``svg`` element; colours come from the page's style sheet.
    """
    svg = etree.Element(
        "svg",
        {
            "class": "curve",
            "role": "img",
            "aria-labelledby": f"{identifier}-title {identifier}-desc",
            "viewBox": f"0 0 {frame.width} {frame.height}",
            "width": str(frame.width),
            "height": str(frame.height),
            "font-size": str(frame.text),
        },
    )
    etree.SubElement(svg, "title", {"id": f"{identifier}-title"}).text = title
    etree.SubElement(svg, "desc", {"id": f"{identifier}-desc"}).text = description
    _axes(svg, frame, *axes)
    across = [_at(float(value), axes[0], frame.left, frame.right) for value in points[0]]
    up = [_at(float(value), axes[1], frame.bottom, frame.top) for value in points[1]]
    line = " ".join(f"{x:g},{y:g}" for x, y in zip(across, up, strict=True))
    etree.SubElement(svg, "polyline", {"class": "line", "points": line})
    return etree.tostring(svg, method="html", encoding="unicode")
