"""Score functions of whole tests from the models' formulas, in complex numbers: nothing of ours is in them.

A derivative is ``Im f(θ + ih) / h`` with a tiny h (Squire & Trapp, 1998), exact to rounding.
"""

from __future__ import annotations

import cmath

from engine.models import ItemParameters, Kind

H = 1e-30


def curves(items: ItemParameters, item: int, theta: complex) -> tuple[list[complex], list[complex]]:
    """Probability of every category, and its derivative to ability."""
    a = float(items.discrimination[item])
    steps = [float(step) for step in items.steps(item)]
    if items.kind[item] in {Kind.PARTIAL_CREDIT, Kind.NOMINAL}:
        return _divided(items, item, theta)
    c, d = float(items.guessing[item]), float(items.upper[item])
    reach = [1 / (1 + cmath.exp(-a * (theta - step))) for step in steps]
    at_least = [1.0, *(c + (d - c) * s for s in reach), 0.0]
    rising = [0.0, *((d - c) * a * s * (1 - s) for s in reach), 0.0]
    pairs = range(len(at_least) - 1)
    return [at_least[k] - at_least[k + 1] for k in pairs], [rising[k] - rising[k + 1] for k in pairs]


def _divided(items: ItemParameters, item: int, theta: complex) -> tuple[list[complex], list[complex]]:
    part = slice(int(items.step_start[item]), int(items.step_start[item + 1]))
    if items.kind[item] == Kind.NOMINAL:
        slopes = [0.0, *items.category_slope[part].tolist()]
    else:
        slopes = [k * float(items.discrimination[item]) for k in range(part.stop - part.start + 1)]
    levels = [0.0, *items.intercepts(item).tolist()]
    size = [cmath.exp(slope * theta + level) for slope, level in zip(slopes, levels, strict=True)]
    p = [one / sum(size) for one in size]
    mean = sum(slope * one for slope, one in zip(slopes, p, strict=True))
    return p, [one * (slope - mean) for slope, one in zip(slopes, p, strict=True)]


def score(items: ItemParameters, answers: list[tuple[int, int]], theta: float) -> float:
    """Derivative of the log-likelihood of answers (item, category)."""
    total = 0.0
    for item, category in answers:
        p, rise = curves(items, item, theta)
        total += (rise[category] / p[category]).real
    return total


def warm(items: ItemParameters, answers: list[tuple[int, int]], theta: float) -> tuple[float, float]:
    """``J / (2 I)`` with ``J = Σ P' P'' / P``, and ``I = Σ P'² / P``, over the items answered."""
    information = skewness = 0.0
    for item, _ in answers:
        p, rise = curves(items, item, theta)
        bend = [one.imag / H for one in curves(items, item, complex(theta, H))[1]]
        information += sum((r * r / one).real for one, r in zip(p, rise, strict=True))
        skewness += sum((r * b / one).real for one, r, b in zip(p, rise, bend, strict=True))
    return skewness / (2.0 * information), information
