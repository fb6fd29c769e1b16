"""Who must still take a test at the *inhaalmoment*: by a summary of every log, and the whole log of few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from uuid import UUID

from sqlmodel import Session, col, func, select

from delivery.errors import UnknownEventError
from delivery.journal.reading import read_logs
from delivery.rooms.administrations import list_administrations
from delivery.rooms.report import Outcome, PupilRecord, record_of
from delivery.rooms.seated import Seat, seats_of
from delivery.rooms.values import Administration, RoomStatus
from delivery.sittings.events import EventKind, Started, read_payload
from delivery.sittings.phases import STEPS, Phase, phase_after
from delivery.tables import AnswerRow, EventRow

OVER = frozenset({Phase.CLOSING, Phase.SEALED})
RETURNS = frozenset({Outcome.ABSENT, Outcome.STOPPED, Outcome.UNREADABLE})
STAYS = frozenset({Outcome.FINISHED, Outcome.BUSY})


@dataclass(frozen=True, slots=True)
class Absentee:
    """A pupil for the *inhaalmoment*, and from which room."""

    administration: Administration
    record: PupilRecord


@dataclass(slots=True)
class _Summary:
    """Where a sitting stands, whether a laptop ever took it, and how many answers it has."""

    phase: Phase = Phase.ABSENT
    is_in: bool = False
    answered: int = 0


def absentees(db: Session, school_id: UUID) -> tuple[Absentee, ...]:
    """Pupils of closed rooms who must still take a test, without those who took it to its end in another room.

    Whoever is at work in another room is left out too, and so are virtual pupils. Of whom the log cannot be read
    nobody knows it, so they are listed, as that.
    """
    listed = list_administrations(db, school_id)
    rooms = {
        room.administration_id: room for room in listed if room.status is not RoomStatus.PLANNED and not room.simulated
    }
    seats = seats_of(db, school_id, *rooms)
    logs = _summaries(db, school_id, [seat.sitting_id for seat in seats])
    lengths = _lengths(db, school_id, {seat.administration_id: seat.sitting_id for seat in seats})
    excused: set[tuple[str, UUID]] = set()
    unsure = []
    for seat in seats:
        log, length = logs[seat.sitting_id], lengths.get(seat.administration_id, inf)
        if log.phase is Phase.VOID or not (seat.pupil_id or log.is_in):
            continue
        is_closed = rooms[seat.administration_id].status is RoomStatus.CLOSED
        if not log.is_in or (log.answered < length if log.phase in OVER else is_closed):
            unsure.append(seat)  # in a closed room every sitting is over, but one that cannot be read
        else:
            excused.add(_key(rooms, seat))  # at work, or done
    records = _records(db, school_id, unsure)
    excused |= {_key(rooms, seat) for seat, record in records if record.outcome in STAYS}
    order = {administration_id: number for number, administration_id in enumerate(rooms)}
    last = {
        _key(rooms, seat): Absentee(rooms[seat.administration_id], record)  # of several rooms the one made last
        for seat, record in sorted(records, key=lambda found: order[found[0].administration_id])
        if record.outcome in RETURNS and rooms[seat.administration_id].status is RoomStatus.CLOSED
    }
    return tuple(absentee for key, absentee in last.items() if key not in excused)


def _summaries(db: Session, school_id: UUID, sittings: Sequence[UUID]) -> dict[UUID, _Summary]:
    """What is read of every log: no payload, and few of its events."""
    found = {sitting: _Summary() for sitting in sittings}
    steps = (
        select(EventRow.sitting_id, EventRow.kind)
        .where(EventRow.school_id == school_id, col(EventRow.sitting_id).in_(sittings))
        .where(col(EventRow.kind).in_([*STEPS, EventKind.CLAIMED]))
        .order_by(col(EventRow.sitting_id), col(EventRow.event_number))
    )
    for sitting, kind in db.exec(steps):
        before = found[sitting]
        before.phase = phase_after(before.phase, kind)
        before.is_in = before.is_in or kind == EventKind.CLAIMED
    answers = (
        select(AnswerRow.sitting_id, func.count())
        .where(AnswerRow.school_id == school_id, col(AnswerRow.sitting_id).in_(sittings), AnswerRow.revision == 0)
        .group_by(col(AnswerRow.sitting_id))
    )
    for sitting, n_answers in db.exec(answers):
        found[sitting].answered = n_answers
    return found


def _lengths(db: Session, school_id: UUID, one_of: dict[UUID, UUID]) -> dict[UUID, int]:
    """Questions in the test of each room, as one of its sittings pinned it; without rooms where it cannot be read."""
    started = dict(read_logs(db, school_id, one_of.values(), [EventKind.STARTED]))
    found = {}
    for room, sitting in one_of.items():
        for recorded in started.get(sitting, []):
            with suppress(UnknownEventError):
                payload = read_payload(recorded.event)
                assert isinstance(payload, Started)
                found[room] = payload.length
    return found


def _records(db: Session, school_id: UUID, seats: Iterable[Seat]) -> list[tuple[Seat, PupilRecord]]:
    """Pupils as their whole logs have them: a test may also end early by its own rules."""
    wanted = list(seats)
    logs = dict(read_logs(db, school_id, [seat.sitting_id for seat in wanted]))
    return [(seat, record_of(school_id, seat, logs.get(seat.sitting_id, []))) for seat in wanted]


def _key(rooms: dict[UUID, Administration], seat: Seat) -> tuple[str, UUID]:
    """Which test, and who: a pupil, or the sitting where nobody said whose it is."""
    return rooms[seat.administration_id].test, seat.pupil_id or seat.sitting_id
