"""Links by means and standard deviations of item parameters."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray
from engine.errors import ParameterError
from engine.models import ItemParameters, Kind

LEAST_SPREAD = 1e-10  # in logits


def mean_mean(linked: ItemParameters, base: ItemParameters, *, is_slope_free: bool = True) -> tuple[float, float]:
    """Slope ``mean(a) / mean(a base)`` and the intercept of the mean locations (Loyd & Hoover, 1980).

    Slopes count by their size, so that a reversed item does not cancel another. Locations are those of `locations`.

    Parameters
    ----------
    linked, base : the same n_items items on both scales
    is_slope_free
        False takes the slope as 1, as Rasch models do.
    """
    slope = float(np.abs(linked.discrimination).mean() / np.abs(base.discrimination).mean()) if is_slope_free else 1.0
    return slope, float(locations(base).mean() - slope * locations(linked).mean())


def mean_sigma(linked: ItemParameters, base: ItemParameters) -> tuple[float, float]:
    """Slope and intercept of mean and standard deviation of the locations (Marco, 1977).

    Parameters
    ----------
    linked, base : the same n_items items on both scales

    Raises
    ------
    ParameterError
        If there are fewer than 2 items, or their locations do not spread.
    """
    if linked.n_items < 2:
        raise ParameterError(f"a link by standard deviations takes 2 common items or more, not {linked.n_items}")
    here, there = locations(linked), locations(base)
    if min(float(here.std()), float(there.std())) < LEAST_SPREAD:
        raise ParameterError("a link by standard deviations takes items of different difficulty; these do not differ")
    slope = float(there.std() / here.std())
    return slope, float(there.mean() - slope * here.mean())


def locations(items: ItemParameters) -> FloatArray:
    """Difficulties of logistic items, all steps of partial-credit and graded ones, the crossing of nominal ones.

    A nominal item counts once, where the curves of its first and last category cross.
    """
    stepped = (items.kind == Kind.PARTIAL_CREDIT) | (items.kind == Kind.GRADED)
    of_step = np.repeat(stepped, np.diff(items.step_start))
    return np.concatenate([items.difficulty[~stepped], items.step[of_step]])
