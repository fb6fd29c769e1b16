"""Items are found by what they are and by what they say."""

from __future__ import annotations

import pytest
from sqlmodel import Session, text

from itembank import (
    Arrival,
    Interaction,
    State,
    Wanted,
    add_calibration,
    import_package,
    index_words,
    move_item,
    search_items,
)
from tests.itembank.conftest import MakeCalibration, MakeItem, MakePackage

LOM = (
    '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general>'
    "<keyword><string>area:{area}</string></keyword><keyword><string>enemy:{enemy}</string></keyword></general>"
    "<classification><purpose><value>educational objective</value></purpose>"
    "<taxonPath><taxon><id>{goal}</id></taxon></taxonPath></classification></lom></metadata>"
)
ABOUT = {
    "W4-001": ("getallen", "WIS4-1.1", "even", "Het café van Zoë"),
    "W4-002": ("getallen", "WIS4-1.2", "even", "100 % zeker?"),
    "W4-003": ("meten", "WIS4-é.1", "", "Een tuin van drie_vier meter"),
}


@pytest.fixture
def filled(db: Session, make_item: MakeItem, make_package: MakePackage) -> Session:
    """Three items that differ in everything that can be looked for."""
    return fill(db, make_item, make_package)


def fill(db: Session, make_item: MakeItem, make_package: MakePackage) -> Session:
    files = {
        f"{name}.xml": make_item(name).replace(b"Welk getal is even?", words.encode())
        for name, (_, _, _, words) in ABOUT.items()
    }
    resources = "".join(
        f'<resource identifier="R{name}" href="{name}.xml" type="imsqti_item_xmlv3p0">'
        f'{LOM.format(area=area, goal=goal, enemy=enemy or "geen")}<file href="{name}.xml"/></resource>'
        for name, (area, goal, enemy, _) in ABOUT.items()
    )
    manifest = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M">'
        f"<resources>{resources}</resources></manifest>"
    )
    package = make_package(files, manifest=manifest.encode())
    import_package(db, package, arrival=Arrival("An", "nieuw", State.OPERATIONAL))
    return db


def found(db: Session, wanted: Wanted) -> list[str]:
    """Identifiers of what is found."""
    hits = search_items(db, wanted)
    assert hits.n == len(hits.page)
    return [hit.summary.identifier for hit in hits.page]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["W4-001", "W4-002", "W4-003"]),
        ("cafe ZOE", ["W4-001"]),
        ("zoë café", ["W4-001"]),
        ("w4-002", ["W4-002"]),
        ("100 %", ["W4-002"]),
        ("%", ["W4-002"]),
        ("drie_vier", ["W4-003"]),
        ("drie vier meter", ["W4-003"]),
        ("opgave tuin", ["W4-003"]),
        ("kasteel", []),
        ("\\", []),
    ],
)
def test_words_are_found_in_any_order_without_accents(filled: Session, words: str, expected: list[str]) -> None:
    assert found(filled, Wanted(words)) == expected


def test_what_is_asked_together_must_all_hold(filled: Session) -> None:
    assert found(filled, Wanted(area="getallen")) == ["W4-001", "W4-002"]
    assert found(filled, Wanted(goal="WIS4-1")) == ["W4-001", "W4-002"]
    assert found(filled, Wanted(goal="IS4-1")) == []  # a code begins so, or not at all
    assert found(filled, Wanted(goal="WIS4-1", text="zeker")) == ["W4-002"]
    assert found(filled, Wanted(goal="WIS4-é")) == ["W4-003"]
    assert found(filled, Wanted(enemy="even")) == ["W4-001", "W4-002"]
    assert found(filled, Wanted(interaction=Interaction.CHOICE)) == list(ABOUT)
    assert found(filled, Wanted(interaction=Interaction.MULTIPLE_CHOICE)) == []


def test_the_state_is_that_of_the_latest_version(filled: Session) -> None:
    move_item(filled, "W4-002@1", State.RETIRED, "An", "versleten")
    assert found(filled, Wanted(state=State.RETIRED)) == ["W4-002"]
    assert found(filled, Wanted(state=State.OPERATIONAL)) == ["W4-001", "W4-003"]


def test_difficulty_is_that_of_the_newest_calibration(filled: Session, make_calibration: MakeCalibration) -> None:
    add_calibration(filled, make_calibration("W4-001@1", "W4-002@1"))  # difficulties 0 and 0.1
    add_calibration(filled, make_calibration("W4-002@1", "W4-001@1", identifier="zomer"))  # 0.1 and 0 now
    assert found(filled, Wanted(easiest=0.05)) == ["W4-001"]
    assert found(filled, Wanted(hardest=0.05)) == ["W4-002"]
    assert [hit.difficulty for hit in search_items(filled, Wanted()).page] == [0.1, 0.0, None]


def test_pages_follow_each_other(filled: Session) -> None:
    pages = [search_items(filled, Wanted(), first=first, most=2) for first in (0, 2, 4)]
    assert [hits.n for hits in pages] == [3, 3, 3]
    assert [hit.summary.identifier for hits in pages for hit in hits.page] == list(ABOUT)


def test_what_was_in_the_bank_before_words_were_kept_is_found_too(filled: Session) -> None:
    filled.exec(text("DELETE FROM itembank_words"))  # type: ignore[call-overload]  # plain SQL
    assert found(filled, Wanted("tuin")) == []
    assert found(filled, Wanted(area="meten")) == ["W4-003"]  # a search never writes, and needs no words here
    assert index_words(filled) == ()
    assert found(filled, Wanted("tuin")) == ["W4-003"]


def test_a_source_that_cannot_be_read_any_more_stops_no_search(filled: Session) -> None:
    filled.exec(text("DELETE FROM itembank_words"))  # type: ignore[call-overload]  # plain SQL
    filled.exec(text("DROP TRIGGER itembank_item_version_is_kept"))  # type: ignore[call-overload]  # plain SQL
    filled.exec(text("UPDATE itembank_item_version SET source = X'3c' WHERE identifier = 'W4-002'"))  # type: ignore[call-overload]  # plain SQL
    filled.expire_all()
    assert index_words(filled) == ("W4-002@1",)
    assert found(filled, Wanted("opgave")) == ["W4-001", "W4-003"]


@pytest.mark.postgres
def test_the_same_is_found_on_postgresql(
    postgres_db: Session, make_item: MakeItem, make_package: MakePackage, make_calibration: MakeCalibration
) -> None:
    fill(postgres_db, make_item, make_package)
    add_calibration(postgres_db, make_calibration("W4-001@1", "W4-002@1"))
    assert found(postgres_db, Wanted("cafe", goal="WIS4-1", area="getallen", enemy="even")) == ["W4-001"]
    assert found(postgres_db, Wanted(interaction=Interaction.CHOICE, easiest=0.05)) == ["W4-002"]
    assert found(postgres_db, Wanted("%")) == ["W4-002"]
