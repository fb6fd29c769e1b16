"""Designs of tests that only count content areas, for tests."""

from __future__ import annotations

from collections.abc import Mapping

from engine import Blueprint, Count
from itembank import Design, ItemFilter


def area_design(
    identifier: str,
    title: str,
    length: int,
    areas: Mapping[str, tuple[int, int]],
    *,
    subject: str = "wiskunde",
    time_limit_ms: int = 0,
) -> Design:
    """Adaptive test of so many items, with the fewest and most of each area."""
    return Design(
        identifier=identifier,
        title=title,
        subject=subject,
        kind="adaptive",
        blueprint=Blueprint(
            length, counts=tuple(Count({"area": area}, low, high) for area, (low, high) in areas.items())
        ),
        minimum_length=length,
        filter=ItemFilter(only_counted={"area": frozenset(areas)}),
        time_limit_ms=time_limit_ms,
    )
