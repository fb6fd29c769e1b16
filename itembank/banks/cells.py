"""Rows of a CSV file whose cells know their line and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from itembank.errors import BankFileError

SEPARATORS = (",", ";", "\t")  # spreadsheets set to Dutch write semicolons
ZIP, PARQUET = b"PK\x03\x04", b"PAR1"
NOTHING = frozenset({"", "NA"})
SHOWN_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One item's cells.

    Attributes
    ----------
    file : name, for messages
    line : in the file, from 1
    cells : column → text, "" where there is nothing
    item : name of the item, "" before it is known
    """

    file: str
    line: int
    cells: dict[str, str]
    item: str = ""

    def wrong(self, column: str, why: str) -> BankFileError:
        """Error about a cell."""
        whose = f"item {self.item!r}: " if self.item else ""
        return BankFileError(f"{self.file}, line {self.line}, column {column}: {whose}{why}")

    def number(self, column: str, default: float | None = None) -> float:
        """Finite number, or the default where there is nothing.

        Raises
        ------
        BankFileError
            If there is something else; names line, column and item.
        """
        text = self.cells.get(column, "")
        if not text:
            if default is None:
                raise self.wrong(column, "is blank, and must be a number")
            return default
        try:
            value = float(text)
        except ValueError:
            hint = "; write a point, not a comma" if _has_decimal_comma(text) else ""
            raise self.wrong(column, f"{text!r} is no number{hint}") from None
        if not math.isfinite(value):
            raise self.wrong(column, f"{text!r} is no finite number")
        return value


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of a file.

    Attributes
    ----------
    file : name, for messages
    columns : names, in order
    rows : one or more
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def column(self, names: Sequence[str], purpose: str) -> str:
        """Return the one of these columns that the file has.

        Raises
        ------
        BankFileError
            If it has none or several of them.
        """
        found = [name for name in names if name in self.columns]
        if len(found) > 1:
            raise BankFileError(f"{self.file}: columns {' and '.join(found)} are both {purpose}; leave one out")
        if not found:
            raise BankFileError(
                f"{self.file} has no column {' or '.join(names)} for {purpose}; its columns are {self._known()}"
            )
        return found[0]

    def require(self, column: str, why: str) -> None:
        """Refuse a file without a column.

        Raises
        ------
        BankFileError
            Names the column, and those that there are.
        """
        if column not in self.columns:
            raise BankFileError(f"{self.file} has no column {column}: {why}; its columns are {self._known()}")

    def _known(self) -> str:
        """Columns of the file, cut off when they are many."""
        more = len(self.columns) - SHOWN_AT_MOST
        return ", ".join(self.columns[:SHOWN_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def read_rows(path: Path) -> Rows:
    """Read a CSV file (comma, semicolon or tab; UTF-8) with the names of columns on its first line.

    Raises
    ------
    BankFileError
        If it cannot be read, is no such file, or has no rows; names the file and the line.
    """
    text = _text(path)
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    try:
        columns = _header(path.name, next(reader))
        filled = ((reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells))
        rows = tuple(_row(path.name, line, columns, cells) for line, cells in filled)
    except csv.Error as error:
        raise BankFileError(f"{path.name}, line {reader.line_num}: is no CSV ({error})") from None
    if not rows:
        raise BankFileError(f"{path.name} has no items below its first line")
    return Rows(path.name, columns, rows)


def _text(path: Path) -> str:
    """Text of a file that is one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BankFileError(f"{path} cannot be read ({error.strerror})") from None
    if content.startswith((ZIP, PARQUET)):
        raise BankFileError(f"{path.name} is a spreadsheet or another binary file; save it as CSV in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BankFileError(f"{path.name}, line {line}: is no UTF-8 text; save it as CSV in UTF-8") from None
    if "\0" in text:
        line = text.partition("\0")[0].count("\n") + 1
        raise BankFileError(f"{path.name}, line {line}: holds a zero byte, so it is no text; save it as CSV in UTF-8")
    if not text.strip():
        raise BankFileError(f"{path.name} is empty; its first line must name the columns")
    return text.lstrip("\r\n")


def _header(file: str, names: list[str]) -> tuple[str, ...]:
    """Names of columns, each there once."""
    stripped = tuple(name.strip() for name in names)
    for place, name in enumerate(stripped, 1):
        if not name:
            raise BankFileError(f"{file}, line 1: column {place} has no name")
        if stripped.index(name) < place - 1:
            raise BankFileError(f"{file}, line 1: column {name} is there twice")
    return stripped


def _row(file: str, line: int, columns: tuple[str, ...], cells: list[str]) -> Row:
    """Cells of a line by column."""
    if len(cells) != len(columns):
        raise BankFileError(f"{file}, line {line}: has {len(cells)} cells, the first line names {len(columns)} columns")
    stripped = [cell.strip() for cell in cells]
    return Row(
        file, line, {name: "" if cell in NOTHING else cell for name, cell in zip(columns, stripped, strict=True)}
    )


def _has_decimal_comma(text: str) -> bool:
    """Whether a text would be a number with a point for its comma."""
    return text.count(",") == 1 and text.replace(",", "").lstrip("+-").isdecimal()
