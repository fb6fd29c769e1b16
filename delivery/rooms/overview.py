"""What a proctor sees: every pupil of a room, now, from the log's kinds and the last contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from delivery.errors import UnknownEventError
from delivery.journal import Event
from delivery.journal.reading import read_logs
from delivery.names import seat_name
from delivery.rooms.administrations import load_administration
from delivery.rooms.values import RoomOverview, SeatOverview, SeatState
from delivery.rooms.waiting import waiting_devices
from delivery.sittings.contacts import SILENCE_MS
from delivery.sittings.events import EventKind, TimeCredited, TimeGranted, read_payload
from delivery.sittings.evidence import JUDGEMENTS
from delivery.sittings.phases import Phase, phase_after
from delivery.tables import AnswerRow, ContactRow, EventRow, PupilRow, SeatRow

SEEN = (
    EventKind.STARTED,
    EventKind.OPENED,
    EventKind.PAUSED,
    EventKind.RESUMED,
    EventKind.CLAIMED,
    EventKind.CLOSING,
    EventKind.SEALED,
    EventKind.REOPENED,
    EventKind.VOID,
    EventKind.ERASED,
    EventKind.EVIDENCE,
    *JUDGEMENTS,
)


@dataclass(frozen=True, slots=True)
class _Seat:
    """One seat as the database has it."""

    sitting_id: UUID
    pupil: str
    denied: bool
    is_linked: bool


@dataclass(frozen=True, slots=True)
class _Times:
    """Time that a pupil got, and did not get back."""

    granted_ms: int = 0
    credited_ms: int = 0
    uncredited_ms: int = 0


def room_overview(db: Session, school_id: UUID, administration_id: UUID) -> RoomOverview:
    """A room and the state of each pupil, by last name.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    administration = load_administration(db, school_id, administration_id)
    seats = _seats(db, school_id, administration_id)
    sittings = [seat.sitting_id for seat in seats]
    kinds = _kinds(db, school_id, sittings)
    answered = dict(
        db.exec(
            select(AnswerRow.sitting_id, func.count())
            .where(AnswerRow.school_id == school_id, col(AnswerRow.sitting_id).in_(sittings), AnswerRow.revision == 0)
            .group_by(col(AnswerRow.sitting_id))
        ).all()
    )
    contacts = dict(
        db.exec(
            select(ContactRow.sitting_id, ContactRow.last_contact).where(
                ContactRow.school_id == school_id, col(ContactRow.sitting_id).in_(sittings)
            )
        ).all()
    )
    times = _times(db, school_id, sittings)
    now = datetime.now(UTC)
    return RoomOverview(
        administration,
        tuple(
            _look(
                seat,
                kinds[seat.sitting_id],
                answered.get(seat.sitting_id, 0),
                contacts.get(seat.sitting_id),
                times.get(seat.sitting_id, _Times()),
                now,
            )
            for seat in seats
            if seat.is_linked or EventKind.CLAIMED in kinds[seat.sitting_id]  # an empty reserve seat is nobody
        ),
        waiting_devices(db, school_id, administration_id) if administration.guarded else (),
    )


def _seats(db: Session, school_id: UUID, administration_id: UUID) -> list[_Seat]:
    """Seats of a room, by name."""
    rows = db.exec(
        select(SeatRow, PupilRow.first_name, PupilRow.last_name)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
        .order_by(col(PupilRow.last_name), col(PupilRow.first_name), col(SeatRow.reserve))
    )
    return [
        _Seat(row.sitting_id, seat_name(first, last, row.reserve), row.denied_at is not None, first is not None)
        for row, first, last in rows
    ]


def _kinds(db: Session, school_id: UUID, sittings: Iterable[UUID]) -> defaultdict[UUID, list[str]]:
    """Kinds of the events that a proctor notices, in order; no payload is read."""
    rows = db.exec(
        select(EventRow.sitting_id, EventRow.kind)
        .where(
            EventRow.school_id == school_id,
            col(EventRow.sitting_id).in_(list(sittings)),
            col(EventRow.kind).in_([str(kind) for kind in SEEN]),
        )
        .order_by(col(EventRow.sitting_id), col(EventRow.event_number))
    )
    kinds: defaultdict[UUID, list[str]] = defaultdict(list)
    for sitting, kind in rows:
        kinds[sitting].append(kind)
    return kinds


def _times(db: Session, school_id: UUID, sittings: Collection[UUID]) -> dict[UUID, _Times]:
    """Times of the sittings that have any: the only events whose payload is read, and there are few."""
    found: dict[UUID, _Times] = {}
    kinds = (EventKind.TIME_GRANTED, EventKind.TIME_CREDITED)
    for sitting, log in read_logs(db, school_id, sittings, kinds):
        times = _Times()
        for recorded in log:
            times = _after(times, recorded.event)
        found[sitting] = times
    return found


def _after(times: _Times, event: Event) -> _Times:
    """Times after one more event; one of a later release changes nothing that we could show."""
    try:
        payload = read_payload(event)
    except UnknownEventError:
        return times
    if isinstance(payload, TimeGranted):
        return replace(times, granted_ms=times.granted_ms + payload.granted_ms, uncredited_ms=0)
    assert isinstance(payload, TimeCredited)
    credited, over = times.credited_ms + payload.credited_ms, times.uncredited_ms + payload.over_ms
    return replace(times, credited_ms=credited, uncredited_ms=max(0, over))


def _look(
    seat: _Seat, kinds: list[str], answered: int, contact: datetime | None, times: _Times, now: datetime
) -> SeatOverview:
    """One seat as the proctor sees it."""
    phase = Phase.ABSENT
    for kind in kinds:
        phase = phase_after(phase, kind)
    is_in = EventKind.CLAIMED in kinds
    seen = contact.replace(tzinfo=UTC) if contact is not None and contact.tzinfo is None else contact
    silent = seen is None or (now - seen).total_seconds() * 1000 > SILENCE_MS
    state = _seat_state(phase, is_in=is_in, is_silent=silent)
    return SeatOverview(
        sitting_id=seat.sitting_id,
        pupil=seat.pupil,
        state=state,
        position=answered + 1 if state in {SeatState.BUSY, SeatState.DISCONNECTED} else answered,
        answered=answered,
        paused=phase is Phase.PAUSED,
        denied=seat.denied,
        unconfirmed=phase is Phase.CLOSING and is_in,
        last_contact=seen,
        n_evidence=kinds.count(EventKind.EVIDENCE) - sum(kinds.count(kind) for kind in JUDGEMENTS),
        granted_ms=times.granted_ms,
        credited_ms=times.credited_ms,
        uncredited_ms=times.uncredited_ms,
        is_linked=seat.is_linked,
    )


def _seat_state(phase: Phase, *, is_in: bool, is_silent: bool) -> SeatState:
    """The one word for a seat."""
    if phase in {Phase.SEALED, Phase.ERASED}:
        return SeatState.SEALED
    if phase is Phase.VOID:
        return SeatState.VOID
    if not is_in:
        return SeatState.NOT_IN
    if phase is Phase.CLOSING:
        return SeatState.HANDED_IN
    return SeatState.DISCONNECTED if is_silent else SeatState.BUSY
