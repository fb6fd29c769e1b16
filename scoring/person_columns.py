"""What a file of responses says of persons: group, weight, cluster, covariates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.covariates import Covariates, read_covariates
from scoring.errors import ResponseFileError
from scoring.response_tables import TextTable

EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class FileColumns:
    """Columns of a file that are no items, by name.

    Attributes
    ----------
    person : identifies persons; a wide file numbers them without, a long one has ``person``
    group, weight, cluster : of each person; None: not there
    covariates : that abilities are regressed on
    ignore : columns of a wide file that are left out
    """

    person: str | None = None
    group: str | None = None
    weight: str | None = None
    cluster: str | None = None
    covariates: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @property
    def of_persons(self) -> tuple[str, ...]:
        """All that say something of a person."""
        single = (self.group, self.weight, self.cluster)
        return (*(column for column in single if column is not None), *self.covariates)

    @property
    def no_items(self) -> frozenset[str | None]:
        """All that are no items."""
        return frozenset({self.person, *self.of_persons, *self.ignore})


@dataclass(frozen=True, slots=True, eq=False)
class PersonColumns:
    """What is known of n_persons persons.

    Attributes
    ----------
    groups : name of each group, sorted; the first gives the scale its origin
    group, weight, cluster : (n_persons,); None where the file does not say
    covariates : None where there are none
    """

    groups: tuple[str, ...]
    group: npt.NDArray[np.int32] | None
    weight: npt.NDArray[np.float64] | None
    cluster: npt.NDArray[np.int32] | None
    covariates: Covariates | None


def read_person_columns(table: TextTable, columns: FileColumns) -> PersonColumns:
    """Read what a table with one row a person says of them.

    Parameters
    ----------
    table
        Its rows are the persons.
    columns
        Which columns mean what.

    Raises
    ------
    ResponseFileError
        If a cell is empty, a weight is not positive, or a covariate is constant or a sum of others; the message
        names line, column and value.
    """
    groups, group = _groups(table, columns.group)
    weight = None if columns.weight is None else _weights(table, columns.weight)
    cluster = None if columns.cluster is None else _clusters(table, columns.cluster)
    covariates = read_covariates(table, columns.covariates, group, weight) if columns.covariates else None
    return PersonColumns(groups, group, weight, cluster, covariates)


def number_names(names: pl.Series) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Different names in order of appearance, and the number of each row's name."""
    encoded = names.rechunk().to_arrow().dictionary_encode()
    return tuple(encoded.dictionary.to_pylist()), np.asarray(encoded.indices).astype(np.int64)


def filled(table: TextTable, column: str) -> pl.Series:
    """Return a column that may have no empty cells.

    Raises
    ------
    ResponseFileError
        Names the line of the first empty one.
    """
    values = table.cells[column]
    empty = values.is_null().arg_true()
    if empty.len():
        raise ResponseFileError(f"{table.place(int(empty[0]))}: column {column!r} is empty; every row needs a value")
    return values


def _groups(table: TextTable, column: str | None) -> tuple[tuple[str, ...], npt.NDArray[np.int32] | None]:
    """Names of the groups, sorted, and the group of every person."""
    if column is None:
        return (EVERYBODY,), None
    names, number = number_names(filled(table, column))
    order = np.argsort(np.array(names))
    rank = np.empty(order.size, dtype=np.int32)
    rank[order] = np.arange(order.size)
    return tuple(sorted(names)), rank[number]


def _clusters(table: TextTable, column: str) -> npt.NDArray[np.int32]:
    """Cluster of every person; one alone says nothing of how clusters differ."""
    names, number = number_names(filled(table, column))
    if len(names) == 1:
        raise ResponseFileError(f"{table.name}: {column!r} has 1 value, {names[0]!r}; clusters are 2 or more")
    return number.astype(np.int32)


def _weights(table: TextTable, column: str) -> npt.NDArray[np.float64]:
    """Weights, all of them positive."""
    text = filled(table, column)
    weight = text.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight > 0.0)))
    if wrong.size:
        row = int(wrong[0])
        raise ResponseFileError(
            f"{table.place(row)}, column {column!r}: {text[row]!r} is no weight; a weight is a number above 0: "
            "leave out who must not count"
        )
    return weight.astype(np.float64)
