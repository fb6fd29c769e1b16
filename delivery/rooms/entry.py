"""Coming in: a room code and a seat code become a ticket that names the pupil, or a device waits for a click.

Nobody is ever locked out. While a room has budget left for wrong codes, right ones are let in and wrong ones are told
so. Where it is used up, a device on a strange network hears the same whatever it typed: wait, with a number. Only if
the codes were right the proctor sees that number, and lets the device in with one click.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from delivery.access import SittingRef
from delivery.config import Secrets
from delivery.direct import Direct, as_uuid
from delivery.errors import RefusedError
from delivery.isolation import in_school
from delivery.journal import News
from delivery.names import seat_name
from delivery.rooms.codes import room_code_hash, seat_code_hash
from delivery.rooms.known import KnownRooms
from delivery.rooms.tries import Place, hashed_network, must_wait, note_known, note_wrong
from delivery.rooms.values import RoomStatus
from delivery.rooms.waiting import Device, device_of, is_admitted, note_waiting
from delivery.sittings.information import SittingInfo, make_info
from delivery.tables import AdministrationRow

FIND_SEAT = """
SELECT room.status, room.guarded, room.title, seat.sitting_id, seat.reserve, pupil.first_name, pupil.last_name,
    sitting_key.sealed_key
FROM delivery_seat AS seat
JOIN delivery_administration AS room
    ON room.school_id = seat.school_id AND room.administration_id = seat.administration_id
LEFT JOIN delivery_pupil AS pupil ON pupil.school_id = seat.school_id AND pupil.pupil_id = seat.pupil_id
JOIN delivery_sitting_key AS sitting_key
    ON sitting_key.school_id = seat.school_id AND sitting_key.sitting_id = seat.sitting_id
WHERE seat.school_id = $1 AND seat.administration_id = $2 AND seat.code_hash = $3
"""
WHOSE_ROOM = "SELECT administration_id FROM delivery_seat WHERE school_id = $1 AND sitting_id = $2"
STANDING = """
SELECT denied_at IS NOT NULL, EXISTS (
    SELECT 1 FROM delivery_try
    WHERE school_id = $1 AND administration_id = $3 AND network = $4 AND is_known
)
FROM delivery_seat WHERE school_id = $1 AND sitting_id = $2
"""
MARK_DENIED = "UPDATE delivery_seat SET denied_at = $3 WHERE school_id = $1 AND sitting_id = $2"

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


class _Seat(NamedTuple):
    """A row of `FIND_SEAT`."""

    status: str
    guarded: bool
    title: str
    sitting_id: UUID | str
    reserve: int
    first_name: str | None
    last_name: str | None
    sealed_key: bytes


@dataclass(frozen=True, slots=True)
class Entrance:
    """Whom a pair of codes stands for."""

    ref: SittingRef
    first_name: str
    last_name: str
    title: str
    info: SittingInfo


@dataclass(frozen=True, slots=True)
class Waits:
    """A device that waits for a click.

    Attributes
    ----------
    number : what its page shows
    note : puts it on the proctor's list, if its codes were right, and says whether that list is another one now; run
        after the reply, so that its time says nothing
    administration_id : whose list that is
    """

    number: int
    note: Callable[[], bool]
    administration_id: UUID


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A wrong code, of which the device may be told; ``was_last`` where the budget is used up with it."""

    was_last: bool


async def knock(
    direct: Direct, database: Engine, rooms: KnownRooms, secrets: Secrets, asked: Knock, news: News | None = None
) -> Entrance | Waits:
    """Whom codes stand for, or how to wait.

    Parameters
    ----------
    direct
        The management database, for single statements. A right code needs nothing else while no budget is used up.
    database
        The same one.
    rooms
        What this worker remembers of room codes.
    secrets
        The installation's keys.
    asked
        Who wants to come in.
    news
        Whom to tell that new devices need a click from now on; None nobody.

    Raises
    ------
    RefusedError
        ``unknown_code``, ``room_not_open``, ``room_closed``.
    """
    place = await rooms.find(direct, room_code_hash(secrets.code_key, asked.room_code))
    code_hash = seat_code_hash(secrets.code_key, str(place.administration_id), asked.seat_code)
    rows = await direct.fetch(place.school_id, FIND_SEAT, place.school_id, place.administration_id, code_hash)
    seat = _Seat(*rows[0]) if rows else None
    if seat is None or seat.guarded:
        held = await asyncio.to_thread(_on_guard, database, secrets, asked, place, seat)
        if isinstance(held, _Wrong):
            if held.was_last and news is not None:
                news.tell([place.administration_id])
            raise RefusedError("unknown_code")
        if held is not None:
            return held
    assert seat is not None
    _refuse_by_status(RoomStatus(seat.status))
    return _entrance(secrets, place, seat)


