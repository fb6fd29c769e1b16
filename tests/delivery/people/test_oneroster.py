"""Reading rosters: what is right is taken whole, what is wrong is named by file and line, and nothing is imported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from delivery.errors import RosterError
from delivery.isolation import in_school
from delivery.people import Roster, import_roster, list_classes, list_schools, read_oneroster
from delivery.tables import EnrolmentRow, PupilRow
from tests.delivery.delivery_world import World

BASE = "sourcedId,status,dateLastModified"
STAMP = "active,2026-09-01T06:00:00.000Z"
FILES = {
    "manifest.csv": [
        "propertyName,value",
        "manifest.version,1.0",
        "oneroster.version,1.2",
        "file.academicSessions,bulk",
        "file.orgs,bulk",
        "file.classes,bulk",
        "file.users,bulk",
        "file.enrollments,bulk",
    ],
    "academicSessions.csv": [
        f"{BASE},title,type,startDate,endDate,parentSourcedId,schoolYear",
        f"jaar,{STAMP},2026-2027,schoolYear,2026-09-01,2027-06-30,,2027",
    ],
    "orgs.csv": [f"{BASE},name,type,identifier,parentSourcedId", f"school,{STAMP},De Wilg,school,,"],
    "classes.csv": [
        f"{BASE},title,courseSourcedId,classType,schoolSourcedId,termSourcedIds",
        f"klas,{STAMP},4A,vierde,homeroom,school,jaar",
    ],
    "users.csv": [
        f"{BASE},enabledUser,givenName,familyName,identifier,userMasterIdentifier,metadata.accommodations",
        f'p1,{STAMP},true,Noor,"Claes, Van",11111111111,11111111111,extra_time=1.5;read_aloud',
        f"p2,{STAMP},true,Wout,Maes,22222222222,22222222222,",
        f"juf,{STAMP},true,Els,Peeters,x,x,",
    ],
    "enrollments.csv": [
        f"{BASE},classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
        f"i1,{STAMP},klas,school,p1,student,true,2026-09-01,",
        f"i2,{STAMP},klas,school,p2,student,true,,",
        f"i3,{STAMP},klas,school,juf,teacher,true,,",
    ],
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write the roster with some lines changed: ``file=(number, line)``, 1 is the header; None removes the file."""

    def write(**changes: tuple[int, str] | None) -> Path:
        for file, lines in FILES.items():
            change = changes.get(file.removesuffix(".csv"), (0, ""))
            if change is None:
                continue
            number, line = change
            shown = [line if place == number else kept for place, kept in enumerate(lines, 1)]
            shown += [line] if number > len(lines) else []
            (tmp_path / file).write_text("\n".join(shown) + "\n", encoding="utf-8")
        return tmp_path

    return write


def problem(folder: Path) -> tuple[str, int, str]:
    """The one problem of a roster."""
    with pytest.raises(RosterError) as caught:
        read_oneroster(folder)
    (found,) = caught.value.problems
    return found.file, found.line, found.message


def test_a_roster_is_read_whole(write: Write) -> None:
    roster = read_oneroster(write())
    assert [(school.identifier, school.name) for school in roster.schools] == [("school", "De Wilg")]
    assert [(group.title, group.school) for group in roster.classes] == [("4A", "school")]
    assert [(pupil.first_name, pupil.last_name, pupil.discimus_id) for pupil in roster.pupils] == [
        ("Noor", "Claes, Van", "11111111111"),
        ("Wout", "Maes", "22222222222"),
    ]
    assert roster.pupils[0].accommodations == {"extra_time": "1.5", "read_aloud": "yes"}
    assert [(seat.pupil, seat.school_class) for seat in roster.enrolments] == [("p1", "klas"), ("p2", "klas")]


def test_breaks_a_pool_of_items_and_a_place_are_accommodations_too(write: Write) -> None:
    granted = "breaks;items=voorlezen;at_home;simplified"
    roster = read_oneroster(write(users=(2, f"p1,{STAMP},true,Noor,Claes,1,1,{granted}")))
    assert roster.pupils[0].accommodations == {
        "breaks": "2x5",
        "items": "voorlezen",
        "at_home": "yes",
        "simplified": "yes",
    }


