"""Coming in: a room code and a seat code become a ticket that names the pupil, or a device waits for a click.

Nobody is ever locked out. While a room has budget left for wrong codes, right ones are let in and wrong ones are told
so. Where it is used up, a device on a strange network hears the same whatever it typed: wait, with a number. Only if
the codes were right the proctor sees that number, and lets the device in with one click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.config import Secrets
from delivery.errors import RefusedError
from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.rooms.codes import room_code_hash, seat_code_hash
from delivery.rooms.tries import Place, must_wait, note_wrong
from delivery.rooms.values import RoomStatus
from delivery.rooms.waiting import Device, device_of, is_admitted, note_waiting
from delivery.tables import AdministrationRow, PupilRow, RoomCodeRow, SeatRow

_NOBODY = partial(SittingRef, sitting_id=UUID(int=0))


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody who wants to come in.

    Attributes
    ----------
    room_code, seat_code : as typed
    network : where from
    device : what the page calls itself, random; "" where it does not, and then the network stands for it
    """

    room_code: str
    seat_code: str
    network: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Whom a pair of codes stands for."""

    ref: SittingRef
    first_name: str
    last_name: str
    title: str


@dataclass(frozen=True, slots=True)
class Waits:
    """A device that waits for a click.

    Attributes
    ----------
    number : what its page shows
    note : puts it on the proctor's list, if its codes were right; run after the reply, so that its time says nothing
    """

    number: int
    note: Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a pair of codes means, before anything is said about it."""

    place: Place
    device: Device
    status: RoomStatus
    entrance: Entrance | None
    is_held_back: bool


def knock(database: Engine, secrets: Secrets, asked: Knock) -> Entrance | Waits:
    """Whom codes stand for, or how to wait.

    Parameters
    ----------
    database
        The management database. A right code needs nothing else.
    secrets
        The installation's keys.
    asked
        Who wants to come in.

    Raises
    ------
    RefusedError
        ``unknown_code``, ``room_not_open``, ``room_closed``.
    """
    with Session(database) as db, db.begin():
        found = _look(db, secrets, asked)
    if found is None:
        raise RefusedError("unknown_code")
    if found.is_held_back:
        _refuse_by_status(found.status)
        return _wait(database, found)
    if found.entrance is None:
        with Session(database) as db, db.begin():
            may_be_told = note_wrong(db, secrets, found.place, asked.network)
        if may_be_told:
            raise RefusedError("unknown_code")
        return _wait(database, found)
    _refuse_by_status(found.status)
    return found.entrance


def _wait(database: Engine, found: _Found) -> Waits:
    """The same for right and wrong codes, but for what is written down afterwards."""
    note = partial(_note, database, found.entrance.ref, found.device) if found.entrance else _note_nothing
    return Waits(found.device.number, note)


def _note(database: Engine, ref: SittingRef, device: Device) -> None:
    """Put a device on the list."""
    with Session(database) as db, db.begin():
        note_waiting(db, ref, device)


def _note_nothing() -> None:
    """Wrong codes leave nothing behind."""


def _refuse_by_status(status: RoomStatus) -> None:
    """Say that a room is not open yet, or over."""
    if status is RoomStatus.PLANNED:
        raise RefusedError("room_not_open")
    if status is RoomStatus.CLOSED:
        raise RefusedError("room_closed")


def _look(db: Session, secrets: Secrets, asked: Knock) -> _Found | None:
    """Look both codes up; None where there is no such room. Changes nothing."""
    code_hash = room_code_hash(secrets.code_key, asked.room_code)
    known = db.exec(select(RoomCodeRow).where(RoomCodeRow.code_hash == code_hash)).first()
    if known is None:
        return None
    place = Place(known.school_id, known.administration_id)
    in_school(db, place.school_id)
    administration = db.get_one(AdministrationRow, (place.school_id, place.administration_id))
    entrance = _entrance(db, secrets, place, asked.seat_code, administration.title)
    device = device_of(secrets, place, asked.device or asked.network)
    is_held_back = (
        administration.guarded
        and must_wait(db, secrets, place, asked.network)
        and not is_admitted(db, entrance.ref if entrance else _NOBODY(place.school_id), device)  # asked either way
    )
    return _Found(place, device, RoomStatus(administration.status), entrance, is_held_back)


def _entrance(db: Session, secrets: Secrets, place: Place, seat_code: str, title: str) -> Entrance | None:
    """Whom a seat code of a room stands for."""
    code_hash = seat_code_hash(secrets.code_key, str(place.administration_id), seat_code)
    found = db.exec(
        select(SeatRow.sitting_id, PupilRow.first_name, PupilRow.last_name, SeatRow.reserve)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(
            SeatRow.school_id == place.school_id,
            SeatRow.administration_id == place.administration_id,
            SeatRow.code_hash == code_hash,
        )
    ).first()
    if found is None:
        return None
    sitting_id, first_name, last_name, reserve = found
    ref = SittingRef(place.school_id, sitting_id)
    if first_name is None:
        return Entrance(ref, seat_name(None, None, reserve), "", title)
    return Entrance(ref, first_name, last_name or "", title)
