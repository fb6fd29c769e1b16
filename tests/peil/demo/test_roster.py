from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from peil.demo.roster import check_digits, write_roster

SEEDS = [0, 1, 7, 12345, 10**30]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of one file."""
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=SEEDS)
def roster(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Roster made from one seed."""
    return write_roster(tmp_path / "roster", np.random.default_rng(request.param))


def test_it_is_as_large_as_the_demo_promises(roster: Path) -> None:
    assert len(rows(roster, "orgs")) == 2
    assert len(rows(roster, "classes")) == 6
    assert len(rows(roster, "users")) == len(rows(roster, "enrollments")) == 150
    assert all(20 <= n <= 30 for n in Counter(row["classSourcedId"] for row in rows(roster, "enrollments")).values())


def test_every_pupil_is_someone_else(roster: Path) -> None:
    users = rows(roster, "users")
    assert len({user["identifier"] for user in users}) == len(users)
    assert len({(user["givenName"], user["familyName"]) for user in users}) == len(users)
    assert len({user["givenName"] for user in users}) > 60  # of 137 names: a class does not hear one name all day


def test_pupil_ids_are_synthetic_and_well_formed(roster: Path) -> None:
    for user in rows(roster, "users"):
        identifier = user["identifier"]
        assert len(identifier) == 11
        assert identifier.isdigit()
        assert identifier[9:] == check_digits(int(identifier[:9]))


def test_a_few_pupils_have_an_accommodation(roster: Path) -> None:
    given = [user["metadata.accommodations"] for user in rows(roster, "users") if user["metadata.accommodations"]]
    assert 5 <= len(given) <= 15
    assert len(set(given)) > 1


def test_every_reference_in_the_files_leads_somewhere(roster: Path) -> None:
    schools = {row["sourcedId"] for row in rows(roster, "orgs")}
    classes = {row["sourcedId"]: row["schoolSourcedId"] for row in rows(roster, "classes")}
    users = {row["sourcedId"] for row in rows(roster, "users")}
    assert set(classes.values()) == schools
    for enrolment in rows(roster, "enrollments"):
        assert enrolment["userSourcedId"] in users
        assert classes[enrolment["classSourcedId"]] == enrolment["schoolSourcedId"]


def test_the_same_seed_gives_the_same_bytes_and_another_one_does_not(tmp_path: Path) -> None:
    first, again, other = (
        write_roster(tmp_path / name, np.random.default_rng(seed)) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    content = {folder: (folder / "users.csv").read_bytes() for folder in (first, again, other)}
    assert content[first] == content[again] != content[other]
