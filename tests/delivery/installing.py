"""A real installation with the small world of the tests in it, as `peil serve` opens it."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from delivery.people import import_roster, list_classes, list_schools
from delivery.rooms import create_administration, reserve_list, room_code, seat_list
from itembank import CompiledBank
from itembank.snapshot import bank_bytes
from itembank.tables import StoredCalibration, StoredRelease
from peil.installation import Installation, delivery_secrets
from tests.delivery.delivery_world import Room, make_bank, make_roster


def install_world(installation: Installation) -> tuple[CompiledBank, list[UUID]]:
    """Put the bank and the roster in; its schools, in the order of the roster."""
    bank = make_bank()
    with Session(installation.database) as db, db.begin():
        db.add(StoredCalibration(identifier="c1", model="2pl", provenance={}))
        db.flush()
        db.add(
            StoredRelease(hash=bank.hash, test=bank.test, title=bank.title, calibration="c1", content=bank_bytes(bank))
        )
        import_roster(db, make_roster())
        schools = sorted(list_schools(db), key=lambda school: school.identifier)
        return bank, [school.school_id for school in schools]


def add_room(installation: Installation, bank: CompiledBank, school_id: UUID, n_reserves: int) -> Room:
    """Make a room for a school's class, with seats for this many more."""
    secrets = delivery_secrets(installation.keys)
    with Session(installation.database) as db, db.begin():
        made = create_administration(
            db,
            secrets,
            school_id=school_id,
            class_id=list_classes(db, school_id)[0].class_id,
            test=bank.test,
            bank_hash=bank.hash,
            title="Toets",
            n_reserves=n_reserves,
        )
        place = (db, school_id, made.administration_id, secrets)
        codes = tuple(slip.seat_code for slip in (*seat_list(*place), *reserve_list(*place)))
        return Room(school_id, made.administration_id, room_code(*place), codes)
