"""One chart at the widths of a page and of a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from reports.drawing import Picture

Report = TypeVar("Report")

WIDE, NARROW = 640.0, 288.0
"""Widths in user units: a page, and a phone of 320 px less its margins."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart at two widths, of which a page shows one."""

    wide: str
    narrow: str


def both_widths(draw: Callable[[Report, Picture], str], report: Report, words: Picture) -> Chart:
    """Draw a chart for a page and for a phone.

    Parameters
    ----------
    draw
        Makes the SVG of a report at the width of a picture.
    report
        What it shows.
    words
        Name and description; identifier and width are those of the page.
    """
    name, said = words.identifier, (words.title, words.description)
    wide, narrow = Picture(f"{name}-wide", *said, WIDE), Picture(f"{name}-narrow", *said, NARROW)
    return Chart(draw(report, wide), draw(report, narrow))