def _on_guard(
    database: Engine, secrets: Secrets, asked: Knock, place: Place, seat: _Seat | None
) -> Waits | _Wrong | None:
    """How to wait, for whoever typed a wrong code or found the room's budget used up; None lets a right code in."""
    ref = SittingRef(place.school_id, as_uuid(seat.sitting_id)) if seat else None
    device = device_of(secrets, place, asked.device or asked.network)
    with Session(database) as db, db.begin():
        in_school(db, place.school_id)
        room = db.get_one(AdministrationRow, (place.school_id, place.administration_id))
        status, was_guarded = RoomStatus(room.status), room.guarded
        is_held_back = (
            was_guarded
            and must_wait(db, secrets, place, asked.network)
            and not is_admitted(db, ref or _NOBODY(place.school_id), device)  # asked either way
        )
    if is_held_back:
        _refuse_by_status(status)
        return _wait(database, place, device, ref)
    if ref is not None:
        return None
    with Session(database) as db, db.begin():
        may_be_told = note_wrong(db, secrets, place, asked.network)
        is_guarded = db.get_one(AdministrationRow, (place.school_id, place.administration_id)).guarded
    return _Wrong(is_guarded and not was_guarded) if may_be_told else _wait(database, place, device, ref)


def _wait(database: Engine, place: Place, device: Device, ref: SittingRef | None) -> Waits:
    """The same for right and wrong codes, but for what is written down afterwards."""
    note = partial(_note, database, ref, device) if ref else _note_nothing
    return Waits(device.number, note, place.administration_id)


def _note(database: Engine, ref: SittingRef, device: Device) -> bool:
    """Put a device on the list."""
    with Session(database) as db, db.begin():
        return note_waiting(db, ref, device)


def _note_nothing() -> bool:
    """Wrong codes leave nothing behind."""
    return False


def _refuse_by_status(status: RoomStatus) -> None:
    """Say that a room is not open yet, or over."""
    if status is RoomStatus.PLANNED:
        raise RefusedError("room_not_open")
    if status is RoomStatus.CLOSED:
        raise RefusedError("room_closed")


def _entrance(secrets: Secrets, place: Place, seat: _Seat) -> Entrance:
    """Whom a seat is for."""
    ref = SittingRef(place.school_id, as_uuid(seat.sitting_id))
    first, last = seat.first_name, seat.last_name or ""
    if first is None:
        first, last = seat_name(None, None, seat.reserve), ""
    info = make_info(secrets, ref, place.administration_id, first, seat.sealed_key)
    return Entrance(ref, first, last, seat.title, info)


async def mark_denied(direct: Direct, ref: SittingRef) -> UUID:
    """Note that someone on this seat said "dat ben ik niet"; whose room it is.

    Raises
    ------
    RefusedError
        ``erased`` if the seat is gone.
    """
    rooms = await direct.fetch(ref.school_id, WHOSE_ROOM, ref.school_id, ref.sitting_id)
    if not rooms:
        raise RefusedError("erased")
    await direct.write(ref.school_id, MARK_DENIED, [(ref.school_id, ref.sitting_id, datetime.now(UTC))])
    return as_uuid(rooms[0][0])


async def note_entry(
    direct: Direct,
    database: Engine,
    rooms: KnownRooms,
    secrets: Secrets,
    ref: SittingRef,
    administration_id: UUID,
    network: str,
) -> bool:
    """Someone on this seat said "ja, dat ben ik": nobody says no any more, and this network is one of the room's.

    Where both were so already, nothing is written.

    Returns
    -------
    bool
        Whether somebody had said no.

    Raises
    ------
    RefusedError
        ``erased`` if the seat is gone.
    """
    place = Place(ref.school_id, administration_id)
    own = hashed_network(secrets, place, network)
    found = await direct.fetch(ref.school_id, STANDING, ref.school_id, ref.sitting_id, administration_id, own)
    if not found:
        raise RefusedError("erased")
    was_denied, is_known = found[0]
    if was_denied:
        await direct.write(ref.school_id, MARK_DENIED, [(ref.school_id, ref.sitting_id, None)])
    if not is_known:
        await rooms.note_once(own, lambda: asyncio.to_thread(_note_known, database, secrets, place, network))
    return bool(was_denied)


def _note_known(database: Engine, secrets: Secrets, place: Place, network: str) -> None:
    """Remember a network."""
    with Session(database) as db, db.begin():
        note_known(db, secrets, place, network)
