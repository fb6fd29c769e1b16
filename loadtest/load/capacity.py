"""From what was measured to what a country needs: percentiles, a scaling law, and cores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PACE_S = 45.0  # one answer in so many seconds: what a pupil of a system-level test takes on average
STEADY = 0.05  # an exponent this near to a whole number counts as that number


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """``y = factor · x ** exponent``.

    Attributes
    ----------
    factor : y at x = 1
    exponent : how many times steeper than proportional; 1 is proportional
    """

    factor: float
    exponent: float


def fit_power_law(x: Sequence[float], y: Sequence[float]) -> PowerLaw:
    """Fit a power law by least squares on logarithms.

    Parameters
    ----------
    x, y
        Positive numbers, at least two different ones in ``x``.

    Raises
    ------
    ValueError
        If a number is not positive, or there are fewer than two sizes.
    """
    if len(set(x)) < 2 or min(x) <= 0.0 or min(y) <= 0.0:
        raise ValueError(f"a scaling law needs two sizes and positive numbers; got {list(x)} and {list(y)}")
    exponent, intercept = np.polyfit(np.log(x), np.log(y), 1)
    return PowerLaw(float(np.exp(intercept)), float(exponent))


def percentiles(times: Sequence[float], ranks: Sequence[float] = (50, 95, 99)) -> tuple[float, ...]:
    """Smallest of ``times`` that so many per cent do not exceed (nearest rank); NaN where nothing was timed."""
    if not times:
        return tuple(float("nan") for _ in ranks)
    return tuple(float(each) for each in np.percentile(np.asarray(times), ranks, method="inverted_cdf"))


def answers_a_second(n_pupils: float, pace_s: float = PACE_S) -> float:
    """Answers a second of pupils at work, each with its own phase."""
    return n_pupils / pace_s


def cores(n_pupils: float, cpu_s: float, pace_s: float = PACE_S) -> float:
    """Busy cores that pupils at work need, when one answer costs ``cpu_s`` seconds of processor time."""
    return answers_a_second(n_pupils, pace_s) * cpu_s


def throughput_in_words(exponent: float) -> str:
    """What the exponent of answers a second over pupils means."""
    if exponent >= 1.0 - STEADY:
        return "every pupil more brings as many answers more: nothing is full yet"
    return "answers grow more slowly than pupils: something is filling up"


def cost_in_words(exponent: float) -> str:
    """What the exponent of busy cores over answers a second means."""
    if exponent > 1.0 + STEADY:
        return "an answer costs more the more there are: the needs below are too low"
    if exponent < 1.0 - STEADY:
        return "an answer costs less the more there are: the needs below are on the safe side"
    return "an answer costs the same however many there are: the needs below are proportional"
