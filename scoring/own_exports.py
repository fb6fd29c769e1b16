"""Responses as our own exports hold them: sittings as JSON lines, and the table of a research dataset."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.errors import ResponseFileError

SITTING, TEST, CATEGORY, SIMULATED = "sitting", "test", "category", "simulated"
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
    "answers": pl.List(_ANSWER),
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
        If a line is no sitting.
    """
    try:
        sittings = pl.read_ndjson(io.BytesIO(content), schema=_SITTING)
    except pl.exceptions.PolarsError as error:
        raise ResponseFileError(f"{name} is no export of sittings: {str(error).partition(chr(10))[0]}") from error
    rows = sittings.with_row_index("line").explode("answers", empty_as_null=True).unnest("answers")
    return rows.drop("line").with_columns(pl.all().cast(pl.String)), rows["line"].to_numpy().astype(np.int64)


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
    tests = cells[TEST].unique(maintain_order=True).to_list() if TEST in cells.columns else []
    if len(tests) > 1:
        raise ResponseFileError(f"{name} holds the tests {', '.join(tests)}; say which with --where {TEST}={tests[0]}")
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
