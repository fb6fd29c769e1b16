"""Exposure control: who may be given which item, limits on rates and overlap, and items in a field test."""

from __future__ import annotations

from engine.exposure.eligibility import (
    Eligibility,
    all_eligible,
    eligible_items,
    item_units,
    lift_where_short,
    passage_units,
)

__all__ = [
    "Eligibility",
    "all_eligible",
    "eligible_items",
    "item_units",
    "lift_where_short",
    "passage_units",
]
