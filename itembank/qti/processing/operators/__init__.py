"""What each operator of the rule language means: one small function each, found by name."""

from itembank.qti.processing.operators import (
    arithmetic,
    comparison,
    containers,
    logic,
    mapping,
    mathematics,
    randomness,
    statistics,
    text,
    variables,
)
from itembank.qti.processing.run import OPERATORS

__all__ = [
    "OPERATORS",
    "arithmetic",
    "comparison",
    "containers",
    "logic",
    "mapping",
    "mathematics",
    "randomness",
    "statistics",
    "text",
    "variables",
]
