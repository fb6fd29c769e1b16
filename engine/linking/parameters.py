"""Item parameters as one vector, in the order that their covariance has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray
from engine.calibration.values import Covariance
from engine.errors import ParameterError, name_indices
from engine.models import ItemParameters, Kind


def parameter_names(items: ItemParameters) -> list[tuple[int, str]]:
    """Item and name of every entry of the vector, item by item.

    A logistic item has ``discrimination``, ``difficulty``, ``guessing``, ``upper``; a partial-credit or graded one
    ``discrimination``, ``step_1``, …; a nominal one ``slope_1``, …, ``intercept_1``, …: the reported scale. What was
    fixed has a variance of 0.

    Parameters
    ----------
    items : n_items items of any kind

    Examples
    --------
    >>> parameter_names(ItemParameters.from_steps(Kind.GRADED, [1.0], [[0.0, 1.0]]))
    [(0, 'discrimination'), (0, 'step_1'), (0, 'step_2')]
    """
    names: list[tuple[int, str]] = []
    for item, (kind, n_steps) in enumerate(zip(items.kind, np.diff(items.step_start), strict=True)):
        steps = range(1, int(n_steps) + 1)
        if kind == Kind.LOGISTIC:
            own = ["discrimination", "difficulty", "guessing", "upper"]
        elif kind == Kind.NOMINAL:
            own = [f"slope_{k}" for k in steps] + [f"intercept_{k}" for k in steps]
        else:
            own = ["discrimination", *(f"step_{k}" for k in steps)]
        names += [(item, name) for name in own]
    return names


def covariance_for_link(covariance: Covariance, items: ItemParameters, common: npt.ArrayLike) -> FloatArray:
    """Covariance of common items, from that of everything a calibration estimated, in the order of `parameter_names`.

    Parameters
    ----------
    covariance : of a calibration
    items : (n_items,) all items of that calibration
    common : (n_common,) those that the link takes, in its order

    Returns
    -------
    array with a row and a column for each parameter of ``items.take(common)``; zeros where it was not estimated

    Raises
    ------
    ParameterError
        If the covariance is empty, or the data did not determine a parameter of a common item; these are named.
    """
    if not covariance.names:
        raise ParameterError("the calibration worked out no standard errors: the link has none without them")
    index = np.asarray(common, dtype=np.int64)
    row = {(item, name): n for n, (kind, item, name) in enumerate(covariance.names) if kind == "item"}
    places = [row.get((int(index[item]), name), -1) for item, name in parameter_names(items.take(index))]
    place = np.array(places, dtype=np.int64)
    estimated = np.flatnonzero(place >= 0)
    chosen = place[estimated]
    loose = sorted({covariance.names[n][1] for n in chosen[~np.isfinite(np.diag(covariance.matrix)[chosen])].tolist()})
    if loose:
        raise ParameterError(f"the responses do not determine common items {name_indices(loose)}: link without them")
    matrix = np.zeros((place.size, place.size))
    matrix[np.ix_(estimated, estimated)] = covariance.matrix[np.ix_(chosen, chosen)]
    return matrix


def changed(items: ItemParameters, item: int, name: str, amount: float) -> ItemParameters:
    """Items with one parameter moved by an amount, and what follows from it moved along; kept in its range.

    Parameters
    ----------
    items, item
        All items, and the index of the one.
    name
        As in `parameter_names`: a field of `ItemParameters`, or ``step_2``, ``slope_1``, ``intercept_1`` and so on.
    amount
        In the parameter's own unit.
    """
    if name == "guessing":
        inside_range = np.clip(items.guessing[item] + amount, 0.0, items.upper[item])
        return replace(items, guessing=_moved(items.guessing, item, inside_range - items.guessing[item]))
    if name == "upper":
        inside_range = np.clip(items.upper[item] + amount, items.guessing[item], 1.0)
        return replace(items, upper=_moved(items.upper, item, inside_range - items.upper[item]))
    if name == "discrimination":
        return replace(items, discrimination=_moved(items.discrimination, item, amount))
    if name == "difficulty":
        return replace(items, difficulty=_moved(items.difficulty, item, amount))
    place = int(items.step_start[item]) + int(name.rsplit("_", 1)[1]) - 1
    inside = slice(int(items.step_start[item]), int(items.step_start[item + 1]))
    if name.startswith("step_"):
        step = _moved(items.step, place, amount)
        difficulty = items.difficulty.copy()
        difficulty[item] = step[inside].mean()
        return replace(items, step=step, difficulty=difficulty)
    slope, intercept = items.category_slope, items.category_intercept
    if name.startswith("slope_"):
        slope = _moved(slope, place, amount)
    else:
        intercept = _moved(intercept, place, amount)
    last = inside.stop - 1
    discrimination, difficulty = items.discrimination.copy(), items.difficulty.copy()
    discrimination[item] = slope[last]
    difficulty[item] = -intercept[last] / slope[last]
    return replace(
        items,
        discrimination=discrimination,
        difficulty=difficulty,
        category_slope=slope,
        category_intercept=intercept,
    )


def value_of(items: ItemParameters, item: int, name: str) -> float:
    """One parameter of one item, named as in `parameter_names`."""
    if hasattr(items, name):
        return float(getattr(items, name)[item])
    place = int(items.step_start[item]) + int(name.rsplit("_", 1)[1]) - 1
    fields = {"step": items.step, "slope": items.category_slope, "intercept": items.category_intercept}
    return float(fields[name.rsplit("_", 1)[0]][place])


def _moved(values: FloatArray, place: int, amount: float) -> FloatArray:
    """Copy with one entry moved."""
    copy = values.copy()
    copy[place] += amount
    return copy
