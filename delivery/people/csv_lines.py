"""Reading the CSV files of a roster, with every fault named by file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from delivery.errors import RosterProblem

LARGEST_FILE = 200 * 1024 * 1024  # bytes; all pupils of Flanders are about 60 MB


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, by column."""

    file: str
    number: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "").strip()

    @property
    def is_active(self) -> bool:
        """Whether the line counts (OneRoster keeps lines that are to be deleted)."""
        return self["status"].lower() != "tobedeleted"


@dataclass(slots=True)
class Problems:
    """Faults found so far."""

    found: list[RosterProblem] = field(default_factory=list)

    def add(self, line: Line, message: str) -> None:
        """Note a fault of a line."""
        self.found.append(RosterProblem(line.file, line.number, message))

    def add_file(self, file: str, message: str, line: int = 0) -> None:
        """Note a fault of a file."""
        self.found.append(RosterProblem(file, line, message))


def read_lines(folder: Path, file: str, columns: tuple[str, ...], problems: Problems) -> list[Line]:
    """Active lines of a file that must have these columns; none, and a problem, where the file cannot be used."""
    path = folder / file
    if not path.is_file():
        problems.add_file(file, "dit bestand ontbreekt. Exporteer de leerlingenlijst opnieuw, met alle bestanden.")
        return []
    if path.stat().st_size > LARGEST_FILE:
        problems.add_file(file, f"dit bestand is groter dan {LARGEST_FILE // 1024**2} MB. Splits het per school.")
        return []
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.add_file(file, "dit bestand is geen UTF-8. Exporteer het opnieuw met de tekencodering UTF-8.")
        return []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return [line for line in _lines(reader, file, columns, problems) if line.is_active]
    except csv.Error:
        problem = "dit is geen geldige CSV. Kijk de aanhalingstekens op deze regel na."
        problems.add_file(file, problem, reader.line_num)
        return []


def _lines(reader: Iterator[list[str]], file: str, columns: tuple[str, ...], problems: Problems) -> Iterator[Line]:
    """Lines below the header, by column."""
    header = [name.strip() for name in next(reader, [])]
    if not header:
        problems.add_file(file, "dit bestand is leeg. Exporteer de leerlingenlijst opnieuw, met alle bestanden.")
        return
    missing = [column for column in columns if column not in header]
    for column in missing:
        problems.add_file(file, f"de kolom '{column}' ontbreekt. Voeg ze toe aan de eerste regel.", 1)
    if missing:
        return
    for row in reader:
        number: int = reader.line_num  # type: ignore[attr-defined]  # csv.reader has it, Iterator does not
        if not any(row):
            continue
        if len(row) != len(header):
            problem = (
                f"het aantal velden is {len(row)}, maar de eerste regel heeft er {len(header)}. "
                "Kijk na of er geen komma's of aanhalingstekens ontbreken."
            )
            problems.add_file(file, problem, number)
            continue
        yield Line(file, number, dict(zip(header, row, strict=True)))


def unique(lines: list[Line], column: str, problems: Problems, what: str) -> dict[str, Line]:
    """Lines by a column that must be filled in and differ on every line."""
    known: dict[str, Line] = {}
    for line in lines:
        value = line[column]
        if not value:
            problems.add(line, f"{what} ontbreekt (kolom '{column}').")
        elif value in known:
            again = f"{what} '{value}' staat ook al op regel {known[value].number}."
            problems.add(line, f"{again} Elke {what} moet uniek zijn.")
        else:
            known[value] = line
    return known


def require(line: Line, column: str, problems: Problems) -> str:
    """A value that must be filled in."""
    if not line[column]:
        problems.add(line, f"de kolom '{column}' is leeg, maar moet ingevuld zijn.")
    return line[column]


def check_date(line: Line, column: str, problems: Problems, *, required: bool = False) -> None:
    """A day as jjjj-mm-dd."""
    _check(line, column, problems, date.fromisoformat, "geldige datum. Schrijf jjjj-mm-dd", required=required)


def check_instant(line: Line, column: str, problems: Problems) -> None:
    """An instant in ISO 8601."""
    form = "geldig tijdstip. Schrijf jjjj-mm-ddTuu:mm:ssZ"
    _check(line, column, problems, datetime.fromisoformat, form, required=False)


def _check(
    line: Line, column: str, problems: Problems, parse: Callable[[str], object], form: str, *, required: bool
) -> None:
    """A value that a parser accepts."""
    value = line[column]
    if not value and not required:
        return
    try:
        parse(value)
    except ValueError:
        problems.add(line, f"'{value}' in de kolom '{column}' is geen {form}.")
