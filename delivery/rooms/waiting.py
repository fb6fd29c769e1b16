"""Devices that wait for one click of the proctor: a number to read aloud, the list of a room, the click."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import SittingRef, keyed_hash
from delivery.config import Secrets
from delivery.errors import UnknownRecordError
from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.rooms.tries import Place
from delivery.rooms.values import WaitingDevice
from delivery.tables import PupilRow, SeatRow, WaitingRow

MOST_DEVICES = 4
"""Devices that may wait for one seat; where there are more the one that asked longest ago is forgotten."""
ASKS_AGAIN_S = 30
"""A device asks again every few seconds; one that did not for this long is gone."""
LEAST_NUMBER, N_NUMBERS = 100, 900
"""Three signs, easy to read aloud."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is not let in by itself.

    Attributes
    ----------
    identity : keyed hash of what its page calls itself, and of the room
    number : what it shows, so that the proctor can find it
    """

    identity: bytes
    number: int


def device_of(secrets: Secrets, place: Place, name: str) -> Device:
    """A device as one room knows it; right and wrong codes give a number alike."""
    identity = keyed_hash(secrets.code_key, "device", str(place.administration_id), name)
    return Device(identity, LEAST_NUMBER + int.from_bytes(identity[:8], "big") % N_NUMBERS)


def is_admitted(db: Session, ref: SittingRef, device: Device) -> bool:
    """Whether staff let this device in at this seat."""
    in_school(db, ref.school_id)
    row = db.get(WaitingRow, (ref.school_id, ref.sitting_id, device.identity))
    return row is not None and row.admitted_at is not None


def note_waiting(db: Session, ref: SittingRef, device: Device) -> bool:
    """Put a device on the list of its room, or say that it is still there. The caller commits.

    Returns
    -------
    bool
        Whether it was not on the list yet, or not any more.
    """
    in_school(db, ref.school_id)
    own = (WaitingRow.school_id == ref.school_id, WaitingRow.sitting_id == ref.sitting_id)
    rows = db.exec(select(WaitingRow).where(*own).order_by(col(WaitingRow.asked_at).desc())).all()
    row = next((row for row in rows if row.device == device.identity), None)
    now = datetime.now(UTC)
    is_new = row is None or _instant(row.asked_at) <= now - timedelta(seconds=ASKS_AGAIN_S)
    if row is None:
        for old in rows[MOST_DEVICES - 1 :]:
            db.delete(old)
        row = WaitingRow(
            school_id=ref.school_id,
            sitting_id=ref.sitting_id,
            device=device.identity,
            number=device.number,
            asked_at=now,
        )
    row.asked_at = now
    db.add(row)
    db.flush()
    return is_new


def _instant(at: datetime) -> datetime:
    """An instant of the database; SQLite's clock says UTC without saying so."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def waiting_devices(db: Session, school_id: UUID, administration_id: UUID) -> tuple[WaitingDevice, ...]:
    """Devices of a room that wait now, by number."""
    in_school(db, school_id)
    rows = db.exec(
        select(WaitingRow, PupilRow.first_name, PupilRow.last_name, SeatRow.reserve)
        .join(
            SeatRow,
            (col(SeatRow.school_id) == WaitingRow.school_id) & (col(SeatRow.sitting_id) == WaitingRow.sitting_id),
        )
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(
            WaitingRow.school_id == school_id,
            SeatRow.administration_id == administration_id,
            col(WaitingRow.admitted_at).is_(None),
            col(WaitingRow.asked_at) > datetime.now(UTC) - timedelta(seconds=ASKS_AGAIN_S),
        )
        .order_by(col(WaitingRow.number))
    )
    return tuple(
        WaitingDevice(row.sitting_id, seat_name(first, last, reserve), row.device.hex(), row.number)
        for row, first, last, reserve in rows
    )


def admit_device(db: Session, school_id: UUID, administration_id: UUID, sitting_id: UUID, device: str) -> None:
    """Let a waiting device in; doing it twice changes nothing. The caller commits.

    Raises
    ------
    UnknownRecordError
        If no such device waits in this room of this school.
    """
    in_school(db, school_id)
    seat = db.get(SeatRow, (school_id, sitting_id))
    try:
        row = db.get(WaitingRow, (school_id, sitting_id, bytes.fromhex(device)))
    except ValueError:
        row = None
    if seat is None or seat.administration_id != administration_id or row is None:
        raise UnknownRecordError(f"administration {administration_id} has no such device that waits for {sitting_id}")
    row.admitted_at = row.admitted_at or datetime.now(UTC)
    db.add(row)
    db.flush()
