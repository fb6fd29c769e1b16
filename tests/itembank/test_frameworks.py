"""Curriculum goals come from CASE files, edition after edition, and items must name goals that there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, text

from itembank import (
    FrameworkError,
    Goal,
    frameworks,
    import_package,
    read_framework,
    save_framework,
    unknown_goals,
)
from tests.itembank.conftest import MakeItem, MakePackage

Write = Callable[..., Path]
DOCUMENT = {"identifier": "D", "title": "Eindtermen wiskunde"}


def item(identifier: str, code: str = "", statement: str = "Iets kunnen.", kind: str = "") -> dict[str, Any]:
    return {"identifier": identifier, "humanCodingScheme": code, "fullStatement": statement, "CFItemType": kind}


def child(own: str, parent: str, kind: str = "isChildOf") -> dict[str, Any]:
    return {
        "associationType": kind,
        "originNodeURI": {"identifier": own, "title": own},
        "destinationNodeURI": {"identifier": parent, "title": parent},
    }


ITEMS = [
    item("1", "W1", "Rekenen."),
    item("h", "", "Getallen"),
    item("2", "W1.1", "Optellen  tot\n100.", "eindterm"),
    item("3", "W1.2"),
]
LINKS = [child("1", "D"), child("h", "1"), child("2", "h"), child("3", "1"), child("3", "2", "isRelatedTo")]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a maker of CASE files."""

    def write(items: object = ITEMS, links: object = LINKS, document: object = DOCUMENT) -> Path:
        path = tmp_path / "goals.json"
        path.write_text(json.dumps({"CFDocument": document, "CFItems": items, "CFAssociations": links}), "utf-8")
        return path

    return write


def test_goals_are_read_with_their_place_among_others(write: Write) -> None:
    """A heading without a code is passed over: what is below it belongs to the coded one above."""
    framework = read_framework(write())
    assert (framework.identifier, framework.title) == ("D", "Eindtermen wiskunde")
    assert framework.goals == (
        Goal("W1", "Rekenen."),
        Goal("W1.1", "Optellen tot 100.", "W1", "eindterm"),
        Goal("W1.2", "Iets kunnen.", "W1"),
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"items": [item("1", "A"), item("2", "A")], "links": []}, "goals share a code: A"),
        ({"items": [item("1", "A", " ")], "links": []}, "goals have no statement: A"),
        ({"items": [item("1"), item("2")], "links": []}, "none of the CFItems has a code"),
        ({"items": [item("1", "A"), item("1", "B")], "links": []}, "an identifier of its own"),
        ({"items": [item("", "A")], "links": []}, "an identifier of its own"),
        ({"items": [item("1", "A"), item("2", "B")], "links": [child("1", "2"), child("2", "1")]}, "own ancestor"),
        (
            {
                "items": [item("1", "A"), item("h"), item("g")],
                "links": [child("1", "h"), child("h", "g"), child("g", "h")],
            },
            "own ancestor",
        ),
        ({"items": [item("1", "A")], "links": [child("1", "9")]}, "names the item '9', which is none of"),
        ({"items": [item("1", "A")], "links": ["x"]}, "CFAssociations must be a list of objects"),
        ({"items": "x"}, "it needs a CFDocument and a list of CFItems"),
        ({"items": [3]}, "it needs a CFDocument and a list of CFItems"),
        ({"document": None}, "it needs a CFDocument"),
        ({"document": {"identifier": "D"}}, "needs an identifier and a title"),
    ],
)
def test_what_items_could_not_refer_to_is_refused_by_file_and_reason(
    write: Write, change: dict[str, object], why: str
) -> None:
    path = write(**change)
    with pytest.raises(FrameworkError, match=why) as refused:
        read_framework(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_no_case_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "goals.json"
    path.write_bytes(content)
    with pytest.raises(FrameworkError, match=r"goals\.json: this is no"):
        read_framework(path)


def test_the_same_goals_make_no_edition_and_other_ones_do(db: Session, write: Write) -> None:
    first = read_framework(write())
    assert save_framework(db, first) == (1, True)
    assert save_framework(db, first) == (1, False)
    changed = read_framework(write(items=[*ITEMS, item("4", "W1.3")]))
    assert save_framework(db, changed) == (2, True)
    assert frameworks(db) == (changed,)
    with pytest.raises(DatabaseError, match="never changed"):
        db.exec(text("UPDATE itembank_goal SET statement = 'anders'"))  # type: ignore[call-overload]  # plain SQL


def test_goals_that_no_framework_has_are_named(db: Session, write: Write) -> None:
    assert unknown_goals(db, ["W1", "W9"]) == ()  # nothing is known of goals yet
    save_framework(db, read_framework(write()))
    assert unknown_goals(db, ["W9", "W1", "W8", "W9"]) == ("W9", "W8")


def test_an_import_warns_of_a_goal_that_there_is_not(
    db: Session, write: Write, make_item: MakeItem, make_package: MakePackage
) -> None:
    save_framework(db, read_framework(write()))
    lom = (
        '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><classification><purpose><value>educational objective'
        "</value></purpose><taxonPath><taxon><id>W1.1</id></taxon></taxonPath><taxonPath>\n<taxon><id>W7</id></taxon>"
        "</taxonPath></classification></lom></metadata>"
    )
    manifest = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M"><resources>'
        f'<resource identifier="R" href="W1.xml" type="imsqti_item_xmlv3p0">{lom}<file href="W1.xml"/></resource>'
        "</resources></manifest>"
    )
    report = import_package(db, make_package({"W1.xml": make_item()}, manifest=manifest.encode()))
    (problem,) = report.warned
    assert (problem.file, problem.line, problem.what) == ("imsmanifest.xml", 2, "item W4-001")
    assert problem.why == "its goal 'W7' is in no framework of the bank"


@pytest.mark.postgres
def test_goals_are_kept_on_postgresql_too(postgres_db: Session, write: Write) -> None:
    framework = read_framework(write())
    save_framework(postgres_db, framework)
    assert frameworks(postgres_db) == (framework,)
