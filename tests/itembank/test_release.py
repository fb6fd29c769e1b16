"""Calibration versions and released banks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import (
    Arrival,
    CalibratedItem,
    CalibrationVersion,
    Design,
    NotInBankError,
    ReleaseError,
    State,
    add_calibration,
    bank_bytes,
    calibrations,
    compile_bank,
    import_package,
    load_bank,
    load_calibration,
    load_item,
    move_item,
    release_bank,
    released_banks,
)
from itembank.tables import StoredRelease
from tests.designs import area_design

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
MakeCalibration = Callable[..., CalibrationVersion]
NAMES = ("W4-001@1", "W4-002@1", "W4-003@1")
OPERATIONAL = Arrival(state=State.OPERATIONAL)


@pytest.fixture
def filled(db: Session, make_package: MakePackage, make_item: MakeItem) -> Session:
    """Return a bank with three items."""
    import_package(db, make_package({f"W{n}.xml": make_item(f"W4-00{n}") for n in range(1, 4)}), arrival=OPERATIONAL)
    return db


def test_a_calibration_is_kept_with_its_provenance(filled: Session, make_calibration: MakeCalibration) -> None:
    calibration = make_calibration(*NAMES)
    add_calibration(filled, calibration)
    add_calibration(filled, calibration)
    assert load_calibration(filled, "veldtest") == calibration
    assert calibrations(filled) == ["veldtest"]


def test_steps_are_kept_in_their_order(filled: Session, make_calibration: MakeCalibration) -> None:
    plain = make_calibration(*NAMES)
    stepped = replace(plain.items[1], steps=(0.75, -0.25))
    calibration = replace(plain, model="gpcm", items=(plain.items[0], stepped, plain.items[2]))
    add_calibration(filled, calibration)
    filled.expire_all()
    assert load_calibration(filled, "veldtest") == calibration


def test_a_calibration_is_never_replaced(filled: Session, make_calibration: MakeCalibration) -> None:
    add_calibration(filled, make_calibration(*NAMES))
    with pytest.raises(ReleaseError, match="veldtest exists with other content"):
        add_calibration(filled, make_calibration(*NAMES[:2]))
    assert len(load_calibration(filled, "veldtest").items) == 3


def test_a_calibration_that_cannot_be_is_refused(filled: Session, make_calibration: MakeCalibration) -> None:
    good = make_calibration(*NAMES)
    with pytest.raises(ReleaseError, match="an item is in it twice"):
        add_calibration(filled, make_calibration(*NAMES, NAMES[0]))
    with pytest.raises(ReleaseError, match="'4pl'"):
        add_calibration(filled, replace(good, model="4pl"))
    with pytest.raises(NotInBankError, match="W4-009@1, which is not in the bank"):
        add_calibration(filled, make_calibration("W4-009@1"))
    with pytest.raises(NotInBankError, match="no calibration 'veldtest'"):
        load_calibration(filled, "veldtest")


def test_a_released_bank_is_what_compiling_its_items_gives(
    filled: Session, design: Design, make_calibration: MakeCalibration
) -> None:
    calibration = make_calibration(*NAMES)
    add_calibration(filled, calibration)
    bank = release_bank(filled, design, "veldtest")
    again = release_bank(filled, design, "veldtest")
    compiled = compile_bank(design, [load_item(filled, name) for name in NAMES], calibration)
    assert bank.hash == again.hash == compiled.hash
    assert released_banks(filled, "wiskunde-4") == [bank.hash]
    assert bank_bytes(load_bank(filled, bank.hash)) == bank_bytes(bank)


def test_an_item_that_changed_since_the_calibration_is_left_out(
    filled: Session,
    design: Design,
    make_calibration: MakeCalibration,
    make_package: MakePackage,
    make_item: MakeItem,
) -> None:
    add_calibration(filled, make_calibration(*NAMES))
    changed = make_package({"W1.xml": make_item("W4-001").replace(b"even", b"oneven")})
    import_package(filled, changed, arrival=OPERATIONAL)
    bank = release_bank(filled, design, "veldtest")
    assert [view.item for view in bank.views] == ["W4-002@1", "W4-003@1"]


def test_a_version_that_is_still_written_changes_no_bank(
    filled: Session,
    design: Design,
    make_calibration: MakeCalibration,
    make_package: MakePackage,
    make_item: MakeItem,
) -> None:
    add_calibration(filled, make_calibration(*NAMES))
    before = release_bank(filled, design, "veldtest")
    import_package(filled, make_package({"W1.xml": make_item("W4-001").replace(b"even", b"oneven")}))
    assert release_bank(filled, design, "veldtest").hash == before.hash
    move_item(filled, "W4-001@1", State.RETIRED, "An", "versleten")
    assert [view.item for view in release_bank(filled, design, "veldtest").views] == ["W4-002@1", "W4-003@1"]


def test_a_test_without_items_is_not_released(filled: Session, make_calibration: MakeCalibration) -> None:
    add_calibration(filled, make_calibration(*NAMES))
    design = area_design("meten-4", "Meten", 2, {"meten": (0, 2)})
    with pytest.raises(ReleaseError, match="calibration 'veldtest' has no operational item for it"):
        release_bank(filled, design, "veldtest")
    assert released_banks(filled, "meten-4") == []


def test_a_bank_whose_bytes_were_changed_is_not_opened(
    filled: Session, design: Design, make_calibration: MakeCalibration
) -> None:
    add_calibration(filled, make_calibration(*NAMES))
    bank = release_bank(filled, design, "veldtest")
    forged = StoredRelease(
        hash="0" * 64,
        test=bank.test,
        title=bank.title,
        calibration=bank.calibration,
        content=bank_bytes(bank),
    )
    filled.add(forged)
    filled.flush()
    with pytest.raises(ReleaseError, match="was changed"):
        load_bank(filled, "0" * 64)
    with pytest.raises(NotInBankError):
        load_bank(filled, "1" * 64)


@pytest.mark.postgres
def test_calibrations_and_banks_are_kept_on_postgresql_too(
    postgres_db: Session,
    design: Design,
    make_calibration: MakeCalibration,
    make_package: MakePackage,
    make_item: MakeItem,
) -> None:
    import_package(
        postgres_db, make_package({f"W{n}.xml": make_item(f"W4-00{n}") for n in range(1, 4)}), arrival=OPERATIONAL
    )
    odd = CalibratedItem("W4-001@1", 0.1 + 0.2, -1 / 3, 1e-17, 2.0, 10**6, 2 / 3)
    calibration = make_calibration(*NAMES)
    add_calibration(postgres_db, replace(calibration, items=(odd, *calibration.items[1:])))
    bank = release_bank(postgres_db, design, "veldtest")
    assert load_calibration(postgres_db, "veldtest").items[0] == odd
    assert load_bank(postgres_db, bank.hash).hash == bank.hash
