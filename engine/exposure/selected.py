"""The method of Sympson and Hetter: how likely an item that is selected is also given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import FloatArray
from engine.errors import DesignError
from engine.exposure.calibration import ExposureOptions, Simulate, try_out
from engine.exposure.counts import LOWEST_PROBABILITY, largest_of_units
from engine.exposure.eligibility import Eligibility
from engine.exposure.limits import ExposureLimit


def sympson_hetter_step(selected: FloatArray, rate: FloatArray, length: int) -> FloatArray:
    """Probabilities of being given once selected, in one iteration.

    Sympson & Hetter (1985), Controlling item-exposure rates in computerized adaptive testing, Proceedings of the 27th
    annual meeting of the Military Testing Association, 973-977:
    ``min(1, rate / P(selected))``; the ``length`` largest of them become 1, so that no test runs out of items.

    Parameters
    ----------
    selected : (n_intervals, n_units) share of persons for whom the unit was selected, whether given or not
    rate : (n_units,) highest exposure rates, or of a shape that broadcasts with ``selected``
    length : items of a test

    Returns
    -------
    array of shape (n_intervals, n_units), in (0, 1]
    """
    probability = np.minimum(1.0, rate / np.maximum(selected, 1e-12))
    largest = np.argsort(-probability, axis=1, kind="stable")[:, :length]
    np.put_along_axis(probability, largest, 1.0, axis=1)
    return np.maximum(probability, LOWEST_PROBABILITY)


def calibrate_sympson_hetter(
    simulate: Simulate,
    start: Eligibility,
    limits: Sequence[ExposureLimit],
    rng: np.random.Generator,
    options: ExposureOptions | None = None,
) -> Eligibility:
    """Probabilities by iterated simulation, conditional on ability where there are intervals.

    Sympson & Hetter (1985), as in `sympson_hetter_step`; conditional: Stocking & Lewis (1998), Journal of Educational
    and Behavioral Statistics 23, 57-75.

    An item that is selected and not given is passed over for the rest of the test, so its one draw may as well be
    made at the start: these probabilities are used just as those of eligibility, and the two methods differ only in
    how they are found. Nothing is averaged, so that they carry the noise of the last iteration:
    `calibrate_exposure` keeps limits better.

    Parameters
    ----------
    simulate, start, rng, options
        As for `calibrate_exposure`; of the options the numbers of persons and iterations count.
    limits : one for each interval of ``start``: of the whole population, or `conditional_limits`

    Raises
    ------
    DesignError
        If there is not one limit for each interval, or tests are longer than a limit's rates sum to.
    """
    if len(limits) != start.n_intervals:
        raise DesignError(
            f"Sympson-Hetter needs one limit for each of {start.n_intervals} intervals, not {len(limits)}"
        )
    chosen = options or ExposureOptions()
    asked = np.array([limit.rates(start.n_items) for limit in limits])
    eligibility = start
    for _ in range(chosen.n_iterations):
        given, _lifted = try_out(simulate, eligibility, limits, rng, chosen.n_persons)
        used = largest_of_units(given.sum(axis=1) / asked, start)  # as a share of the limit
        length = round(float(given[0].sum()))
        step = sympson_hetter_step(used / eligibility.probability, np.ones(1), length)
        eligibility = start.with_probability(step)
    return eligibility
