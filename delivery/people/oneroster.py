"""Reading a roster in OneRoster 1.2 CSV form, bulk (1EdTech, OneRoster 1.2 CSV binding), with our own extension.

The extension is one column of ``users.csv``, ``metadata.accommodations``: kinds separated by ``;``, each with a value
after ``=`` where it takes one, such as ``extra_time=1.25;read_aloud;breaks=2x5`` (`delivery.accommodations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from delivery.accommodations import AccommodationError, read_accommodation
from delivery.errors import RosterError
from delivery.people.csv_lines import Line, Problems, check_date, check_instant, read_lines, require, unique
from delivery.people.values import Enrolment, Pupil, Roster, School, SchoolClass

BASE = ("sourcedId", "status", "dateLastModified")
COLUMNS = {
    "academicSessions.csv": (*BASE, "title", "type", "startDate", "endDate"),
    "orgs.csv": (*BASE, "name", "type"),
    "classes.csv": (*BASE, "title", "schoolSourcedId", "termSourcedIds"),
    "users.csv": (*BASE, "givenName", "familyName", "identifier", "userMasterIdentifier"),
    "enrollments.csv": (*BASE, "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "beginDate", "endDate"),
}
ACCOMMODATIONS = "metadata.accommodations"


def read_oneroster(folder: Path) -> Roster:
    """Read and check a whole roster.

    Parameters
    ----------
    folder
        With ``manifest.csv`` and the files it names.

    Raises
    ------
    RosterError
        With every problem found: file, line and what to do, in Dutch. Nothing is returned then.
    """
    problems = Problems()
    _check_manifest(folder, problems)
    files = {file: read_lines(folder, file, columns, problems) for file, columns in COLUMNS.items()}
    if (folder / "demographics.csv").is_file():
        for line in read_lines(folder, "demographics.csv", BASE, problems):
            check_date(line, "birthDate", problems)
    if files["enrollments.csv"] and not files["users.csv"] and not problems.found:
        problems.add_file("users.csv", "er staat niemand in dit bestand. Exporteer de leerlingenlijst opnieuw.")
    if problems.found:  # what follows would only repeat these
        raise RosterError(tuple(problems.found))
    for lines in files.values():
        for line in lines:
            check_instant(line, "dateLastModified", problems)
    roster = _build(files, problems)
    if problems.found:
        raise RosterError(tuple(sorted(problems.found, key=lambda problem: (problem.file, problem.line))))
    return roster


def _check_manifest(folder: Path, problems: Problems) -> None:
    """Version 1.2, and bulk files only."""
    lines = read_lines(folder, "manifest.csv", ("propertyName", "value"), problems)
    properties = {line["propertyName"]: line for line in lines}
    version = properties.get("oneroster.version")
    if lines and (version is None or version["value"] != "1.2"):
        problems.add_file("manifest.csv", "'oneroster.version' moet 1.2 zijn.", version.number if version else 0)
    for file in COLUMNS:
        line = properties.get(f"file.{file.removesuffix('.csv')}")
        if lines and (line is None or line["value"] != "bulk"):
            name = f"file.{file.removesuffix('.csv')}"
            problems.add_file("manifest.csv", f"'{name}' moet 'bulk' zijn.", line.number if line else 0)


def _build(files: Mapping[str, list[Line]], problems: Problems) -> Roster:
    """Values from lines, every reference checked."""
    terms = unique(files["academicSessions.csv"], "sourcedId", problems, "sourcedId")
    for line in files["academicSessions.csv"]:
        check_date(line, "startDate", problems, required=True)
        check_date(line, "endDate", problems, required=True)
    orgs = unique(files["orgs.csv"], "sourcedId", problems, "sourcedId")
    schools = {key: line for key, line in orgs.items() if line["type"] == "school"}
    classes = unique(files["classes.csv"], "sourcedId", problems, "sourcedId")
    users = unique(files["users.csv"], "sourcedId", problems, "sourcedId")
    unique(files["enrollments.csv"], "sourcedId", problems, "sourcedId")
    for line in classes.values():
        _refer(line, "schoolSourcedId", schools, "orgs.csv", "school", problems)
        for term in filter(None, line["termSourcedIds"].split(",")):
            if term.strip() not in terms:
                problems.add(line, f"periode '{term.strip()}' bestaat niet in academicSessions.csv.")
    enrolments = _enrolments(files["enrollments.csv"], classes, users, problems)
    enrolled = {enrolment.pupil for enrolment in enrolments}
    pupils = {key: line for key, line in users.items() if key in enrolled}
    return Roster(
        schools=tuple(School(key, require(line, "name", problems)) for key, line in schools.items()),
        classes=tuple(
            SchoolClass(key, line["schoolSourcedId"], require(line, "title", problems)) for key, line in classes.items()
        ),
        pupils=_pupils(pupils, problems),
        enrolments=enrolments,
    )


def _enrolments(
    lines: list[Line], classes: Mapping[str, Line], users: Mapping[str, Line], problems: Problems
) -> tuple[Enrolment, ...]:
    """Pupils' enrolments; other roles are left out."""
    known: dict[Enrolment, Line] = {}
    for line in lines:
        check_date(line, "beginDate", problems)
        check_date(line, "endDate", problems)
        _refer(line, "classSourcedId", classes, "classes.csv", "klas", problems)
        _refer(line, "userSourcedId", users, "users.csv", "gebruiker", problems)
        if line["role"] != "student":
            continue
        enrolment = Enrolment(line["userSourcedId"], line["classSourcedId"])
        if enrolment in known:
            problems.add(line, f"deze leerling zit al in deze klas (regel {known[enrolment].number}).")
        known[enrolment] = line
    return tuple(known)


def _refer(line: Line, column: str, known: Mapping[str, Line], file: str, what: str, problems: Problems) -> None:
    """A reference to a line of another file."""
    if line[column] not in known:
        problems.add(line, f"{what} '{line[column]}' bestaat niet in {file} (kolom '{column}').")


def _pupils(lines: Mapping[str, Line], problems: Problems) -> tuple[Pupil, ...]:
    """Pupils with their Discimus IDs, no two alike."""
    seen: dict[str, Line] = {}
    pupils = []
    for key, line in lines.items():
        discimus = line["userMasterIdentifier"] or line["identifier"]
        if not discimus:
            problems.add(line, "het Discimus-ID ontbreekt (kolom 'userMasterIdentifier').")
        elif discimus in seen:
            problems.add(line, f"Discimus-ID '{discimus}' staat ook al op regel {seen[discimus].number}.")
        seen.setdefault(discimus, line)
        first = line["preferredGivenName"] or require(line, "givenName", problems)
        last = line["preferredFamilyName"] or require(line, "familyName", problems)
        pupils.append(Pupil(key, discimus, first, last, _accommodations(line, problems)))
    return tuple(pupils)


def _accommodations(line: Line, problems: Problems) -> dict[str, str]:
    """Kinds and values of our extension column."""
    found: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in line[ACCOMMODATIONS].split(";"))):
        kind, _, value = (piece.strip() for piece in part.partition("="))
        try:
            found[kind] = read_accommodation(kind, value)
        except AccommodationError as error:
            problems.add(line, str(error))
    return found
