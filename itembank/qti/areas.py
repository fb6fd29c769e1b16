"""Areas of a picture, as QTI writes them: a shape and its coordinates in pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence

from itembank.errors import ItemBankError
from itembank.qti.processing.declarations import Area

MOST_NUMBERS = 200
"""Coordinates of one area: a hundred corners trace any outline that a child can tell from another."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,5}(\.[0-9]{1,6})?")
_COUNTS = {"default": 0, "circle": 3, "rect": 4, "ellipse": 4}
_MEANINGS = {
    "circle": "x, y and radius",
    "rect": "left, top, right and bottom",
    "ellipse": "x, y, horizontal and vertical radius",
    "poly": "x and y of three corners or more",
    "default": "no coordinates",
}
Size = tuple[int, int]
Box = tuple[float, float, float, float]


class AreaError(ItemBankError):
    """An area that cannot be shown or hit."""


def parse_area(shape: str, coords: str, size: Size) -> Area:
    """Read an area of a picture and check that some of it lies there.

    Parameters
    ----------
    shape : circle, rect, poly, ellipse or default (the whole picture)
    coords : numbers with commas between them
    size : width and height of the picture, in pixels

    Raises
    ------
    AreaError
        If the shape is unknown, a coordinate is no number or in percent, their count is wrong, nothing of it
        lies on the picture, or it has no surface.
    """
    if shape not in _MEANINGS:
        raise AreaError(f"the shape {shape[:20]!r} is none of {', '.join(sorted(_MEANINGS))}")
    area = Area(shape, () if shape == "default" else _numbers(coords))
    if not _has_count(area):
        raise AreaError(f"{_with_article(shape)} with {len(area.coords)} coordinates; it takes {_MEANINGS[shape]}")
    if _surface(area) <= 0.0:
        raise AreaError(f"{_with_article(shape)} without surface; its coordinates are {_MEANINGS[shape]}")
    left, top, right, bottom = box_of(area, size)
    if left >= right or top >= bottom:
        raise AreaError(f"it lies outside its picture of {size[0]} by {size[1]} pixels")
    return area


def runs_over(area: Area, size: Size) -> bool:
    """Whether a corner or the centre of an area lies beyond the edge of its picture; what is on the picture counts.

    Parameters
    ----------
    area : from `parse_area`
    size : width and height of the picture
    """
    return any(not is_on(point, size) for point in _points(area))


def _with_article(shape: str) -> str:
    """A circle, an ellipse."""
    return f"{'an' if shape == 'ellipse' else 'a'} {shape}"


def _numbers(coords: str) -> tuple[float, ...]:
    """Coordinates as numbers."""
    parts = [part.strip() for part in coords.split(",", MOST_NUMBERS + 1)] if coords.strip() else []
    if len(parts) > MOST_NUMBERS:
        raise AreaError(f"it has more than {MOST_NUMBERS} coordinates")
    wrong = next((part for part in parts if not _NUMBER.fullmatch(part)), None)
    if wrong is None:
        return tuple(map(float, parts))
    if wrong.endswith("%"):
        raise AreaError(f"the coordinate {wrong[:20]!r} is in percent, which is not supported")
    raise AreaError(f"the coordinate {wrong[:20]!r} is no number of pixels")


def _has_count(area: Area) -> bool:
    """Whether the shape has as many coordinates as it takes."""
    n = len(area.coords)
    return n >= 6 and n % 2 == 0 if area.shape == "poly" else n == _COUNTS[area.shape]


def _points(area: Area) -> Sequence[tuple[float, float]]:
    """Corners, or the centre of what is round."""
    held = area.coords[:2] if area.shape in ("circle", "ellipse") else area.coords
    return list(zip(held[::2], held[1::2], strict=True))


def _surface(area: Area) -> float:
    """Something above 0 exactly where the area has a surface."""
    if area.shape == "default":
        return 1.0
    if area.shape == "rect":
        return min(area.coords[2] - area.coords[0], area.coords[3] - area.coords[1])
    if area.shape in ("circle", "ellipse"):
        return min(area.coords[2:])
    corners = _points(area)
    following = [*corners[1:], corners[0]]
    return abs(sum(x * y_next - x_next * y for (x, y), (x_next, y_next) in zip(corners, following, strict=True)))


def is_on(point: tuple[float, float], size: Size) -> bool:
    """Whether a point lies on a picture of this width and height; its border counts."""
    return 0.0 <= point[0] <= size[0] and 0.0 <= point[1] <= size[1]


def box_of(area: Area, size: Size) -> Box:
    """Left, top, right and bottom of what there is of an area on its picture.

    Parameters
    ----------
    area : from `parse_area`
    size : width and height of the picture
    """
    if area.shape == "default":
        return 0.0, 0.0, float(size[0]), float(size[1])
    if area.shape in ("circle", "ellipse"):
        x, y, wide, high = (*area.coords, area.coords[2])[:4]
        left, top, right, bottom = x - wide, y - high, x + wide, y + high
    else:
        left, top, right, bottom = (side(area.coords[start::2]) for side in (min, max) for start in (0, 1))
    return max(left, 0.0), max(top, 0.0), min(right, float(size[0])), min(bottom, float(size[1]))
