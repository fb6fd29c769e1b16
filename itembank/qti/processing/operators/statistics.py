"""Statistics of a container of numbers."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

from itembank.qti.nodes import Node
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Value, is_number, real

_STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "mean": statistics.fmean,
    "sampleVariance": statistics.variance,
    "sampleSD": lambda xs: math.sqrt(statistics.variance(xs)),
    "popVariance": statistics.pvariance,
    "popSD": lambda xs: math.sqrt(statistics.pvariance(xs)),
}
STATISTICS = frozenset(_STATISTICS)


@operator("statsOperator", *_STATISTICS)
def statistic(run: Run, node: Node) -> Value | None:
    """Return mean, variance or standard deviation; NULL where a member is NULL or no number, or there are too few."""
    name = node.get("name") if node.name == "statsOperator" else node.name
    values = run.operands(node)
    if any(value is None or value.base_type == "mixed" for value in values):
        return None
    members = [
        float(item)
        for value in values
        if value is not None
        for item in value.items
        if is_number(item) and isinstance(item, int | float)
    ]
    if len(members) != sum(len(value.items) for value in values if value is not None):
        return None
    try:
        return real(_STATISTICS[name](members))
    except (statistics.StatisticsError, OverflowError, KeyError):
        return None
