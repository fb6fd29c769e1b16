"""A synthetic roster in OneRoster 1.2 CSV form: two schools, six classes, 150 pupils, four members of staff."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import UUID

import numpy as np

NAMES = tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))
FIRST_NAMES: list[str] = NAMES["first_names"]
LAST_NAMES: list[str] = NAMES["last_names"]
SCHOOLS = ("Demoschool De Wilg", "Demoschool Het Kompas")
CLASSES = ("4A", "4B", "4C")
CLASS_SIZES = (24, 26, 25)  # 75 pupils a school
TERM, COURSE = "term-2026-2027", "course-4"
ACCOMMODATIONS = ("extra_time", "read_aloud", "large_text", "contrast", "breaks", "simplified")
EVERY_NTH_ACCOMMODATED = 21  # 7 of 150 pupils: about one in twenty

Row = dict[str, str]
BASE = {"status": "active", "dateLastModified": "2026-09-01T06:00:00.000Z"}


def check_digits(number: int) -> str:
    """Two check digits, modulo 97 as Belgian registers use them."""
    return f"{97 - number % 97:02d}"


def discimus_ids(n: int, rng: np.random.Generator) -> list[str]:
    """Distinct synthetic pupil IDs: nine random digits and two check digits.

    The real form of a Discimus ID is not public; these only look like one.
    """
    numbers: dict[int, None] = {}
    while len(numbers) < n:
        numbers[int(rng.integers(100_000_000, 999_999_999))] = None
    return [f"{number}{check_digits(number)}" for number in numbers]


def full_names(n: int, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Distinct pairs of first and last name."""
    pairs = rng.choice(len(FIRST_NAMES) * len(LAST_NAMES), size=n, replace=False)
    return [(FIRST_NAMES[pair % len(FIRST_NAMES)], LAST_NAMES[pair // len(FIRST_NAMES)]) for pair in pairs.tolist()]


def _identifier(rng: np.random.Generator) -> str:
    """Random UUID from the seed."""
    return str(UUID(bytes=rng.bytes(16), version=4))


def write_roster(folder: Path, rng: np.random.Generator) -> Path:
    """Write the roster; the same files for the same seed.

    Parameters
    ----------
    folder
        Folder for the CSV files; made when missing.
    rng
        Draws names, identifiers and who has an accommodation.
    """
    folder.mkdir(parents=True, exist_ok=True)
    schools = [_identifier(rng) for _ in SCHOOLS]
    classes = {(school, title): _identifier(rng) for school in schools for title in CLASSES}
    users, roles, enrolments = _pupils(classes, rng)
    files: dict[str, Sequence[Row]] = {
        "academicSessions": [_term()],
        "classes": [_class(identifier, school, title) for (school, title), identifier in classes.items()],
        "courses": [_course(schools[0])],
        "enrollments": enrolments,
        "orgs": [_school(identifier, name) for identifier, name in zip(schools, SCHOOLS, strict=True)],
        "roles": roles,
        "users": users,
    }
    _write(folder / "manifest.csv", _manifest(files))
    for name, rows in files.items():
        _write(folder / f"{name}.csv", rows)
    return folder


def _pupils(classes: Mapping[tuple[str, str], str], rng: np.random.Generator) -> tuple[list[Row], list[Row], list[Row]]:
    """Users, roles and enrolments of all pupils."""
    n = len(SCHOOLS) * sum(CLASS_SIZES)
    sizes = dict(zip(CLASSES, CLASS_SIZES, strict=True))
    seats = [(school, group) for (school, title), group in classes.items() for _ in range(sizes[title])]
    users, roles, enrolments = [], [], []
    for number, ((school, group), (first, last), discimus) in enumerate(
        zip(seats, full_names(n, rng), discimus_ids(n, rng), strict=True)
    ):
        user = _identifier(rng)
        need = ACCOMMODATIONS[number // EVERY_NTH_ACCOMMODATED % len(ACCOMMODATIONS)]
        users.append(_user(user, school, first, last, discimus, need if number % EVERY_NTH_ACCOMMODATED == 5 else ""))
        roles.append(_role(user, school))
        enrolments.append(_enrolment(user, school, group))
    return users, roles, enrolments


def _term() -> Row:
    """School year."""
    dates = {"startDate": "2026-09-01", "endDate": "2027-06-30", "parentSourcedId": "", "schoolYear": "2027"}
    return {"sourcedId": TERM, **BASE, "title": "2026-2027", "type": "schoolYear", **dates}


def _course(school: str) -> Row:
    """One course, as OneRoster asks for it."""
    rest = {"courseCode": "", "grades": "04", "orgSourcedId": school, "subjects": "", "subjectCodes": ""}
    return {"sourcedId": COURSE, **BASE, "schoolYearSourcedId": TERM, "title": "Vierde leerjaar", **rest}


def _school(identifier: str, name: str) -> Row:
    """One school."""
    return {"sourcedId": identifier, **BASE, "name": name, "type": "school", "identifier": "", "parentSourcedId": ""}


def _class(identifier: str, school: str, title: str) -> Row:
    """One class."""
    return {
        "sourcedId": identifier,
        **BASE,
        "title": title,
        "grades": "04",
        "courseSourcedId": COURSE,
        "classCode": title,
        "classType": "homeroom",
        "location": "",
        "schoolSourcedId": school,
        "termSourcedIds": TERM,
        "subjects": "",
        "subjectCodes": "",
        "periods": "",
    }


def _user(identifier: str, school: str, first: str, last: str, discimus: str, accommodation: str) -> Row:
    """One pupil; the accommodation is an extension column, as OneRoster allows."""
    return {
        "sourcedId": identifier,
        **BASE,
        "enabledUser": "true",
        "username": f"leerling-{discimus}",
        "userIds": f"{{Discimus:{discimus}}}",
        "givenName": first,
        "familyName": last,
        "middleName": "",
        "identifier": discimus,
        "email": "",
        "sms": "",
        "phone": "",
        "agentSourcedIds": "",
        "grades": "04",
        "password": "",
        "userMasterIdentifier": discimus,
        "resourceSourcedIds": "",
        "preferredGivenName": "",
        "preferredMiddleName": "",
        "preferredFamilyName": "",
        "primaryOrgSourcedId": school,
        "pronouns": "",
        "metadata.accommodations": accommodation,
    }


def _role(user: str, school: str) -> Row:
    """A pupil's role in the school."""
    rest = {"roleType": "primary", "role": "student", "beginDate": "", "endDate": "", "orgSourcedId": school}
    return {"sourcedId": f"role-{user}", **BASE, "userSourcedId": user, **rest, "userProfileSourcedId": ""}


def _enrolment(user: str, school: str, group: str) -> Row:
    """A pupil in a class."""
    ends = {"classSourcedId": group, "schoolSourcedId": school, "userSourcedId": user, "role": "student"}
    return {"sourcedId": f"enrolment-{user}", **BASE, **ends, "primary": "false", "beginDate": "", "endDate": ""}


def _manifest(files: Mapping[str, object]) -> list[Row]:
    """Which files are there."""
    optional = ("categories", "demographics", "lineItems", "resources", "results", "userProfiles")
    properties = {
        "manifest.version": "1.0",
        "oneroster.version": "1.2",
        **{f"file.{name}": "bulk" for name in files},
        **{f"file.{name}": "absent" for name in optional},
        "source.systemName": "Peil demo (synthetic)",
        "source.systemCode": "peil-demo",
    }
    return [{"propertyName": name, "value": value} for name, value in properties.items()]


def _write(path: Path, rows: Sequence[Row]) -> None:
    """One CSV file with a header."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
