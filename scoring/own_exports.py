"""Responses as our own exports hold them: sittings as JSON lines, and the table of a research dataset."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.errors import ResponseFileError

SITTING, TEST, CATEGORY, SIMULATED, ANSWERS = "sitting", "test", "category", "simulated", "answers"
NOT_RATED = "-1"
_ANSWER = pl.Struct({"position": pl.Int64, "item": pl.String, CATEGORY: pl.Int64, "elapsed_ms": pl.Int64})
_SITTING: dict[str, pl.DataType | type[pl.DataType]] = {
    SITTING: pl.String,
    "pupil": pl.String,
    "school": pl.String,
    "school_class": pl.String,
    TEST: pl.String,
    "calibration": pl.String,
    SIMULATED: pl.Boolean,
    ANSWERS: pl.List(_ANSWER),
}


def is_sittings(content: bytes) -> bool:
    """Whether a text file holds sittings as ``peil export sittings`` writes them."""
    return content.startswith(b'{"sitting"')


def sittings_table(name: str, content: bytes) -> tuple[pl.DataFrame, npt.NDArray[np.int64]]:
    """One row an answer, as text, and the line of its sitting (0, 1, …); a sitting without answers has one row.

    Parameters
    ----------
    name
        Of the file, for messages.
    content
        The file: one sitting a line.

    Raises
    ------
    ResponseFileError
        If a line is no sitting; names it.
    """
    lines = [(number, line) for number, line in enumerate(content.split(b"\n")) if line.strip()]
    try:
        sittings = _read(content)
    except pl.exceptions.PolarsError as error:
        raise ResponseFileError(f"{name} is no export of sittings: {_first_fault(lines, error)}") from error
    for column in (SITTING, TEST, ANSWERS):
        missing = sittings[column].is_null().arg_true()
        if missing.len():
            line = lines[int(missing[0])][0] + 1
            raise ResponseFileError(f"{name} is no export of sittings: line {line} has no {column!r}")
    rows = sittings.with_columns(line=pl.Series([number for number, _ in lines], dtype=pl.Int64))
    rows = rows.explode(ANSWERS, empty_as_null=True).unnest(ANSWERS)
    return rows.drop("line").with_columns(pl.all().cast(pl.String)), rows["line"].to_numpy().astype(np.int64)


def _read(content: bytes) -> pl.DataFrame:
    """Sittings, one a row."""
    return pl.read_ndjson(io.BytesIO(content), schema=_SITTING)


def _first_fault(lines: list[tuple[int, bytes]], error: Exception) -> str:
    """Return the first line that cannot be read, and why."""
    for number, line in lines:
        try:
            _read(line)
        except pl.exceptions.PolarsError as own:
            return f"line {number + 1}: {str(own).partition(chr(10))[0]}"
    return str(error).partition("\n")[0]


def is_own_export(columns: list[str]) -> bool:
    """Whether a table has the columns that our exports give their answers."""
    return {SITTING, "item", CATEGORY} <= set(columns)


def as_long(name: str, cells: pl.DataFrame, columns: tuple[str, str]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The answers of an export as any long file has them, and what was left out, in sentences.

    Parameters
    ----------
    name
        Of the file, for messages.
    cells
        Its table.
    columns
        What persons and responses are called from here on.

    Raises
    ------
    ResponseFileError
        If it holds several tests: they measure different things.
    """
    tests = cells[TEST].unique(maintain_order=True) if TEST in cells.columns else pl.Series([""])
    if tests.len() > 1:
        named = tests.drop_nulls().to_list()
        more = ", and answers of no test" if tests.null_count() else ""
        raise ResponseFileError(
            f"{name} holds the tests {', '.join(named)}{more}; say which with --where {TEST}={named[0]}"
        )
    person, response = columns
    waiting = (cells[CATEGORY] == NOT_RATED).fill_null(value=False)
    cells = cells.rename({SITTING: person, CATEGORY: response} if person not in cells.columns else {CATEGORY: response})
    cells = cells.with_columns(pl.when(waiting).then(None).otherwise(pl.col(response)).alias(response))
    notes = []
    if waiting.any():
        n = int(waiting.sum())
        said = "1 answer is not rated yet and counts" if n == 1 else f"{n} answers are not rated yet and count"
        notes.append(f"{said} as not presented")
    if SIMULATED in cells.columns:
        n = cells.filter(pl.col(SIMULATED) == "true")[person].n_unique()
        notes += [f"simulated sittings: {n}"] if n else []
    return cells, tuple(notes)
