"""Responses from files: wide CSV, or long CSV and Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from engine import Responses
from scoring.errors import ResponseFileError
from scoring.response_tables import TextTable, read_table

PERSON, ITEM, RESPONSE = "person", "item", "response"
EVERYBODY = "all"
OTHER_BLANKS = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", "missing", "-", "."})  # meant as NA, perhaps


@dataclass(frozen=True, slots=True, eq=False)
class ResponseFile:
    """What a file of responses says.

    Attributes
    ----------
    responses : n_persons persons in order of the file, n_items items in order of the file
    persons, items : their names
    groups : name of each group, sorted; the first gives the scale its origin
    sha256 : of the file's bytes
    """

    responses: Responses
    persons: tuple[str, ...]
    items: tuple[str, ...]
    groups: tuple[str, ...]
    sha256: str


def read_responses(
    path: Path, *, id_column: str | None = None, group_column: str | None = None, highest: int = 1
) -> ResponseFile:
    """Read responses from a file.

    A file with columns ``person``, ``item`` and ``response`` is long: one row a response. Any other is
    wide: one row a person, one column an item. Blank or ``NA`` means not presented.

    Parameters
    ----------
    path
        CSV (comma, semicolon or tab) or Parquet.
    id_column
        Column of a wide file that identifies persons; they are numbered when it is not given. In a long
        file, the column that takes the place of ``person``.
    group_column
        Column that names each person's group.
    highest
        Highest category that an item can have; 1 for items that are right or wrong.

    Raises
    ------
    ResponseFileError
        If the file cannot be read as responses; the message names file, line, column and value.
    """
    table = read_table(path)
    person = id_column or PERSON
    _check_long(table, person)
    for column in (id_column, group_column):
        if column is not None and column not in table.cells.columns:
            known = ", ".join(table.cells.columns[:10])
            raise ResponseFileError(f"{table.name} has no column {column!r}; its columns are {known}")
    if {person, ITEM, RESPONSE} <= set(table.cells.columns):
        return _read_long(table, person, group_column, highest)
    return _read_wide(table, id_column, group_column, highest)


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


def _read_wide(table: TextTable, id_column: str | None, group_column: str | None, highest: int) -> ResponseFile:
    """One row a person."""
    items = [column for column in table.cells.columns if column not in {id_column, group_column}]
    if not items or table.cells.height == 0:
        raise ResponseFileError(f"{table.name} holds no responses: {len(items)} items, {table.cells.height} persons")
    codes = np.stack([_codes(table, item, highest) for item in items], axis=1)
    persons = [str(number) for number in range(1, table.cells.height + 1)]
    if id_column is not None:
        persons = _filled(table, id_column).to_list()
        _refuse_repeats(table, [id_column])
    groups, group = _groups(table, group_column)
    responses = Responses.from_dense(codes, group=group)
    return ResponseFile(responses, tuple(persons), tuple(items), groups, table.sha256)


def _read_long(table: TextTable, person_column: str, group_column: str | None, highest: int) -> ResponseFile:
    """One row a response; a row without one says that the item was not presented."""
    if table.cells.height == 0:
        raise ResponseFileError(f"{table.name} holds no responses")
    persons, person = _numbered(_filled(table, person_column))
    items, item = _numbered(_filled(table, ITEM))
    _refuse_repeats(table, [person_column, ITEM])
    codes = _codes(table, RESPONSE, highest)
    groups, group_of_row = _groups(table, group_column)
    given = codes >= 0
    responses = Responses.from_triplets(
        person[given],
        item[given],
        codes[given],
        n_persons=len(persons),
        n_items=len(items),
        group=_group_of_person(table, person, group_of_row, len(persons)),
    )
    return ResponseFile(responses, persons, items, groups, table.sha256)


def _codes(table: TextTable, column: str, highest: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """Categories in a column, -1 where there is none; "1.0" is 1, as some programs write it."""
    text = table.cells[column]
    number = text.cast(pl.Float64, strict=False)
    valid = (number >= 0) & (number <= highest) & (number == number.floor())
    wrong = (text.is_not_null() & ~valid.fill_null(value=False)).arg_true()
    if wrong.len():
        row = int(wrong[0])
        raise ResponseFileError(f"{table.place(row)}, column {column!r}: {_complaint(text[row], number[row], highest)}")
    codes: np.ndarray[tuple[int], np.dtype[np.int8]] = number.fill_null(-1).cast(pl.Int8).to_numpy()
    return codes


def _complaint(text: str, number: float | None, highest: int) -> str:
    """What is wrong with one response, and what to do."""
    expected = "0 or 1" if highest == 1 else f"a whole number from 0 to {highest}"
    if text.casefold() in OTHER_BLANKS:
        return f"{text!r} is no response; write NA, in capitals, or leave blank what was not presented"
    if number is None:
        hint = "--id names the column of persons, --group that of groups"
        return f"{text!r} is no response; expected {expected}, blank or NA ({hint})"
    if number < 0:
        return f"{text!r} is negative; leave blank what was not presented"
    return f"{text!r} is a response that no item has; expected {expected}, blank or NA"


def _filled(table: TextTable, column: str) -> pl.Series:
    """Return a column that may have no empty cells."""
    values = table.cells[column]
    empty = values.is_null().arg_true()
    if empty.len():
        raise ResponseFileError(f"{table.place(int(empty[0]))}: column {column!r} is empty; every row needs a value")
    return values


def _refuse_repeats(table: TextTable, columns: list[str]) -> None:
    """No two rows with the same values."""
    repeated = (~table.cells.select(pl.struct(columns).is_first_distinct()).to_series()).arg_true()
    if repeated.len():
        row = int(repeated[0])
        values = ", ".join(f"{column} {table.cells[column][row]!r}" for column in columns)
        raise ResponseFileError(f"{table.place(row)}: {values} is there already; each may occur once")


def _numbered(names: pl.Series) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Different names in order of appearance, and the number of each row's name."""
    unique = names.unique(maintain_order=True).to_list()
    place = {name: number for number, name in enumerate(unique)}
    numbers = np.fromiter((place[name] for name in names.to_list()), np.int64, names.len())
    return tuple(unique), numbers


def _groups(
    table: TextTable, column: str | None
) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.int32]] | None]:
    """Names of the groups, sorted, and the group of every row."""
    if column is None:
        return (EVERYBODY,), None
    values = _filled(table, column)
    names = tuple(sorted(values.unique().to_list()))
    place = {name: number for number, name in enumerate(names)}
    return names, np.fromiter((place[name] for name in values.to_list()), np.int32, values.len())


def _group_of_person(
    table: TextTable,
    person: np.ndarray[tuple[int], np.dtype[np.int64]],
    group: np.ndarray[tuple[int], np.dtype[np.int32]] | None,
    n_persons: int,
) -> np.ndarray[tuple[int], np.dtype[np.int32]] | None:
    """Group of every person of a long file, the same in all rows of the person."""
    if group is None:
        return None
    of_person = np.full(n_persons, -1, dtype=np.int32)
    of_person[person[::-1]] = group[::-1]  # the first row wins
    other = np.flatnonzero(of_person[person] != group)
    if other.size:
        raise ResponseFileError(f"{table.place(int(other[0]))}: this person is in another group on an earlier line")
    return of_person
