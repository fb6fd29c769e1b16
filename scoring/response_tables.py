"""Tables of text from CSV and Parquet, and the line on which a row stands."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scoring.errors import ResponseFileError

SEPARATORS = (",", ";", "\t")  # spreadsheets set to Dutch write semicolons
PARQUET = b"PAR1"
RESPONSES = frozenset({"0", "1", "0.0", "1.0", "NA"})
NAMES_FIRST = "the first line must name the columns, and this one looks like responses"


@dataclass(frozen=True, slots=True, eq=False)
class TextTable:
    """A file of responses before anything is understood of it.

    Attributes
    ----------
    name : file name, for messages
    cells : every cell as text, blanks at both ends removed; null where there is nothing or ``NA``
    sha256 : of the file's bytes
    text : the CSV file's text, empty for Parquet
    separator : between its columns
    """

    name: str
    cells: pl.DataFrame
    sha256: str
    text: str
    separator: str

    def place(self, row: int) -> str:
        """Where a reader finds a data row (0, 1, …): its line in a CSV file, its row in a Parquet file."""
        if not self.text:
            return f"{self.name}, row {row + 1}"
        reader = csv.reader(io.StringIO(self.text), delimiter=self.separator)
        for _ in range(row + 2):
            next(reader)
        return f"{self.name}, line {reader.line_num}"


def read_table(path: Path) -> TextTable:
    """Read a CSV (comma, semicolon or tab; UTF-8) or Parquet file.

    Raises
    ------
    ResponseFileError
        If the file is neither, is empty, has columns without or with equal names, or lines of unequal
        length; the message names file and line.
    OSError
        If the file cannot be read.
    """
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(PARQUET):
        return TextTable(path.name, _clean(_parquet(path.name, content)), digest, "", "")
    text = _decode(path.name, content)
    header_line = text.partition("\n")[0]
    separator = max(SEPARATORS, key=header_line.count)
    names = next(csv.reader([header_line], delimiter=separator))
    _check_header(path.name, names)
    _check_widths(path.name, text, separator, len(names))
    try:
        cells = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise ResponseFileError(f"{path.name} is no CSV file: {_first_line(error)}") from error
    cells.columns = [name.strip() for name in names]
    return TextTable(path.name, _clean(cells), digest, text, separator)


def _parquet(name: str, content: bytes) -> pl.DataFrame:
    """Cells of a Parquet file, as text."""
    try:
        return pl.read_parquet(content).with_columns(pl.all().cast(pl.String))
    except pl.exceptions.PolarsError as error:
        raise ResponseFileError(f"{name} cannot be read as Parquet: {_first_line(error)}") from error


def _decode(name: str, content: bytes) -> str:
    """Text of a CSV file, without the empty lines at its end."""
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").rstrip("\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ResponseFileError(
            f"{name}, line {line}: not UTF-8 text; save it as CSV in UTF-8, or as Parquet"
        ) from error
    if not text.strip():
        raise ResponseFileError(f"{name} is empty; the first line must name the columns")
    return text


def _check_header(name: str, names: list[str]) -> None:
    """Every column has its own name."""
    stripped = [column.strip() for column in names]
    for place, column in enumerate(stripped, 1):
        if not column:
            raise ResponseFileError(f"{name}, line 1: column {place} has no name; the first line must name the columns")
        if stripped.index(column) < place - 1:
            remedy = NAMES_FIRST if column in RESPONSES else "give each item its own name"
            raise ResponseFileError(f"{name}, line 1: column {column!r} is there twice; {remedy}")


def _check_widths(name: str, text: str, separator: str, width: int) -> None:
    """Every line has as many cells as the header."""
    lines = pl.Series(text.split("\n"))
    if '"' not in text and bool((lines.str.count_matches(separator, literal=True) == width - 1).all()):
        return
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    for row in reader:
        if len(row) != width:
            raise ResponseFileError(
                f"{name}, line {reader.line_num}: {len(row)} cells where the first line names {width} columns"
            )


def _clean(cells: pl.DataFrame) -> pl.DataFrame:
    """Blanks at both ends removed; nothing and ``NA`` become null."""
    return cells.with_columns(pl.all().str.strip_chars().replace({"": None, "NA": None}))


def _first_line(error: Exception) -> str:
    """Return the part of a library's message that a person can use."""
    return str(error).partition("\n")[0]
