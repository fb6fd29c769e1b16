"""Responses from files: wide and long CSV and Parquet, and our own exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from engine import NOT_REACHED, OMITTED, Responses
from scoring.covariates import Covariates
from scoring.errors import ResponseFileError
from scoring.own_exports import as_long, is_own_export
from scoring.person_columns import EVERYBODY, FileColumns, PersonColumns, filled, number_names, read_person_columns
from scoring.response_codes import MissingLabels, read_codes
from scoring.response_tables import ITEM, TextTable, read_table

__all__ = ["EVERYBODY", "FileColumns", "MissingLabels", "ResponseFile", "read_responses"]

PERSON, RESPONSE = "person", "response"
NO_COLUMNS, NO_LABELS = FileColumns(), MissingLabels()


@dataclass(frozen=True, slots=True, eq=False)
class ResponseFile:
    """What a file of responses says.

    Attributes
    ----------
    responses : n_persons persons in order of the file, n_items items in order of the file
    persons, items : their names
    groups : name of each group, sorted; the first gives the scale its origin
    sha256 : of the file's bytes
    name : of the file
    covariates : what abilities are regressed on; None where there is nothing
    notes : what a reader should know of the file, in sentences
    """

    responses: Responses
    persons: tuple[str, ...]
    items: tuple[str, ...]
    groups: tuple[str, ...]
    sha256: str
    name: str = ""
    covariates: Covariates | None = None
    notes: tuple[str, ...] = ()


def read_responses(
    path: Path,
    columns: FileColumns = NO_COLUMNS,
    *,
    labels: MissingLabels = NO_LABELS,
    where: Mapping[str, str] | None = None,
    highest: int = 1,
) -> ResponseFile:
    """Read responses from a file.

    A file with columns ``person``, ``item`` and ``response`` is long: one row a response. Any other is
    wide: one row a person, one column an item. Blank or ``NA`` means not presented. Of our own exports,
    ``peil export sittings`` and the responses of a research dataset are read as long files whose persons
    are the sittings.

    Parameters
    ----------
    path
        CSV (comma, semicolon or tab), Parquet, or sittings as JSON lines.
    columns
        Columns that are no items, by name.
    labels
        How answers that are not there are written.
    where
        Column to value: only rows that have it.
    highest
        Highest category that an item can have; 1 for items that are right or wrong.

    Raises
    ------
    ResponseFileError
        If the file cannot be read as responses; the message names file, line, column and value.
    """
    table = read_table(path, text={*columns.no_items, *(where or {})}).where(where or {})
    person = columns.person or PERSON
    notes: tuple[str, ...] = ()
    if is_own_export(table.cells.columns) and RESPONSE not in table.cells.columns:
        cells, notes = as_long(table.name, table.cells, (person, RESPONSE))
        table = replace(table, cells=cells)
    _check_long(table, person)
    table.require(columns.person, *columns.of_persons, *columns.ignore)
    is_long = {person, ITEM, RESPONSE} <= set(table.cells.columns)
    read = (_read_long if is_long else _read_wide)(table, columns, labels, highest)
    return replace(read, notes=(*notes, *_unused(read.responses, labels)))


def _unused(responses: Responses, labels: MissingLabels) -> tuple[str, ...]:
    """Say which labels the file does not use: they may be mistyped."""
    kinds = (("omitted", labels.omitted, OMITTED), ("not reached", labels.not_reached, NOT_REACHED))
    return tuple(
        f"no response is {' or '.join(names)}, which was to mean {what}"
        for what, names, code in kinds
        if names and not np.any(responses.category == code)
    )


def _check_long(table: TextTable, person: str) -> None:
    """Refuse a file that has two of the three columns of a long one: read as wide, every complaint would mislead."""
    columns = table.cells.columns
    known, wanted = {column.casefold() for column in columns}, dict.fromkeys((person, ITEM, RESPONSE))
    missing = [column for column in wanted if column not in columns]
    if missing and sum(column.casefold() in known for column in wanted) >= 2:
        lacking = " and ".join(repr(column) for column in missing)
        hint = ", or name the column of persons with --id" if missing == [PERSON] else ""
        raise ResponseFileError(
            f"{table.name} looks like a long file, one row a response, and lacks the column {lacking}; "
            f"rename one of {', '.join(columns[:10])}{hint}"
        )


def _read_wide(table: TextTable, columns: FileColumns, labels: MissingLabels, highest: int) -> ResponseFile:
    """One row a person."""
    items = [column for column in table.cells.columns if column not in columns.no_items]
    if not items or table.cells.height == 0:
        raise ResponseFileError(f"{table.name} holds no responses: {len(items)} items, {table.cells.height} persons")
    codes = np.empty((table.cells.height, len(items)), dtype=np.int8)
    for place, item in enumerate(items):
        codes[:, place] = read_codes(table, item, highest, labels)
    persons: tuple[str, ...] = tuple(str(number) for number in range(1, table.cells.height + 1))
    if columns.person is not None:
        persons, number = number_names(filled(table, columns.person))
        if len(persons) < number.size:
            _refuse_repeats(table, (columns.person,), number)
    known = read_person_columns(table, columns)
    responses = Responses.from_dense(codes, **_of_persons(known))
    return ResponseFile(
        responses, persons, tuple(items), known.groups, table.sha256, table.name, covariates=known.covariates
    )


def _read_long(table: TextTable, columns: FileColumns, labels: MissingLabels, highest: int) -> ResponseFile:
    """One row a response; a row without one says that the item was not presented."""
    if table.cells.height == 0:
        raise ResponseFileError(f"{table.name} holds no responses")
    person_column = columns.person or PERSON
    persons, person = number_names(filled(table, person_column))
    known = _persons_of_long(table, columns, (persons, person))
    codes = read_codes(table, RESPONSE, highest, labels)
    named = table.cells[ITEM].is_not_null().to_numpy() | (codes != -1)  # neither item nor response: only a person
    rows = np.flatnonzero(named)
    part = table if rows.size == codes.size else replace(table, cells=table.cells[rows], origin=_origin(table)[rows])
    items, item = number_names(filled(part, ITEM))
    person, codes = person[rows], codes[rows]
    _refuse_repeats(part, (person_column, ITEM), person * max(len(items), 1) + item)
    given = codes != -1
    responses = Responses.from_triplets(
        person[given], item[given], codes[given], n_persons=len(persons), n_items=len(items), **_of_persons(known)
    )
    return ResponseFile(responses, persons, items, known.groups, table.sha256, table.name, covariates=known.covariates)


def _origin(table: TextTable) -> npt.NDArray[np.int64]:
    """Place of every row in the file."""
    return np.arange(table.cells.height) if table.origin is None else table.origin


def _of_persons(known: PersonColumns) -> dict[str, npt.NDArray[np.float64 | np.int32] | None]:
    """Arrays of persons as the engine calls them."""
    covariates = None if known.covariates is None else known.covariates.values
    return {"group": known.group, "weight": known.weight, "cluster": known.cluster, "covariates": covariates}


def _refuse_repeats(table: TextTable, columns: tuple[str, ...], key: npt.NDArray[np.int64]) -> None:
    """No two rows with the same key."""
    ordered = np.sort(key)
    if not np.any(ordered[1:] == ordered[:-1]):
        return
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    row = int(np.flatnonzero(first[number] != np.arange(key.size))[0])
    values = ", ".join(f"{column} {table.cells[column][row]!r}" for column in columns)
    earlier = table.place(int(first[number[row]])).rpartition(", ")[2]
    raise ResponseFileError(f"{table.place(row)}: {values} is there already, on {earlier}; each may occur once")


def _persons_of_long(
    table: TextTable, columns: FileColumns, persons: tuple[tuple[str, ...], npt.NDArray[np.int64]]
) -> PersonColumns:
    """What a long file says of persons, the same in all rows of a person."""
    names, person = persons
    first = np.empty(len(names), dtype=np.int64)
    first[person[::-1]] = np.arange(person.size)[::-1]  # the first row wins
    for column in columns.of_persons:
        text = table.cells[column]
        other = (text.gather(first[person]).ne_missing(text)).arg_true()
        if other.len():
            row = int(other[0])
            raise ResponseFileError(
                f"{table.place(row)}: {column} of person {names[person[row]]!r} is {text[row] or ''!r} here and "
                f"{text[int(first[person[row]])] or ''!r} on an earlier line"
            )
    wanted = list(dict.fromkeys(columns.of_persons))
    cells = table.cells.select(pl.col(wanted).gather(first)) if wanted else pl.DataFrame()
    return read_person_columns(replace(table, cells=cells, origin=_origin(table)[first]), columns)
