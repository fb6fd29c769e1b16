"""What a proctor sees: every pupil of a room, now, from the log's kinds and the last contacts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.accommodations import Accommodation
from delivery.direct import Direct
from delivery.rooms.administrations import load_administration
from delivery.rooms.seat_logs import SeatLog, SeatLogs, more_of, read_on, with_more
from delivery.rooms.seated import Seat, seats_of
from delivery.rooms.values import Administration, RoomOverview, SeatOverview, SeatState, WaitingDevice
from delivery.rooms.waiting import waiting_devices
from delivery.sittings.breaks import break_end
from delivery.sittings.contacts import SILENCE_MS, read_contacts
from delivery.sittings.phases import Phase
from delivery.tables import ContactRow

AT_WORK = frozenset({SeatState.BUSY, SeatState.DISCONNECTED, SeatState.MOVING})


@dataclass(frozen=True, slots=True)
class RoomMemory:
    """What a look at a room leaves, so that the next one reads only what is new."""

    administration: Administration
    seats: tuple[Seat, ...]
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
    db: Session, school_id: UUID, administration_id: UUID, known: RoomMemory | None = None
) -> tuple[RoomOverview, RoomMemory]:
    """A room as `room_overview` sees it, and what to remember of it.

    Parameters
    ----------
    db, school_id, administration_id
        Where to look.
    known
        What the look before left, so that only what the logs have more is read; None at the first.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    administration = load_administration(db, school_id, administration_id)
    seats = seats_of(db, school_id, administration_id)
    sittings = [seat.sitting_id for seat in seats]
    memory = RoomMemory(
        administration=administration,
        seats=seats,
        waiting=waiting_devices(db, school_id, administration_id) if administration.guarded else (),
        heard=_heard(db, school_id, sittings),
        logs=read_on(db, school_id, sittings, known.logs if known else {}),
    )
    return overview_of(memory), memory


async def look_at(
    direct: Direct, school_id: UUID, known: RoomMemory, stirred: Collection[UUID]
) -> tuple[RoomOverview, RoomMemory]:
    """A room again, where something may have happened in these of its sittings only, and not in the room itself."""
    refs = [SittingRef(school_id, sitting) for sitting in known.logs if sitting in stirred]
    contacts = await read_contacts(direct, refs)
    heard = {contact.ref.sitting_id: datetime.fromtimestamp(contact.last / 1000, UTC) for contact in contacts}
    logs = dict(known.logs)
    for query in more_of(school_id, {ref.sitting_id: logs[ref.sitting_id] for ref in refs}):
        logs |= with_more(school_id, logs, await direct.fetch(school_id, query[0], *query[1]))
    memory = replace(known, heard={**known.heard, **heard}, logs=logs)
    return overview_of(memory), memory


def overview_of(memory: RoomMemory) -> RoomOverview:
    """What is remembered of a room, as it looks now."""
    now, logs = datetime.now(UTC), memory.logs
    shown = tuple(
        _look(seat, logs[seat.sitting_id], memory.heard.get(seat.sitting_id), now)
        for seat in memory.seats
        if seat.pupil_id or logs[seat.sitting_id].is_in  # an empty reserve seat is nobody
    )
    return RoomOverview(memory.administration, shown, memory.waiting)


def _heard(db: Session, school_id: UUID, sittings: Collection[UUID]) -> dict[UUID, datetime]:
    """When laptops were last heard of; SQLite's clock says UTC without saying so."""
    rows = db.exec(
        select(ContactRow.sitting_id, ContactRow.last_contact).where(
            ContactRow.school_id == school_id, col(ContactRow.sitting_id).in_(list(sittings))
        )
    )
    return {sitting: last if last.tzinfo else last.replace(tzinfo=UTC) for sitting, last in rows}


def _look(seat: Seat, log: SeatLog, contact: datetime | None, now: datetime) -> SeatOverview:
    """One seat as the proctor sees it."""
    claimed = [datetime.fromtimestamp(log.claimed_at / 1000, UTC)] if log.claimed_at else []
    heard = max([*claimed, *([contact] if contact else [])], default=None)  # coming in is a sign of life too
    silent = heard is None or (now - heard).total_seconds() * 1000 > SILENCE_MS
    until = _break_until(log)
    state = _seat_state(log, is_silent=silent and (until is None or until < now))
    return SeatOverview(
        sitting_id=seat.sitting_id,
        pupil=seat.name,
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
        is_linked=seat.pupil_id is not None,
        n_skipped=log.n_skipped,
        help_since=datetime.fromtimestamp(log.help_at / 1000, UTC) if log.help_at else None,
        break_until=until,
        is_at_home=Accommodation.AT_HOME in log.granted,
        lacking=log.noted.lacking,
        n_absences=log.noted.n_absences,
        away_ms=log.noted.away_ms,
    )


def _break_until(log: SeatLog) -> datetime | None:
    """When the break of a pupil is over at the latest: until then nobody misses the laptop."""
    if log.phase is not Phase.PAUSED or not log.noted.break_at:
        return None
    return datetime.fromtimestamp(break_end(log.noted) / 1000, UTC)


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
