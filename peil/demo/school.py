"""Step 3: the roster, the staff, and a room for every class and test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlmodel import Session

import delivery
from delivery.people import RosterCounts
from delivery.rooms import Administration, create_administration, room_code, seat_list
from delivery.signin import hash_password
from itembank import CompiledBank
from peil.demo.people import Account
from peil.demo.roster import write_roster
from peil.installation import Installation, delivery_secrets


@dataclass(frozen=True, slots=True)
class Seat:
    """A place for one pupil in one room."""

    name: str
    seat_code: str


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its codes, as its proctor has them on paper.

    Attributes
    ----------
    school : number of the school, in order of its name
    """

    administration: Administration
    school: int
    room_code: str
    seats: tuple[Seat, ...]


def import_people(installation: Installation, rng: np.random.Generator) -> RosterCounts:
    """Write the synthetic roster and import it as schools do."""
    folder = write_roster(installation.settings.data / "roster", rng)
    with Session(installation.database) as db, db.begin():
        return delivery.import_roster(db, delivery.read_oneroster(folder))


def add_staff(installation: Installation, accounts: Sequence[Account]) -> None:
    """Give staff their accounts."""
    with ThreadPoolExecutor(2) as threads:  # argon2id is slow on purpose
        hashes = list(threads.map(hash_password, [account.password for account in accounts]))
    with Session(installation.database) as db, db.begin():
        schools = delivery.list_schools(db)
        for account, password_hash in zip(accounts, hashes, strict=True):
            school_id = None if account.school is None else schools[account.school].school_id
            role = delivery.StaffRole(account.role)
            delivery.add_staff(db, account.email, password_hash, role, school_id, name=account.name)


def make_rooms(
    installation: Installation, banks: Iterable[CompiledBank], *, simulated: bool, only_class: str = "", note: str = ""
) -> list[Room]:
    """Make a room for every class and test; with ``only_class`` only for the first school's class of that name."""
    banks = list(banks)
    rooms = []
    with Session(installation.web) as db:
        schools = delivery.list_schools(db)
    for number, school in enumerate(schools[:1] if only_class else schools):
        with Session(installation.web) as db, db.begin():
            for group in delivery.list_classes(db, school.school_id):
                if only_class in {"", group.title}:
                    rooms += [
                        _make_room(installation, db, number, school.school_id, group.class_id, bank, note, simulated)
                        for bank in banks
                    ]
    return rooms


def _make_room(
    installation: Installation,
    db: Session,
    number: int,
    school_id: UUID,
    class_id: UUID,
    bank: CompiledBank,
    note: str,
    simulated: bool,
) -> Room:
    """One room with its codes."""
    secrets = delivery_secrets(installation.keys)
    administration = create_administration(
        db,
        secrets,
        school_id=school_id,
        class_id=class_id,
        test=bank.test,
        bank_hash=bank.hash,
        title=f"{bank.title}{note}",
        simulated=simulated,
    )
    code = room_code(db, school_id, administration.administration_id, secrets)
    slips = seat_list(db, school_id, administration.administration_id, secrets)
    return Room(administration, number, code, tuple(Seat(slip.pupil, slip.seat_code) for slip in slips))
