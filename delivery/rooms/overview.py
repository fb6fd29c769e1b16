"""What a proctor sees: every pupil of a room, now, from the log's kinds and the last contacts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.rooms.administrations import load_administration
from delivery.rooms.seat_logs import SeatLog, SeatLogs, read_on
from delivery.rooms.values import Administration, RoomOverview, SeatOverview, SeatState, WaitingDevice
from delivery.rooms.waiting import waiting_devices
from delivery.sittings.contacts import SILENCE_MS
from delivery.sittings.phases import Phase
from delivery.tables import ContactRow, PupilRow, SeatRow

AT_WORK = frozenset({SeatState.BUSY, SeatState.DISCONNECTED, SeatState.MOVING})


@dataclass(frozen=True, slots=True)
class _Seat:
    """One seat as the database has it."""

    sitting_id: UUID
    pupil: str
    denied: bool
    is_linked: bool


@dataclass(frozen=True, slots=True)
class RoomMemory:
    """What a look at a room leaves, so that the next one reads only what is new."""

    administration: Administration
    seats: tuple[_Seat, ...]
    waiting: tuple[WaitingDevice, ...]
    heard: Mapping[UUID, datetime]
    logs: SeatLogs


def room_overview(db: Session, school_id: UUID, administration_id: UUID) -> RoomOverview:
    """A room and the state of each pupil, by last name.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    return look_again(db, school_id, administration_id)[0]


def look_again(
    db: Session,
    school_id: UUID,
    administration_id: UUID,
    known: RoomMemory | None = None,
    stirred: Collection[UUID] | None = None,
) -> tuple[RoomOverview, RoomMemory]:
    """A room as `room_overview` sees it, and what to remember of it.

    Parameters
    ----------
    db, school_id, administration_id
        Where to look.
    known
        What the look before left; None at the first.
    stirred
        Sittings in which something may have happened since, or the room itself; None looks at everything.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    if known is None or stirred is None or administration_id in stirred:
        administration = load_administration(db, school_id, administration_id)
        seats = _seats(db, school_id, administration_id)
        waiting = waiting_devices(db, school_id, administration_id) if administration.guarded else ()
        heard: dict[UUID, datetime] = {}
        stirred = None
    else:
        in_school(db, school_id)
        administration, seats, heard = known.administration, known.seats, dict(known.heard)
        waiting = known.waiting
    sittings = [seat.sitting_id for seat in seats]
    heard |= _heard(db, school_id, sittings if stirred is None else stirred)
    logs = read_on(db, school_id, sittings, known.logs if known else {}, stirred)
    now = datetime.now(UTC)
    shown = tuple(
        _look(seat, logs[seat.sitting_id], heard.get(seat.sitting_id), now)
        for seat in seats
        if seat.is_linked or logs[seat.sitting_id].is_in  # an empty reserve seat is nobody
    )
    return RoomOverview(administration, shown, waiting), RoomMemory(administration, seats, waiting, heard, logs)


_HEARD = sqlalchemy.select(col(ContactRow.sitting_id), col(ContactRow.last_contact)).where(
    col(ContactRow.school_id) == bindparam("school"),
    col(ContactRow.sitting_id).in_(bindparam("sittings", expanding=True)),
)


def _heard(db: Session, school_id: UUID, sittings: Collection[UUID]) -> dict[UUID, datetime]:
    """When laptops were last heard of; SQLite's clock says UTC without saying so."""
    rows = db.execute(_HEARD, {"school": school_id, "sittings": list(sittings)})
    return {sitting: last if last.tzinfo else last.replace(tzinfo=UTC) for sitting, last in rows}


def _seats(db: Session, school_id: UUID, administration_id: UUID) -> tuple[_Seat, ...]:
    """Seats of a room, by name."""
    rows = db.exec(
        select(SeatRow, PupilRow.first_name, PupilRow.last_name)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
        .order_by(col(PupilRow.last_name).nulls_last(), col(PupilRow.first_name), col(SeatRow.reserve))
    )
    return tuple(
        _Seat(row.sitting_id, seat_name(first, last, row.reserve), row.denied_at is not None, first is not None)
        for row, first, last in rows
    )


def _look(seat: _Seat, log: SeatLog, contact: datetime | None, now: datetime) -> SeatOverview:
    """One seat as the proctor sees it."""
    claimed = [datetime.fromtimestamp(log.claimed_at / 1000, UTC)] if log.claimed_at else []
    heard = max([*claimed, *([contact] if contact else [])], default=None)  # coming in is a sign of life too
    silent = heard is None or (now - heard).total_seconds() * 1000 > SILENCE_MS
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
        last_contact=heard,
        n_evidence=log.n_evidence,
        n_late=log.n_late,
        granted_ms=log.granted_ms,
        credited_ms=log.credited_ms,
        uncredited_ms=log.uncredited_ms,
        is_linked=seat.is_linked,
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
