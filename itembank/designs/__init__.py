"""Designs of tests: a readable TOML file of all that a test is, and how the next item is chosen."""

from __future__ import annotations

from itembank.designs.reading import design_from_text, read_design
from itembank.designs.values import (
    ESTIMATORS,
    EXPOSURES,
    LINEAR,
    METHODS,
    SELECTION_RULES,
    Cuts,
    Design,
    Exposure,
    ItemFilter,
    Selection,
    Stopping,
)

__all__ = [
    "ESTIMATORS",
    "EXPOSURES",
    "LINEAR",
    "METHODS",
    "SELECTION_RULES",
    "Cuts",
    "Design",
    "Exposure",
    "ItemFilter",
    "Selection",
    "Stopping",
    "design_from_text",
    "read_design",
]
