"""Covariates of persons: numbers as they are, texts as dummies, all centred and scaled for the estimation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.errors import ResponseFileError
from scoring.response_tables import TextTable

FloatArray = npt.NDArray[np.float64]
MOST_VALUES = 50  # of a column of text; with more, it is probably an identifier
SMALLEST_REST = 1e-6  # share of a covariate's spread that others leave unexplained: below, it is their sum


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Covariates of n_persons persons.

    Centring moves only the scale's origin: it stays at the first group's mean. Scaling moves nothing; it keeps
    an income in euro and an age in years equally well to estimate.

    Attributes
    ----------
    names : of each, ``age`` or, for one value of a column of text, ``language=other``
    values : (n_persons, n_covariates) centred and scaled
    centre : (n_covariates,) weighted mean in the first group, on the file's own scale
    scale : (n_covariates,) standard deviation over all persons
    """

    names: tuple[str, ...]
    values: FloatArray
    centre: FloatArray
    scale: FloatArray


def read_covariates(
    table: TextTable, columns: tuple[str, ...], group: npt.NDArray[np.int32] | None, weight: FloatArray | None
) -> Covariates:
    """Read covariates of persons, one a row.

    A column of numbers is one covariate; a column of text becomes one of 0 and 1 for every value but the
    first (sorted), the reference.

    Parameters
    ----------
    table
        Its rows are the persons.
    columns
        Which columns are covariates.
    group, weight : (n_persons,); None: all alike

    Raises
    ------
    ResponseFileError
        If a value is missing or not finite, or a covariate is constant within every group or a sum of others.
    """
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise ResponseFileError(f"--covariate {twice[0]} is given twice")
    named = [pair for column in columns for pair in _columns(table, column)]
    names = tuple(name for name, _ in named)
    values = np.stack([column for _, column in named], axis=1)
    groups = np.zeros(values.shape[0], dtype=np.int32) if group is None else group
    _refuse_dependent(table.name, names, values, groups)
    counted = np.ones(values.shape[0]) if weight is None else weight
    first = groups == 0
    centre = np.average(values[first], axis=0, weights=counted[first])
    scale = values.std(axis=0)
    return Covariates(names, (values - centre) / scale, centre, scale)


def _columns(table: TextTable, column: str) -> Iterator[tuple[str, FloatArray]]:
    """Covariates of one column, with their names."""
    text = table.cells[column]
    empty = text.is_null().arg_true()
    if empty.len():
        raise ResponseFileError(
            f"{table.place(int(empty[0]))}: covariate {column!r} is missing; leave the person out, or fill it in"
        )
    number = text.cast(pl.Float64, strict=False)
    if number.null_count() > number.len() / 2:
        yield from _dummies(table.name, column, text)
        return
    values = number.fill_null(float("nan")).to_numpy()
    wrong = np.flatnonzero(~np.isfinite(values))
    if wrong.size:
        row = int(wrong[0])
        raise ResponseFileError(f"{table.place(row)}: covariate {column!r} is {text[row]!r}, not a finite number")
    yield column, values.astype(np.float64)


def _dummies(name: str, column: str, text: pl.Series) -> Iterator[tuple[str, FloatArray]]:
    """One covariate of 0 and 1 for every value but the first."""
    values = sorted(text.unique().to_list())
    if len(values) > MOST_VALUES:
        raise ResponseFileError(
            f"{name}: covariate {column!r} has {len(values)} different texts; is it an identifier? "
            f"A covariate has at most {MOST_VALUES}"
        )
    if len(values) == 1:
        raise ResponseFileError(f"{name}: covariate {column!r} is {values[0]!r} for everybody; leave it out")
    for value in values[1:]:
        yield f"{column}={value}", (text == value).cast(pl.Float64).to_numpy()


def _refuse_dependent(name: str, names: tuple[str, ...], values: FloatArray, group: npt.NDArray[np.int32]) -> None:
    """Refuse covariates that are constant within every group, or sums of others."""
    n = np.bincount(group)
    within = values.copy()
    for column in range(values.shape[1]):
        within[:, column] -= (np.bincount(group, values[:, column]) / np.maximum(n, 1))[group]
    spread = np.linalg.norm(within, axis=0)
    size = np.linalg.norm(values, axis=0)
    for column, covariate in enumerate(names):
        if spread[column] <= 1e-10 * max(size[column], 1.0):
            where = "for everybody" if n.size == 1 else "within every group"
            raise ResponseFileError(f"{name}: covariate {covariate!r} has one value {where}; leave it out")
        others = within[:, :column] / np.maximum(spread[:column], np.finfo(np.float64).tiny)
        own = within[:, column] / spread[column]
        part, *_ = np.linalg.lstsq(others, own, rcond=None)
        if np.linalg.norm(own - others @ part) < SMALLEST_REST:
            sources = ", ".join(repr(names[k]) for k in np.flatnonzero(np.abs(part) > SMALLEST_REST))
            raise ResponseFileError(f"{name}: covariate {covariate!r} follows from {sources}; leave one of them out")
