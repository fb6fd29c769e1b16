"""Tables of text from CSV, Parquet and JSON lines, and the line on which a row stands."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from scoring.errors import ResponseFileError
from scoring.own_exports import is_sittings, sittings_table

SEPARATORS = (",", ";", "\t")  # spreadsheets set to Dutch write semicolons
PARQUET, ZIP = b"PAR1", b"PK\x03\x04"
BLANKS = ("", "NA")
ITEM = "item"
"""A column that long files have: in those no column is a wide file's item."""
RESPONSES = frozenset({"0", "1", "0.0", "1.0", "NA"})
NAMES_FIRST = "the first line must name the columns, and this one looks like responses"


@dataclass(frozen=True, slots=True, eq=False)
class TextTable:
    """A file of responses before anything is understood of it.

    Attributes
    ----------
    name : file name, for messages
    cells : every cell as text, blanks at both ends removed; null where there is nothing or ``NA``; columns that hold
        nothing but small integers may be `polars.Int8`
    sha256 : of the file's bytes
    content : the CSV file's bytes, with Unix line ends; empty for other files
    separator : between its columns
    unit : what a file of this kind is counted in, ``line`` or ``row``
    origin : (n_rows,) place of every row in the file, 0, 1, …; None: as they come
    """

    name: str
    cells: pl.DataFrame
    sha256: str
    content: bytes = b""
    separator: str = ""
    unit: str = "row"
    origin: npt.NDArray[np.int64] | None = None

    def place(self, row: int) -> str:
        """Where a reader finds a data row (0, 1, …): its line in a text file, its row in a Parquet file."""
        original = row if self.origin is None else int(self.origin[row])
        if not self.content:
            return f"{self.name}, {self.unit} {original + 1}"
        reader = csv.reader(io.StringIO(self.content.decode()), delimiter=self.separator)
        for _ in range(original + 2):
            next(reader)
        return f"{self.name}, line {reader.line_num}"

    def require(self, *columns: str | None) -> None:
        """Refuse a column that the file does not have; None is no column.

        Raises
        ------
        ResponseFileError
            Names the column, and those that there are.
        """
        for column in columns:
            if column is not None and column not in self.cells.columns:
                known = ", ".join(self.cells.columns[:10])
                raise ResponseFileError(f"{self.name} has no column {column!r}; its columns are {known}")

    def where(self, wanted: Mapping[str, str]) -> TextTable:
        """Rows in which columns have these values.

        Parameters
        ----------
        wanted
            Column to value.

        Raises
        ------
        ResponseFileError
            If a column is not there, or no row has the value; names values that there are.
        """
        table = self
        for column, value in wanted.items():
            table.require(column)
            keep = (table.cells[column] == value).fill_null(value=False)
            if not keep.any():
                there = table.cells[column].drop_nulls().unique(maintain_order=True)[:10].to_list()
                raise ResponseFileError(f"{self.name}: no row has {column} {value!r}; it has {', '.join(there)}")
            rows = np.arange(table.cells.height) if table.origin is None else table.origin
            table = replace(table, cells=table.cells.filter(keep), origin=rows[keep.to_numpy()])
        return table


