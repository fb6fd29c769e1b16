"""Points from a mapping."""

from __future__ import annotations

from itembank.qti.nodes import Node
from itembank.qti.processing.operators.comparison import in_area
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Value, real

PER_STEP = 20
"""Entries of a mapping that are looked at in one step of the budget."""


@operator("mapResponse")
def map_response(run: Run, node: Node) -> Value | None:
    """Add the points of every member of a response and keep the sum within the mapping's bounds.

    No response gives 0 points before the bounds. A mapping has keys, so a response of points on a picture maps to 0.
    """
    identifier = node.get("identifier")
    declared, value = run.declarations.get(identifier), run.values.get(identifier)
    mapping = declared.mapping if declared is not None else None
    if mapping is None:
        return real(0.0)
    run.spend(len(mapping.entries) * (value.weight if value is not None else 0) // PER_STEP)
    return real(mapping.bounded(sum((mapping.worth(item) for item in value.items), 0.0) if value is not None else 0.0))


@operator("mapResponsePoint")
def map_response_point(run: Run, node: Node) -> Value | None:
    """Add the points of every area that holds a response, each area once; points outside all give the default."""
    identifier = node.get("identifier")
    declared, value = run.declarations.get(identifier), run.values.get(identifier)
    mapping = declared.area_mapping if declared is not None else None
    if mapping is None:
        return real(0.0)
    items = value.items if value is not None else ()
    run.spend(sum(1 + len(area.coords) for area in mapping.areas) * (1 + len(items)) // PER_STEP)
    total, placed = 0.0, set()
    for area in mapping.areas:
        hits = {place for place, item in enumerate(items) if place not in placed and in_area(item, area)}
        total += area.worth if hits else 0.0
        placed |= hits
    total += mapping.default * (len(items) - len(placed))
    return real(mapping.bounded(total))
