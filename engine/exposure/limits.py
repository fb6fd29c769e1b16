"""What may be asked of exposure: the share of a population that meets an item, and the overlap of their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from engine.arrays import FloatArray
from engine.errors import DesignError, name_indices

ROUNDING = 1e-12
LOWEST_SHARE = 1e-9  # of a normal distribution that an interval must hold


@dataclass(frozen=True, slots=True, eq=False)
class ExposureLimit:
    """At most a share of the persons of one population may meet an item.

    The population is normal, cut off at the bounds: an interval of ability makes the limit conditional on it
    (Stocking & Lewis, 1998, Journal of Educational and Behavioral Statistics 23, 57-75).

    Attributes
    ----------
    rate : highest exposure rate, in (0, 1]: one number, or one for each item, (n_items,)
    mean, sd : of the normal distribution, in logits
    lower, upper : bounds on ability, in logits
    overlap : highest mean share of items that two of their tests have in common, in (0, 1]; 1 for no limit

    Raises
    ------
    DesignError
        If a rate or the overlap is not in (0, 1], or nobody lives between the bounds.
    """

    rate: float | FloatArray
    mean: float = 0.0
    sd: float = 1.0
    lower: float = -np.inf
    upper: float = np.inf
    overlap: float = 1.0

    def __post_init__(self) -> None:
        rate = np.atleast_1d(np.asarray(self.rate, dtype=np.float64))
        wrong = np.flatnonzero(~((rate > 0.0) & (rate <= 1.0)))
        if wrong.size:
            which = f"of items {name_indices(wrong)} they are not" if rate.size > 1 else f"this is {rate[0]}"
            raise DesignError(f"exposure rates must be in (0, 1]; {which}")
        if not 0.0 < self.overlap <= 1.0:
            raise DesignError(f"an overlap must be in (0, 1]; this is {self.overlap}")
        if not (np.isfinite(self.mean) and np.isfinite(self.sd) and self.sd > 0.0 and self.lower < self.upper):
            raise DesignError("a population needs a finite mean, sd > 0 and lower < upper")
        low, high = self._tails()
        if high - low < LOWEST_SHARE:
            raise DesignError(f"nobody of N({self.mean}, {self.sd}²) lives between {self.lower} and {self.upper}")

    def rates(self, n_items: int) -> FloatArray:
        """Highest rate of each item, (n_items,); a wrong number of them is an error."""
        rate = np.atleast_1d(np.asarray(self.rate, dtype=np.float64))
        if rate.size not in {1, n_items}:
            raise DesignError(f"a limit needs one rate or one for each of {n_items} items, not {rate.size}")
        return np.broadcast_to(rate, n_items)

    def draw(self, uniform: FloatArray) -> FloatArray:
        """Abilities of persons, of the same shape as the numbers in [0, 1) they are drawn with."""
        low, high = self._tails()
        inner = np.clip(low + (high - low) * uniform, 1e-12, 1.0 - 1e-12)
        theta: FloatArray = np.clip(self.mean + self.sd * ndtri(inner), self.lower, self.upper)
        return theta

    def density(self, theta: FloatArray) -> FloatArray:
        """Density at abilities, of the same shape, 1/logit."""
        low, high = self._tails()
        z = (theta - self.mean) / self.sd
        inside = (theta >= self.lower) & (theta <= self.upper)
        density: FloatArray = np.where(inside, np.exp(-0.5 * z * z), 0.0) / (
            self.sd * np.sqrt(2.0 * np.pi) * (high - low)
        )
        return density

    def _tails(self) -> tuple[float, float]:
        """Share of the normal distribution below each bound."""
        return float(ndtr((self.lower - self.mean) / self.sd)), float(ndtr((self.upper - self.mean) / self.sd))


def conditional_limits(
    edges: FloatArray, rate: float | FloatArray, *, mean: float = 0.0, sd: float = 1.0
) -> tuple[ExposureLimit, ...]:
    """One limit for each interval of ability: whoever lives there meets an item with at most this rate.

    Van der Linden & Veldkamp (2007), Journal of Educational and Behavioral Statistics 32, 398-418.

    Parameters
    ----------
    edges : (n_intervals - 1,) increasing abilities in logits
    rate : for all intervals, or (n_intervals,) one for each
    mean, sd
        Of the population, in logits; it says who lives within an interval, not how many.
    """
    bounds = np.concatenate([[-np.inf], np.asarray(edges, dtype=np.float64), [np.inf]])
    rates = np.broadcast_to(np.asarray(rate, dtype=np.float64), bounds.size - 1)
    return tuple(
        ExposureLimit(float(of), mean, sd, float(low), float(high))
        for of, low, high in zip(rates, bounds[:-1], bounds[1:], strict=True)
    )


def check_limits(limits: Sequence[ExposureLimit], n_items: int, length: float) -> None:
    """Refuse limits under which no test can be filled.

    Exposure rates sum to the length of a test, whatever the method.

    Parameters
    ----------
    limits, n_items
        What is asked, and of how many items.
    length : items of a test

    Raises
    ------
    DesignError
        If there are no limits, or the rates of one sum to less than the length.
    """
    if not limits:
        raise DesignError("exposure control needs one limit or more")
    for number, limit in enumerate(limits):
        most = float(limit.rates(n_items).sum())
        if most < length * (1.0 - ROUNDING):
            raise DesignError(
                f"limit {number}: the highest rates of {n_items} items sum to {most:.4g}, too few for a test of "
                f"{length:g} items"
            )
        least = length / n_items
        if limit.overlap < least:
            raise DesignError(
                f"limit {number}: tests of {length:g} out of {n_items} items overlap by {least:.3g} or more, not by "
                f"{limit.overlap:g}"
            )
