"""What a proctor sees: every pupil of a room, now, from the log's kinds and the last contacts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.rooms.administrations import load_administration
from delivery.rooms.seat_logs import SeatLog, SeatLogs, read_on
from delivery.rooms.values import RoomOverview, SeatOverview, SeatState
from delivery.sittings.contacts import SILENCE_MS, read_contacts
from delivery.sittings.phases import Phase
from delivery.tables import PupilRow, SeatRow

AT_WORK = frozenset({SeatState.BUSY, SeatState.DISCONNECTED, SeatState.MOVING})


@dataclass(frozen=True, slots=True)
class _Seat:
    """One seat as the database has it."""

    sitting_id: UUID
    pupil: str
    denied: bool


def room_overview(db: Session, school_id: UUID, administration_id: UUID) -> RoomOverview:
    """A room and the state of each pupil, by last name.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    return look_again(db, school_id, administration_id, {})[0]


def look_again(
    db: Session, school_id: UUID, administration_id: UUID, known: SeatLogs, stirred: Collection[UUID] | None = None
) -> tuple[RoomOverview, SeatLogs]:
    """A room as `room_overview` sees it, with what its logs say, so that the next look reads only what is new.

    Parameters
    ----------
    db, school_id, administration_id
        Where to look.
    known
        What the look before gave; nothing at the first.
    stirred
        Sittings in which something may have happened since; None looks at all.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    administration = load_administration(db, school_id, administration_id)
    seats = _seats(db, school_id, administration_id)
    sittings = [seat.sitting_id for seat in seats]
    contacts = {
        contact.ref.sitting_id: datetime.fromtimestamp(contact.last / 1000, UTC)
        for contact in read_contacts(db, [SittingRef(school_id, sitting) for sitting in sittings])
    }
    logs = read_on(db, school_id, sittings, known, stirred)
    now = datetime.now(UTC)
    shown = (_look(seat, logs[seat.sitting_id], contacts.get(seat.sitting_id), now) for seat in seats)
    return RoomOverview(administration, tuple(shown)), logs


def _seats(db: Session, school_id: UUID, administration_id: UUID) -> list[_Seat]:
    """Seats of a room, by name."""
    rows = db.exec(
        select(SeatRow.sitting_id, PupilRow.first_name, PupilRow.last_name, SeatRow.denied_at)
        .join(PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id))
        .where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
        .order_by(col(PupilRow.last_name), col(PupilRow.first_name))
    )
    return [_Seat(sitting, f"{first} {last}", denied is not None) for sitting, first, last, denied in rows]


def _look(seat: _Seat, log: SeatLog, contact: datetime | None, now: datetime) -> SeatOverview:
    """One seat as the proctor sees it."""
    silent = contact is None or (now - contact).total_seconds() * 1000 > SILENCE_MS
    state = _seat_state(log, is_silent=silent)
    return SeatOverview(
        sitting_id=seat.sitting_id,
        pupil=seat.pupil,
        state=state,
        position=log.answered + 1 if state in AT_WORK else log.answered,
        answered=log.answered,
        paused=log.phase is Phase.PAUSED,
        denied=seat.denied,
        unconfirmed=log.phase is Phase.CLOSING and log.is_in,
        last_contact=contact,
        n_evidence=log.n_evidence,
        granted_ms=log.granted_ms,
        credited_ms=log.credited_ms,
        uncredited_ms=log.uncredited_ms,
        n_skipped=log.n_skipped,
        help_since=datetime.fromtimestamp(log.help_at / 1000, UTC) if log.help_at else None,
    )


def _seat_state(log: SeatLog, *, is_silent: bool) -> SeatState:
    """The one word for a seat."""
    phase = log.phase
    if phase in {Phase.SEALED, Phase.ERASED}:
        return SeatState.SEALED
    if phase is Phase.VOID:
        return SeatState.VOID
    if not log.is_in:
        return SeatState.NOT_IN
    if phase is Phase.CLOSING:
        return SeatState.HANDED_IN
    if log.is_released:
        return SeatState.MOVING
    return SeatState.DISCONNECTED if is_silent else SeatState.BUSY
