"""Probabilities of eligibility found by simulation before a bank is released."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import DesignError
from engine.exposure.counts import LOWEST_PROBABILITY, largest_of_units
from engine.exposure.eligibility import Eligibility
from engine.exposure.limits import ExposureLimit, check_limits
from engine.exposure.rates import overlap_of_rates

UNSEEN = 1e-4  # a rate below this counts as this: it says only that there is room
LARGEST_FALL, LARGEST_RISE = 2.0, 0.5  # of a log-probability in one iteration
STEPS_BEFORE_OVERLAP = 3  # iterations in which the rates find their place, before overlap means anything
ROOM = 0.2  # log of how much more the tightened rates sum to than the length of a test
RELEVANT = 0.2  # an interval answers for a limit when it gives this share of what the busiest interval gives to it


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedTests:
    """What simulated persons were given.

    Attributes
    ----------
    item : (n_persons, length) item indices; -1 where nothing was given
    interval : (n_persons, length) interval of the estimate when each was chosen
    lifted : (n_persons,) whether eligibility was lifted at some item
    """

    item: IntArray
    interval: IntArray
    lifted: BoolArray


class Simulate(Protocol):
    """Gives tests to simulated persons; any selection rule, with or without a blueprint."""

    def __call__(
        self, theta: FloatArray, draws: FloatArray, eligibility: Eligibility, rng: np.random.Generator, /
    ) -> SimulatedTests:
        """Whole tests.

        Parameters
        ----------
        theta : (n_persons,) true abilities in logits
        draws : (n_persons, n_units) numbers in [0, 1) that eligibility is drawn with
        eligibility, rng
            What may be given, and the source of all other chance.
        """
        ...


@dataclass(frozen=True, slots=True)
class ExposureOptions:
    """How calibration of exposure goes about its work.

    Attributes
    ----------
    n_persons : simulated in each iteration
    n_iterations : in all, an even number; the second half is averaged
    n_bold : iterations at the start that take whole steps
    decay : step sizes fall as iterations to the power -decay after that, in (.5, 1]
    margin : share by which the limits are kept stricter than asked, so that they also hold for fresh persons

    Raises
    ------
    DesignError
        If a number is out of range.
    """

    n_persons: int = 8000
    n_iterations: int = 24
    n_bold: int = 6
    decay: float = 0.6
    margin: float = 0.01

    def __post_init__(self) -> None:
        if self.n_persons < 100 or not 0 <= self.n_bold < self.n_iterations or self.n_iterations % 2:
            raise DesignError(
                "calibration of exposure needs 100 persons or more and an even number of iterations, above n_bold"
            )
        if not (0.5 < self.decay <= 1.0 and 0.0 <= self.margin < 0.5):
            raise DesignError(f"decay must be in (.5, 1] and margin in [0, .5), not {self.decay} and {self.margin}")


@dataclass(frozen=True, slots=True, eq=False)
class ExposureCalibration:
    """Probabilities found, and what they led to in the last iteration.

    Attributes
    ----------
    eligibility : to pin in the compiled bank
    highest : (n_iterations, n_limits) highest exposure rate of an item, as a share of its limit
    overlap : (n_iterations, n_limits) overlap of the tests of each limit's population
    lifted : (n_iterations,) share of persons for whom eligibility was lifted at some item
    """

    eligibility: Eligibility
    highest: FloatArray
    overlap: FloatArray
    lifted: FloatArray


def calibrate_exposure(
    simulate: Simulate,
    start: Eligibility,
    limits: Sequence[ExposureLimit],
    rng: np.random.Generator,
    options: ExposureOptions | None = None,
) -> ExposureCalibration:
    """Probabilities of eligibility under which every limit holds.

    A plain eligibility method follows the noise of its last counts and overshoots. Here the log-probabilities
    follow ``log(limit / rate)`` with falling steps (Robbins & Monro, 1951, Annals of Mathematical
    Statistics 22, 400-407) and are averaged (Polyak & Juditsky, 1992, SIAM Journal on Control and Optimization 30,
    838-855). Each iteration draws persons from the populations of all limits alike and weighs them for each, so that
    a limit on a rare population costs no more persons. Abilities and eligibility draws are spread evenly (a
    Latin hypercube), which takes most of the noise out of the rates. A passage answers for its busiest item.
    In an interval of the estimate the limit that is exceeded most counts, of those that the interval matters to.

    Parameters
    ----------
    simulate : gives tests to persons
    start : intervals and units, and the probabilities to begin with: `all_eligible`, or those of last year
    limits : one or more; several populations keep the limit for whoever comes, intervals make it conditional
    rng, options
        Source of chance, and how hard to work.

    Raises
    ------
    DesignError
        If there are no limits, or tests are longer than a limit's rates sum to.
    """
    chosen = options or ExposureOptions()
    log_p, total = np.log(start.probability), np.zeros(start.probability.shape)
    stricter = np.zeros(len(limits))  # log of what the rates are multiplied by, for the sake of overlap
    trace = []
    for iteration in range(chosen.n_iterations):
        eligibility = start.with_probability(np.exp(log_p))
        given, lifted = try_out(simulate, eligibility, limits, rng, chosen.n_persons)
        rate = given.sum(axis=1)  # (n_limits, n_items)
        overlap = np.array([overlap_of_rates(of) for of in rate])
        trace.append((np.exp(_excess(rate, limits).max(axis=1)), overlap, lifted))
        gain = (1.0 + max(0, iteration - chosen.n_bold)) ** -chosen.decay
        if iteration >= STEPS_BEFORE_OVERLAP:
            stricter = _tighten(stricter, rate, overlap, limits, gain, chosen.margin)
        excess = _excess(rate, limits, chosen.margin) - stricter[:, np.newaxis]
        log_p = np.clip(log_p - gain * _step(given, excess, eligibility), np.log(LOWEST_PROBABILITY), 0.0)
        total += log_p if 2 * iteration >= chosen.n_iterations else 0.0
    highest, overlaps, lifts = (np.array(column) for column in zip(*trace, strict=True))
    found = start.with_probability(np.exp(total / (chosen.n_iterations // 2)))
    return ExposureCalibration(found, highest, overlaps, lifts)


def try_out(
    simulate: Simulate,
    eligibility: Eligibility,
    limits: Sequence[ExposureLimit],
    rng: np.random.Generator,
    n_persons: int,
) -> tuple[FloatArray, float]:
    """Share of each limit's population given each item in each interval, and share of persons lifted.

    Parameters
    ----------
    simulate, eligibility, limits, rng
        As for `calibrate_exposure`.
    n_persons : simulated in all

    Returns
    -------
    array of shape (n_limits, n_intervals, n_items), and a share

    Raises
    ------
    DesignError
        If there are no limits, or tests are longer than a limit's rates sum to.
    """
    theta = draw_abilities(limits, n_persons, rng)
    tests = simulate(theta, spread_evenly((theta.size, eligibility.n_units), rng), eligibility, rng)
    check_limits(limits, eligibility.n_items, float((tests.item >= 0).sum(axis=1).mean()))
    given = _shares_given(tests, population_weights(limits, theta), eligibility)
    return given, float(tests.lifted.mean())


def draw_abilities(limits: Sequence[ExposureLimit], n_persons: int, rng: np.random.Generator) -> FloatArray:
    """Abilities of about n_persons persons, as many of each limit's population, spread evenly in each.

    Parameters
    ----------
    limits : whose populations are drawn from
    n_persons : in all, rounded up to as many for each
    rng : source of chance
    """
    n = -(-n_persons // len(limits))
    return np.concatenate([limit.draw(spread_evenly((n, 1), rng)[:, 0]) for limit in limits])


def population_weights(limits: Sequence[ExposureLimit], theta: FloatArray) -> FloatArray:
    """Weights that make persons of all populations stand for each, (n_limits, n_persons); rows sum to 1.

    Parameters
    ----------
    limits : n_limits populations
    theta : (n_persons,) abilities in logits, drawn from all populations alike
    """
    density = np.array([limit.density(theta) for limit in limits])
    weights = density / density.sum(axis=0)
    normalised: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return normalised


def spread_evenly(shape: tuple[int, int], rng: np.random.Generator) -> FloatArray:
    """Return numbers in [0, 1) of which every column has one in each of n_rows equal parts, in random order.

    Parameters
    ----------
    shape : n_rows and n_columns
    rng : source of chance
    """
    rank = rng.permuted(np.tile(np.arange(shape[0])[:, np.newaxis], (1, shape[1])), axis=0)
    even: FloatArray = (rank + rng.random(shape)) / shape[0]
    return np.minimum(even, np.nextafter(1.0, 0.0))


def _shares_given(tests: SimulatedTests, weights: FloatArray, eligibility: Eligibility) -> FloatArray:
    """Weighted share of persons given each item in each interval, (n_limits, n_intervals, n_items)."""
    person, position = np.nonzero(tests.item >= 0)
    cell = tests.interval[person, position] * eligibility.n_items + tests.item[person, position]
    n_cells = eligibility.n_intervals * eligibility.n_items
    shares = np.empty((len(weights), n_cells))
    for row, weight in zip(shares, weights, strict=True):
        row[:] = np.bincount(cell, weights=weight[person], minlength=n_cells)
    return shares.reshape(len(weights), eligibility.n_intervals, eligibility.n_items)


def _excess(rate: FloatArray, limits: Sequence[ExposureLimit], margin: float = 0.0) -> FloatArray:
    """Logarithm of each rate divided by its limit, (n_limits, n_items); a limit of 1 needs no margin."""
    asked = np.array([limit.rates(rate.shape[1]) for limit in limits])
    excess: FloatArray = np.log(np.maximum(rate, UNSEEN) / asked)
    return np.where(asked < 1.0, excess + margin, excess)


def _tighten(
    stricter: FloatArray,
    rate: FloatArray,
    overlap: FloatArray,
    limits: Sequence[ExposureLimit],
    gain: float,
    margin: float,
) -> FloatArray:
    """Log-factors on the rates of each limit, (n_limits,), after a look at the overlap; tests can still be filled."""
    too_much = np.log(overlap / [limit.overlap for limit in limits]) + margin
    fullest = [rate[g].sum() / limits[g].rates(rate.shape[1]).sum() for g in range(len(limits))]
    lowest = np.minimum(np.log(fullest) + ROOM, 0.0)
    changed: FloatArray = np.clip(stricter - 0.5 * gain * too_much, lowest, 0.0)
    return changed


def _step(given: FloatArray, excess: FloatArray, eligibility: Eligibility) -> FloatArray:
    """How far each log-probability should fall, (n_intervals, n_units); negative to rise."""
    of_unit = largest_of_units(excess, eligibility)  # (n_limits, n_units)
    flat = given.reshape(-1, eligibility.n_items)
    share = largest_of_units(flat, eligibility).reshape(*given.shape[:2], -1)  # (n_limits, n_intervals, n_units)
    matters = share >= np.maximum(RELEVANT * share.max(axis=1, keepdims=True), UNSEEN)
    fall = np.where(matters, of_unit[:, np.newaxis, :], -LARGEST_RISE).max(axis=0)
    clipped: FloatArray = np.clip(fall, -LARGEST_RISE, LARGEST_FALL)
    return clipped
