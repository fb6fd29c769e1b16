"""The Wright map: persons and items beside the same scale (Wright & Stone, 1979)."""

from __future__ import annotations

import math

from reports.calibration.values import CalibrationReport
from reports.drawing import (
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
    text_width,
)
from reports.plotting import short

STRIP = 0.25  # logits of one row
ROW = 15.0
MOST_NAMED = 80  # locations; with more there is no room for names, and their number is drawn instead
BEYOND = 6.0  # logits from 0: what lies farther out is counted at the end


def wright_map(report: CalibrationReport, picture: Picture) -> str:
    """Persons to the left, items or their steps to the right, the able and the hard on top."""
    strips = _strips(report)
    drawing = picture.drawing()
    middle = picture.width * 0.38
    top = 26.0
    bottom = top + ROW * len(strips)
    drawing.label(middle - 40.0, 12.0, "persons (EAP)", fill=QUIET, anchor="end")
    drawing.label(middle + 12.0, 12.0, "items and steps", fill=QUIET)
    for row, low in enumerate(strips):
        if abs(low - round(low)) < 1e-9:
            y = top + ROW * (len(strips) - row)
            drawing.line(middle - 34.0, y, picture.width, y, stroke=GRID)
            drawing.label(middle - 6.0, y - 3.0, short(round(low)), fill=QUIET, anchor="end")
    _persons(drawing, report, strips, (middle - 36.0, bottom))
    _items(drawing, report, strips, (middle, bottom))
    drawing.line(middle, top, middle, bottom, stroke=INK)
    return drawing.svg(bottom + 10.0)


def _strips(report: CalibrationReport) -> list[float]:
    """Lower end of each row, from low to high."""
    locations = [min(max(place, -BEYOND), BEYOND) for item in report.items for place in item.locations]
    used = [low for low, share in zip(report.ability_edges, report.ability_shares, strict=False) if share > 0.001]
    low = math.floor(min([*locations, *used], default=-1.0))
    high = math.ceil(max([*locations, *used], default=1.0) + STRIP)
    return [low + STRIP * number for number in range(round((high - low) / STRIP))]


def _row_of(value: float, strips: list[float]) -> int:
    """Row of a place; what lies beyond the map is put at its end."""
    return min(max(int((value - strips[0]) // STRIP), 0), len(strips) - 1)


def _persons(drawing: Drawing, report: CalibrationReport, strips: list[float], corner: tuple[float, float]) -> None:
    """Bars of the persons' abilities, growing to the left of a corner."""
    shares = [0.0] * len(strips)
    for low, high, share in zip(
        report.ability_edges[:-1], report.ability_edges[1:], report.ability_shares, strict=True
    ):
        shares[_row_of((low + high) / 2.0, strips)] += share
    length = Axis(0.0, max(shares) or 1.0, 0.0, corner[0] - 4.0)
    for row, share in enumerate(shares):
        y = corner[1] - ROW * (row + 1)
        size = length(share)
        drawing.rectangle(
            corner[0] - size, y + 1.5, size, ROW - 3.0, fill=SCHOOL_LIGHT, stroke=SCHOOL if share else "none"
        )


def _items(drawing: Drawing, report: CalibrationReport, strips: list[float], corner: tuple[float, float]) -> None:
    """Names of items and steps, or bars of their number, to the right of a corner."""
    rows: list[list[str]] = [[] for _ in strips]
    for item in report.items:
        for number, place in enumerate(item.locations, start=1):
            rows[_row_of(place, strips)].append(f"{item.name}.{number}" if len(item.locations) > 1 else item.name)
    room = drawing.width - corner[0] - 12.0
    is_named = sum(map(len, rows)) <= MOST_NAMED and all(text_width("  ".join(names)) <= room for names in rows)
    length = Axis(0.0, float(max(map(len, rows), default=1)), 0.0, room - 30.0)
    for row, names in enumerate(rows):
        y = corner[1] - ROW * (row + 1)
        if not names:
            continue
        if is_named:
            drawing.label(corner[0] + 12.0, y + TEXT_SIZE, "  ".join(names))
            continue
        size = length(float(len(names)))
        drawing.rectangle(corner[0] + 4.0, y + 1.5, size, ROW - 3.0, fill="#f3d9c8", stroke=REFERENCE)
        drawing.label(corner[0] + size + 9.0, y + TEXT_SIZE - 1.0, str(len(names)), fill=QUIET)
