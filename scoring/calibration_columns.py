"""Columns of ``items.csv``: what a calibration says of every item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from engine import Calibration, ItemParameters, Kind
from scoring.response_files import ResponseFile

Column: TypeAlias = Sequence[str] | Sequence[float]
FIXED = "fixed"
PARAMETERS = ("discrimination", "difficulty", "guessing", "upper")


def item_columns(source: ResponseFile, calibration: Calibration, models: Sequence[str]) -> dict[str, Column]:
    """Columns by name, one value an item; NaN where there is none.

    Polytomous items have ``step_1``, ``step_2`` and so on, nominal ones ``slope_1`` … and ``intercept_1`` …
    (of category 0 both are 0); columns that no item needs are not there. Every parameter has a standard error
    ``se_…``: none where it was not estimated, or where the data do not determine it.

    Parameters
    ----------
    source
        What was calibrated.
    calibration
        The result.
    models
        Of each item; of one that was fixed, the model of the file that fixed it.
    """
    items, errors = calibration.items, calibration.standard_errors
    values: dict[str, Column] = {name: getattr(items, name).tolist() for name in PARAMETERS}
    spreads: dict[str, Column] = {f"se_{name}": _errors(getattr(errors, name)) for name in PARAMETERS}
    nominal = items.kind == Kind.NOMINAL
    stepped = items.is_polytomous & ~nominal
    parts = (
        ("step", items.step, errors.step, stepped),
        ("slope", items.category_slope, errors.category_slope, nominal),
        ("intercept", items.category_intercept, errors.category_intercept, nominal),
    )
    for name, inside, inside_errors, has_it in parts:
        for number in range(int(np.max(np.diff(items.step_start)[has_it], initial=0))):
            values[f"{name}_{number + 1}"] = _at(items, inside, number, has_it)
            spreads[f"se_{name}_{number + 1}"] = _errors(np.array(_at(items, inside_errors, number, has_it)))
    return {
        "item": source.items,
        "model": models,
        **values,
        **spreads,
        "n": source.responses.n_answered().tolist(),
        "p_value": source.responses.proportion_correct().tolist(),
        "fixed": ["yes" if model == FIXED else "" for model in calibration.models],
    }


def _at(
    items: ItemParameters,
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
    number: int,
    has_it: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> list[float]:
    """Value of step ``number`` of every item that has it, NaN of others."""
    found = np.full(items.n_items, np.nan)
    rows = np.flatnonzero(has_it & (np.diff(items.step_start) > number))
    found[rows] = values[items.step_start[rows] + number]
    return found.tolist()


def _errors(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """Standard errors; NaN where there is none."""
    return [value if value > 0.0 else float("nan") for value in values.tolist()]
