"""Classical statistics are kept beside a calibration, and never changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, text

from itembank import (
    ItemStatistics,
    NotInBankError,
    PartStatistics,
    ReleaseError,
    add_calibration,
    add_statistics,
    import_package,
    load_statistics,
    measurements_of,
)
from tests.itembank.conftest import MakeCalibration, MakeItem, MakePackage

PARTS = (
    PartStatistics("", "0", 30, 0.3, -0.4, 0.25),
    PartStatistics("", "1", 70, 0.7, 0.4, 1 / 3),
    PartStatistics("RESPONSE", "B", 0, 0.0, None, None),
    PartStatistics("RESPONSE", "", 5, 0.05, -0.125, 0.2),
)
FIRST = ItemStatistics("W4-001@1", 100, 1, 0.7, 0.4, 90, 0.05, 12_500.0, PARTS)
SECOND = ItemStatistics("W4-002@1", 100, 2, 0.5, None, 0, None, None, ())


def fill(db: Session, make_item: MakeItem, make_package: MakePackage, make_calibration: MakeCalibration) -> Session:
    """A bank of three items, two of which are calibrated."""
    import_package(db, make_package({f"W{n}.xml": make_item(f"W4-00{n}") for n in (1, 2, 3)}))
    add_calibration(db, make_calibration("W4-001@1", "W4-002@1"))
    return db


@pytest.fixture
def filled(db: Session, make_item: MakeItem, make_package: MakePackage, make_calibration: MakeCalibration) -> Session:
    return fill(db, make_item, make_package, make_calibration)


def test_what_is_pushed_comes_back_and_pushing_it_again_changes_nothing(filled: Session) -> None:
    add_statistics(filled, "veldtest", [SECOND, FIRST])
    add_statistics(filled, "veldtest", [FIRST, SECOND])
    assert load_statistics(filled, "veldtest") == (FIRST, SECOND)
    assert [len(one.categories) for one in load_statistics(filled, "veldtest")] == [2, 0]
    assert [part.value for part in FIRST.options] == ["B", ""]


def test_other_statistics_are_refused(filled: Session) -> None:
    add_statistics(filled, "veldtest", [FIRST])
    with pytest.raises(ReleaseError, match="veldtest has other statistics"):
        add_statistics(filled, "veldtest", [replace(FIRST, proportion=0.71)])
    with pytest.raises(ReleaseError, match="twice"):
        add_statistics(filled, "veldtest", [FIRST, FIRST])


def test_statistics_belong_to_a_calibration_and_to_its_items(filled: Session) -> None:
    with pytest.raises(NotInBankError, match="no calibration 'geen'"):
        add_statistics(filled, "geen", [FIRST])
    with pytest.raises(NotInBankError, match="W4-003@1, which is not in it"):
        add_statistics(filled, "veldtest", [replace(FIRST, item="W4-003@1")])


def test_an_item_shows_what_every_calibration_said_the_newest_first(
    filled: Session, make_calibration: MakeCalibration
) -> None:
    add_statistics(filled, "veldtest", [FIRST])
    add_calibration(filled, make_calibration("W4-001@1", identifier="veldtest-2"))
    found = measurements_of(filled, "W4-001@1")
    assert [(one.calibration, one.statistics) for one in found] == [("veldtest-2", None), ("veldtest", FIRST)]
    assert found[1].parameters.item == "W4-001@1"
    assert found[1].provenance == {"data": "simulated"}
    assert measurements_of(filled, "W4-003@1") == ()


def test_statistics_are_never_changed_not_even_by_hand(filled: Session) -> None:
    add_statistics(filled, "veldtest", [FIRST])
    for table in ("itembank_statistics", "itembank_statistics_part"):
        with pytest.raises(DatabaseError, match="never changed"):
            filled.connection().execute(text(f"UPDATE {table} SET n = 1"))


@pytest.mark.postgres
def test_statistics_are_kept_on_postgresql_too(
    postgres_db: Session, make_item: MakeItem, make_package: MakePackage, make_calibration: MakeCalibration
) -> None:
    db = fill(postgres_db, make_item, make_package, make_calibration)
    add_statistics(db, "veldtest", [FIRST, SECOND])
    assert load_statistics(db, "veldtest") == (FIRST, SECOND)
    with pytest.raises(DatabaseError, match="never changed"):
        db.connection().execute(text("UPDATE itembank_statistics SET n = 1"))
