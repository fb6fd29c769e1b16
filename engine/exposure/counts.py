"""Counts of who could be given what and was, and probabilities adapted from them between administrations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray, assign, own
from engine.errors import DesignError
from engine.exposure.eligibility import Eligibility
from engine.exposure.limits import ExposureLimit
from engine.exposure.rates import ItemArray, administered_counts

LOWEST_PROBABILITY = 1e-3  # an item that is held back must stay measurable, or nothing would ever bring it back


@dataclass(frozen=True, slots=True, eq=False)
class ExposureCounts:
    """What sittings of one test did, by the interval of ability they ended in; counts add up, and may fade.

    Attributes
    ----------
    persons : (n_intervals,) sittings
    lifted : (n_intervals,) sittings of which eligibility was lifted at some item
    eligible : (n_intervals, n_units) sittings in which the unit was eligible, by its draw or lifted
    administered : (n_intervals, n_items) sittings in which the item was given

    Raises
    ------
    DesignError
        If a count is negative or no number, shapes do not fit, or more were lifted, eligible or given than there are
        persons.
    """

    persons: FloatArray
    lifted: FloatArray
    eligible: FloatArray
    administered: FloatArray

    def __post_init__(self) -> None:
        axes = {"persons": 1, "lifted": 1, "eligible": 2, "administered": 2}
        for name, n_axes in axes.items():
            counts = own(getattr(self, name), np.float64, name, n_axes, DesignError)
            if not np.all(np.isfinite(counts) & (counts >= 0.0)):
                raise DesignError(f"{name} must hold counts of 0 or more")
            if len(counts) != len(self.persons):
                raise DesignError(f"{name} must hold one row an interval, {len(self.persons)}, not {len(counts)}")
            assign(self, **{name: counts})
            if np.any(counts > (self.persons if n_axes == 1 else self.persons[:, np.newaxis]) * (1.0 + 1e-12)):
                raise DesignError(f"{name} counts more than there are persons")

    def __add__(self, other: ExposureCounts) -> ExposureCounts:
        """Counts of both; an error when they are of different banks."""
        if self.eligible.shape != other.eligible.shape or self.administered.shape != other.administered.shape:
            raise DesignError("counts of different intervals, units or items cannot be added")
        return ExposureCounts(
            self.persons + other.persons,
            self.lifted + other.lifted,
            self.eligible + other.eligible,
            self.administered + other.administered,
        )

    def faded(self, share: float) -> ExposureCounts:
        """Return counts in which the past weighs less: times a share in (0, 1], about 1 - 1 / persons to remember."""
        if not 0.0 < share <= 1.0:
            raise DesignError(f"counts fade by a share in (0, 1], not {share}")
        return ExposureCounts(
            share * self.persons, share * self.lifted, share * self.eligible, share * self.administered
        )


def count_exposure(
    eligibility: Eligibility, draws: FloatArray, item: ItemArray, interval: IntArray, lifted: BoolArray
) -> ExposureCounts:
    """Counts of sittings.

    Parameters
    ----------
    eligibility : what held for them
    draws : (n_persons, n_units) numbers in [0, 1) of the sittings
    item : (n_persons, length) items given; -1 where nothing was
    interval : (n_persons,) interval of the final estimate
    lifted : (n_persons,) whether eligibility was lifted at some item

    Raises
    ------
    DesignError
        If the shapes do not fit, an interval or an item does not exist.
    """
    n = interval.size
    if draws.shape != (n, eligibility.n_units) or len(item) != n or lifted.shape != (n,):
        raise DesignError(f"draws, items and lifted must be those of {n} persons and {eligibility.n_units} units")
    if n and not (interval.min() >= 0 and interval.max() < eligibility.n_intervals):
        raise DesignError(f"intervals go from 0 to {eligibility.n_intervals - 1}, these to {interval.max()}")
    persons = np.bincount(interval, minlength=eligibility.n_intervals).astype(np.float64)
    eligible = np.empty((eligibility.n_intervals, eligibility.n_units))
    administered = np.empty((eligibility.n_intervals, eligibility.n_items))
    for k in range(eligibility.n_intervals):
        here = interval == k
        eligible[k] = ((draws[here] < eligibility.probability[k]) | lifted[here, np.newaxis]).sum(axis=0)
        administered[k] = administered_counts(item[here], eligibility.n_items)
    held_up = np.bincount(interval[lifted], minlength=eligibility.n_intervals).astype(np.float64)
    return ExposureCounts(persons, held_up, eligible, administered)


def adapt_eligibility(eligibility: Eligibility, counts: ExposureCounts, rate: float | FloatArray) -> Eligibility:
    """Probabilities for the next administration from the counts of those before.

    Van der Linden & Veldkamp (2007), Journal of Educational and Behavioral Statistics 32, 398-418. With E eligible, A
    given and F that eligibility was not lifted, within each interval: ``P(E) = min(1, 1 - 1 / P(F) + rate P(E or not F)
    / (P(A) P(F)))``; 1 where nothing was given. A passage counts as given as often as the item of it that was given
    most.

    Parameters
    ----------
    eligibility : what held while the counts were taken
    counts : of sittings so far
    rate : highest exposure rate within every interval, in (0, 1]: one number, or (n_items,)

    Raises
    ------
    DesignError
        If the counts are of another bank, or a rate is not in (0, 1].
    """
    if counts.eligible.shape != eligibility.probability.shape or counts.administered.shape[1] != eligibility.n_items:
        raise DesignError("the counts are not of these intervals, units and items")
    limit = ExposureLimit(rate).rates(eligibility.n_items)
    used = largest_of_units(counts.administered / limit, eligibility)  # (n_intervals, n_units)
    persons = np.maximum(counts.persons, 1.0)[:, np.newaxis]
    feasible = np.maximum(1.0 - counts.lifted[:, np.newaxis] / persons, 1.0 / persons)
    ratio = np.divide(counts.eligible, used, out=np.full(used.shape, np.inf), where=used > 0.0)
    probability = 1.0 - 1.0 / feasible + ratio / feasible
    return eligibility.with_probability(np.clip(probability, LOWEST_PROBABILITY, 1.0))


def largest_of_units(values: FloatArray, eligibility: Eligibility) -> FloatArray:
    """Largest value of the items of each unit, (n_rows, n_units), from (n_rows, n_items).

    Parameters
    ----------
    values : (n_rows, n_items)
    eligibility : says which unit each item belongs to
    """
    order = np.argsort(eligibility.unit, kind="stable")
    first = np.searchsorted(eligibility.unit[order], np.arange(eligibility.n_units))
    largest: FloatArray = np.maximum.reduceat(values[:, order], first, axis=1)
    return largest
