"""Group figures from individual scores that each have an error.

A score is the mean of a posterior distribution (EAP), its error the posterior's standard deviation. Taking
the posteriors for normal, drawing many sets of plausible values and combining them (Rubin, 1987, eq. 3.1.2
to 3.1.5; Mislevy, 1991) has a closed form in the limit of infinitely many draws. That limit is used here:
nothing is drawn, so the same scores always give the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

FloatArray = NDArray[np.float64]

CONFIDENCE = 0.95
NORMAL_QUANTILE = float(ndtri(0.5 + CONFIDENCE / 2))
"""Half the width of a 95 % interval in standard errors, 1.96."""


@dataclass(frozen=True, slots=True)
class GroupMean:
    """Mean of a group.

    Attributes
    ----------
    value : the mean, on the scale of the scores
    standard_error : sampling and measurement error together
    spread : standard deviation of the abilities themselves, without measurement error
    n : pupils it rests on
    """

    value: float
    standard_error: float
    spread: float
    n: int

    @property
    def margin(self) -> float:
        """Half the width of the 95 % interval, by the t distribution with n - 1 degrees of freedom."""
        return float(stdtrit(self.n - 1, 0.5 + CONFIDENCE / 2)) * self.standard_error


def group_mean(scores: FloatArray, errors: FloatArray) -> GroupMean:
    """Mean of a group with its error.

    The variance of the abilities is the variance of the posterior means plus the mean posterior variance
    (law of total variance). The error of the mean combines sampling (that variance / n: another year,
    other pupils) with measurement (mean posterior variance / n).

    Parameters
    ----------
    scores, errors : (n_persons,)
        Posterior means and standard deviations; at least two persons.
    """
    n = scores.size
    measurement = float(np.mean(errors**2))
    variance = float(np.var(scores, ddof=1)) + measurement
    return GroupMean(
        value=float(np.mean(scores)),
        standard_error=float(np.sqrt((variance + measurement) / n)),
        spread=float(np.sqrt(variance)),
        n=n,
    )


def interval_probabilities(scores: FloatArray, errors: FloatArray, cuts: FloatArray) -> FloatArray:
    """Probability that each ability lies between two neighbouring cuts, by its normal posterior.

    Parameters
    ----------
    scores, errors : (n_persons,)
        Posterior means and standard deviations.
    cuts : (n_categories - 1,)
        Rising bounds; the outer intervals are open.

    Returns
    -------
    array of shape (n_persons, n_categories)
        Rows sum to 1.
    """
    below = ndtr((cuts[np.newaxis, :] - scores[:, np.newaxis]) / errors[:, np.newaxis])
    edges = np.pad(below, ((0, 0), (1, 1)), constant_values=((0.0, 0.0), (0.0, 1.0)))
    return np.diff(edges, axis=1)


def shares(probabilities: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share of a group in each category, and its 95 % interval.

    The error combines sampling, p (1 - p) / n, with classification, the sum over persons of P (1 - P) / n².
    The interval is Wilson's (1927) with the number of pupils that would give that error by sampling alone,
    so it never leaves [0, 1].

    Parameters
    ----------
    probabilities : (n_persons, n_categories)
        Rows sum to 1.

    Returns
    -------
    three arrays of shape (n_categories,)
        Share, lower and upper bound.
    """
    n = probabilities.shape[0]
    share = probabilities.mean(axis=0)
    sampling = share * (1.0 - share) / n
    classification = (probabilities * (1.0 - probabilities)).sum(axis=0) / n**2
    total = sampling + classification
    effective = np.divide(share * (1.0 - share), total, out=np.full_like(share, float(n)), where=total > 0.0)
    z2 = NORMAL_QUANTILE**2
    centre = (share + z2 / (2.0 * effective)) / (1.0 + z2 / effective)
    half = NORMAL_QUANTILE * np.sqrt(share * (1.0 - share) / effective + z2 / (4.0 * effective**2))
    half /= 1.0 + z2 / effective
    return share, np.clip(centre - half, 0.0, share), np.clip(centre + half, share, 1.0)


def whole_percentages(share: FloatArray) -> list[int]:
    """Shares that sum to 1 as whole percentages that sum to 100 (largest remainders; ties to the first)."""
    exact = 100.0 * share
    floor = np.floor(exact)
    missing = round(100.0 - float(floor.sum()))
    order = np.argsort(np.round(floor - exact, 9), kind="stable")  # largest remainder first
    floor[order[:missing]] += 1.0
    return [int(value) for value in floor]


def bin_edges(low: float, high: float, width: float) -> FloatArray:
    """Multiples of ``width`` from at or below ``low`` to at or above ``high``."""
    first, last = np.floor(low / width), np.ceil(high / width)
    return np.arange(first, max(last, first + 1) + 1) * width


def friendly_width(wanted: float) -> float:
    """Largest of 1, 2, 2.5 and 5 times a power of ten that is not above ``wanted``."""
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(power * max(step for step in (1.0, 2.0, 2.5, 5.0) if step * power <= wanted * (1.0 + 1e-9)))