@pytest.mark.parametrize(
    ("change", "file", "line", "words"),
    [
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,,11111111111,")}, "users.csv", 3, "Discimus-ID '11111111111'"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,,,")}, "users.csv", 3, "het Discimus-ID ontbreekt"),
        ({"users": (3, f"p2,{STAMP},true,,Maes,2,2,")}, "users.csv", 3, "'givenName' is leeg"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,2,2,extra_time=9")}, "users.csv", 3, "extra tijd '9'"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,2,2,breaks=3x31")}, "users.csv", 3, "pauzes '3x31'"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,2,2,breaks=11x5")}, "users.csv", 3, "pauzes '11x5'"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,2,2,items")}, "users.csv", 3, "zoals items=voorlezen"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,2,2,lines")}, "users.csv", 3, "aanpassing 'lines'"),
        ({"users": (3, f"p2,{STAMP},true,Wout,Maes,2,2,toverstaf")}, "users.csv", 3, "aanpassing 'toverstaf'"),
        ({"users": (3, "p2,active,gisteren,true,Wout,Maes,2,2,")}, "users.csv", 3, "'gisteren'"),
        ({"users": (3, "p2,active")}, "users.csv", 3, "het aantal velden is 2, maar"),
        (
            {"enrollments": (3, f"i2,{STAMP},klas9,school,p2,student,true,,")},
            "enrollments.csv",
            3,
            "klas 'klas9' bestaat niet in classes.csv",
        ),
        (
            {"enrollments": (3, f"i2,{STAMP},klas,school,p9,student,true,,")},
            "enrollments.csv",
            3,
            "gebruiker 'p9' bestaat niet",
        ),
        (
            {"enrollments": (3, f"i2,{STAMP},klas,school,p2,student,true,31/12/2026,")},
            "enrollments.csv",
            3,
            "'31/12/2026' in de kolom 'beginDate' is geen geldige datum. Schrijf jjjj-mm-dd.",
        ),
        (
            {"enrollments": (5, f"i4,{STAMP},klas,school,p2,student,true,,")},
            "enrollments.csv",
            5,
            "zit al in deze klas (regel 3)",
        ),
        (
            {"classes": (2, f"klas,{STAMP},4A,vierde,homeroom,school9,jaar")},
            "classes.csv",
            2,
            "school 'school9' bestaat niet in orgs.csv",
        ),
        ({"classes": (2, f"klas,{STAMP},4A,vierde,homeroom,school,ooit")}, "classes.csv", 2, "periode 'ooit'"),
        ({"orgs": (3, f"school,{STAMP},Nog een,school,,")}, "orgs.csv", 3, "staat ook al op regel 2"),
        (
            {"academicSessions": (2, f"jaar,{STAMP},x,schoolYear,2026-13-01,2027-06-30,,2027")},
            "academicSessions.csv",
            2,
            "'2026-13-01'",
        ),
        ({"manifest": (3, "oneroster.version,1.1")}, "manifest.csv", 3, "moet 1.2 zijn"),
        ({"manifest": (7, "file.users,delta")}, "manifest.csv", 7, "'file.users' moet 'bulk' zijn"),
        ({"orgs": (1, "sourcedId,status,dateLastModified,type,x,y")}, "orgs.csv", 1, "kolom 'name' ontbreekt"),
        ({"users": None}, "users.csv", 0, "dit bestand ontbreekt"),
    ],
)
def test_a_fault_is_named_by_file_and_line(
    write: Write, change: dict[str, tuple[int, str] | None], file: str, line: int, words: str
) -> None:
    folder = write(**change)
    found = problem(folder)
    assert found[:2] == (file, line)
    assert words in found[2]


def test_bytes_that_are_no_text_are_refused(write: Write) -> None:
    folder = write()
    (folder / "orgs.csv").write_bytes(b"\xff\xfe\x00")
    assert problem(folder) == ("orgs.csv", 0, problem(folder)[2])
    assert "geen UTF-8" in problem(folder)[2]


def test_every_fault_is_reported_at_once(write: Write) -> None:
    folder = write(users=(3, f"p2,{STAMP},true,,Maes,,,"), orgs=(3, f"school,{STAMP},Nog een,school,,"))
    with pytest.raises(RosterError) as caught:
        read_oneroster(folder)
    assert len(caught.value.problems) == 3
    assert "users.csv, regel 3: " in str(caught.value)


def test_lines_that_are_to_be_deleted_do_not_count(write: Write) -> None:
    roster = read_oneroster(write(enrollments=(3, "i2,tobedeleted,,klas,school,p2,student,true,,")))
    assert [pupil.identifier for pupil in roster.pupils] == ["p1"]


def everybody(world: World) -> list[tuple[str, str]]:
    """Names and classes in the database."""
    found = []
    with Session(world.database) as db:
        for school in list_schools(db):
            in_school(db, school.school_id)
            titles = {group.class_id: group.title for group in list_classes(db, school.school_id)}
            rows = db.exec(select(EnrolmentRow).where(EnrolmentRow.school_id == school.school_id)).all()
            pupils = {row.pupil_id: row.first_name for row in db.exec(select(PupilRow))}
            found += [(pupils[row.pupil_id], titles[row.class_id]) for row in rows]
    return sorted(found)


def test_importing_twice_changes_nothing_and_a_new_roster_replaces_enrolments(world: World, write: Write) -> None:
    before = everybody(world)
    roster = read_oneroster(write())
    for _ in range(2):
        with Session(world.owner) as db, db.begin():
            counts = import_roster(db, roster)
    assert (counts.schools, counts.classes, counts.pupils, counts.enrolments, counts.accommodations) == (1, 1, 2, 2, 2)
    assert everybody(world) == sorted([*before, ("Noor", "4A"), ("Wout", "4A")])
    smaller = Roster(roster.schools, roster.classes, roster.pupils[:1], roster.enrolments[:1])
    with Session(world.owner) as db, db.begin():
        import_roster(db, smaller)
    assert everybody(world) == sorted([*before, ("Noor", "4A")])
