"""Comparing: equality with tolerance, order, durations, places in a shape."""

from __future__ import annotations

import math
import operator as compare
from collections.abc import Callable

from itembank.qti.nodes import Node
from itembank.qti.processing.declarations import Area, read_area
from itembank.qti.processing.operators.arithmetic import figures_of, rounded, two_numbers
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Scalar, Value, boolean, number, same


def _two(run: Run, node: Node) -> tuple[Value, Value] | None:
    """Return both operands, or None if one is NULL."""
    values = run.operands(node)
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return values[0], values[1]


@operator("match")
def match(run: Run, node: Node) -> Value | None:
    """Say whether two values are the same."""
    pair = _two(run, node)
    return None if pair is None else boolean(same(*pair))


def _tolerances(run: Run, node: Node) -> tuple[float, float] | None:
    """Tolerance below and above; one number counts for both."""
    found = []
    for text in node.get("tolerance").split():
        held = number(run.values.get(text))
        try:
            found.append(float(text) if held is None else float(held))
        except ValueError:
            return None
    return (found[0], found[-1]) if found and all(map(math.isfinite, found)) else None


def _near(run: Run, node: Node, x: float, y: float) -> Value | None:
    """Say whether y lies within the tolerance round x."""
    tolerances = _tolerances(run, node)
    if tolerances is None:
        return None
    if node.get("toleranceMode") == "relative":
        low, high = sorted((x * (1 - tolerances[0] / 100), x * (1 + tolerances[1] / 100)))
    else:
        low, high = x - tolerances[0], x + tolerances[1]
    above = y >= low if node.get("includeLowerBound", "true") != "false" else y > low
    below = y <= high if node.get("includeUpperBound", "true") != "false" else y < high
    return boolean(above and below)


@operator("equal")
def equal(run: Run, node: Node) -> Value | None:
    """Compare two numbers, exactly or with a tolerance; other values as `match` does."""
    pair = _two(run, node)
    if pair is None:
        return None
    x, y = number(pair[0]), number(pair[1])
    if x is None or y is None:
        return boolean(same(*pair))
    if node.get("toleranceMode", "exact") == "exact":
        return boolean(x == y)
    return _near(run, node, x, y)


@operator("equalRounded")
def equal_rounded(run: Run, node: Node) -> Value | None:
    """Compare two numbers after rounding both."""
    pair, figures = two_numbers(run, node), figures_of(run, node)
    if pair is None or figures is None:
        return None
    mode = node.get("roundingMode", "significantFigures")
    one, other = rounded(pair[0], mode, figures), rounded(pair[1], mode, figures)
    return None if one is None or other is None else boolean(one == other)


_ORDER: dict[str, Callable[[float, float], bool]] = {
    "lt": compare.lt,
    "lte": compare.le,
    "gt": compare.gt,
    "gte": compare.ge,
    "durationLT": compare.lt,
    "durationGTE": compare.ge,
}


@operator(*_ORDER)
def ordered_by_size(run: Run, node: Node) -> Value | None:
    """Compare two numbers or durations by size."""
    pair = two_numbers(run, node)
    return None if pair is None else boolean(_ORDER[node.name](*pair))


def _in_rectangle(x: float, y: float, coords: tuple[float, ...]) -> bool:
    """Left, top, right, bottom; the border counts."""
    return coords[0] <= x <= coords[2] and coords[1] <= y <= coords[3]


def _in_circle(x: float, y: float, coords: tuple[float, ...]) -> bool:
    """Centre and radius; the border counts."""
    return (x - coords[0]) ** 2 + (y - coords[1]) ** 2 <= coords[2] ** 2


def _in_ellipse(x: float, y: float, coords: tuple[float, ...]) -> bool:
    """Centre, horizontal and vertical radius; the border counts."""
    if not coords[2] or not coords[3]:
        return False
    return ((x - coords[0]) / coords[2]) ** 2 + ((y - coords[1]) / coords[3]) ** 2 <= 1


def _in_polygon(x: float, y: float, coords: tuple[float, ...]) -> bool:
    """Corners in order; a ray to the right crosses the border an odd number of times, or the border holds the point."""
    corners = list(zip(coords[::2], coords[1::2], strict=False))
    inside = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)  # 0 on the line through both corners
        if side == 0.0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


_SHAPES: dict[str, tuple[int, Callable[[float, float, tuple[float, ...]], bool]]] = {
    "rect": (4, _in_rectangle),
    "circle": (3, _in_circle),
    "ellipse": (4, _in_ellipse),
    "poly": (6, _in_polygon),
}


def in_area(item: Scalar, area: Area) -> bool:
    """Say whether a point lies in an area; the shape ``default`` is everywhere."""
    if not isinstance(item, tuple) or isinstance(item[0], str) or isinstance(item[1], str):
        return False
    if area.shape == "default":
        return True
    if area.shape not in _SHAPES:
        return False
    least, contains = _SHAPES[area.shape]
    return len(area.coords) >= least and contains(item[0], item[1], area.coords)


@operator("inside")
def inside(run: Run, node: Node) -> Value | None:
    """Say whether the point, or any of the points, lies in the shape."""
    value = run.evaluate(node.children[0]) if node.children else None
    if value is None:
        return None
    run.spend(len(node.get("coords")) * len(value.items) // 50)
    area = read_area(node)
    return boolean(any(in_area(item, area) for item in value.items))