def read_table(path: Path, text: Collection[str | None] | None = None) -> TextTable:
    """Read a CSV (comma, semicolon or tab; UTF-8) or Parquet file, or the sittings that `peil export` wrote.

    Parameters
    ----------
    path
        The file.
    text
        Columns of a wide CSV that are text whatever they hold; the others are kept as small integers where all of
        them hold nothing else, in a sixteenth of the memory. None: everything is text.

    Raises
    ------
    ResponseFileError
        If the file is none of these, is empty, has columns without or with equal names, or lines of unequal
        length; the message names file and line.
    OSError
        If the file cannot be read.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(PARQUET):
        return TextTable(path.name, _clean(_parquet(path.name, content)), digest)
    if content.startswith(ZIP):
        raise ResponseFileError(f"{path.name} is a spreadsheet or another zipped file; save it as CSV in UTF-8")
    content = _unix_text(path.name, content)
    if is_sittings(content):
        cells, origin = sittings_table(path.name, content)
        return TextTable(path.name, _clean(cells), digest, unit="line", origin=origin)
    return _csv(path.name, content, digest, text)


def _csv(name: str, content: bytes, digest: str, text: Collection[str | None] | None) -> TextTable:
    """Table of a CSV file."""
    header_line = content.partition(b"\n")[0].decode()
    separator = max(SEPARATORS, key=header_line.count)
    names = next(csv.reader([header_line], delimiter=separator))
    _check_header(name, names)
    widths_are_equal = _have_equal_widths(content, separator, len(names))
    if not widths_are_equal:
        _check_widths(name, content, separator, len(names))
    try:
        cells = _cells(content, separator, names, text)
    except pl.exceptions.PolarsError as error:
        _check_widths(name, content, separator, len(names))
        raise ResponseFileError(f"{name} is no CSV file: {_first_line(error)}") from error
    cells.columns = [column.strip() for column in names]
    return TextTable(name, _clean(cells), digest, content, separator, "line")


def _cells(content: bytes, separator: str, names: list[str], text: Collection[str | None] | None) -> pl.DataFrame:
    """Cells of a CSV file: small integers where every column that may hold them does, else all as text."""
    if text is not None and ITEM not in names:
        small = {column: pl.Int8() for column in names if column.strip() not in text}
        with suppress(pl.exceptions.PolarsError):
            return pl.read_csv(
                content, separator=separator, infer_schema=False, schema_overrides=small, null_values=list(BLANKS)
            )
    return pl.read_csv(content, separator=separator, infer_schema=False)


def _parquet(name: str, content: bytes) -> pl.DataFrame:
    """Cells of a Parquet file, as text."""
    try:
        return pl.read_parquet(content).with_columns(pl.all().cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise ResponseFileError(f"{name} cannot be read as Parquet: {_first_line(error)}") from error


def _unix_text(name: str, content: bytes) -> bytes:
    """Bytes of a text file in UTF-8 without mark, carriage returns and empty lines at the end."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ResponseFileError(
            f"{name}, line {line}: not UTF-8 text; save it as CSV in UTF-8, or as Parquet"
        ) from error
    if b"\0" in content:
        line = content.partition(b"\0")[0].count(b"\n") + 1
        raise ResponseFileError(f"{name}, line {line}: a zero byte, so no text; save it as CSV in UTF-8, or as Parquet")
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").rstrip(b"\n")
    if not content.strip():
        raise ResponseFileError(f"{name} is empty; the first line must name the columns")
    return content


def _check_header(name: str, names: list[str]) -> None:
    """Every column has its own name."""
    stripped = [column.strip() for column in names]
    for place, column in enumerate(stripped, 1):
        if not column:
            raise ResponseFileError(f"{name}, line 1: column {place} has no name; the first line must name the columns")
        if stripped.index(column) < place - 1:
            remedy = NAMES_FIRST if column in RESPONSES else "give each item its own name"
            raise ResponseFileError(f"{name}, line 1: column {column!r} is there twice; {remedy}")


def _have_equal_widths(content: bytes, separator: str, width: int) -> bool:
    """Whether there are as many separators as lines of this width hold; the CSV reader refuses longer lines."""
    n_lines = content.count(b"\n") + 1
    return b'"' not in content and content.count(separator.encode()) == n_lines * (width - 1)


def _check_widths(name: str, content: bytes, separator: str, width: int) -> None:
    """Every line has as many cells as the header."""
    reader = csv.reader(io.StringIO(content.decode()), delimiter=separator)
    for row in reader:
        if len(row) != width:
            raise ResponseFileError(
                f"{name}, line {reader.line_num}: {len(row)} cells where the first line names {width} columns"
            )


def _clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Blanks at both ends removed; nothing and ``NA`` become null: column by column, for a copy of all is large."""
    for place, column in enumerate(cells.iter_columns()):
        if column.dtype == pl.String:
            stripped = column.str.strip_chars()
            cells.replace_column(place, stripped.set(stripped.is_in(BLANKS), None))
    return cells


def _first_line(error: Exception) -> str:
    """Return the part of a library's message that a person can use."""
    return str(error).partition("\n")[0]
