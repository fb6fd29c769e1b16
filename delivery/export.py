"""What leaves delivery: sealed sittings under a pseudonym, and a list of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.journal import Event, first_fault
from delivery.journal.reading import RecordedEvent, read_logs
from delivery.people import list_schools
from delivery.sittings import EventKind, Phase, SittingState, empty_state, fold
from delivery.sittings.accommodated import Accommodated, accommodated
from delivery.sittings.events import Answered, Judged, read_payload
from delivery.tables import AdministrationRow, ClassRow, PupilRow, SeatRow
from itembank import ResponseValue

DAMAGED = "damaged"
UNLINKED = "unlinked"
"""A reserve seat that a child worked on, and that no pupil is linked to yet."""


@dataclass(frozen=True, slots=True)
class ExportedAnswer:
    """One accepted answer; what the pupil typed stays behind.

    Attributes
    ----------
    category : 0 …; -1 when a person must still rate it
    elapsed_ms : working time in milliseconds, by the laptop's monotonic clock
    late : given after closing or after the deadline
    scored : counts for the ability
    chosen : response variable → what was chosen there, for each that the pupil does not type in; nothing where it was
        left open
    """

    position: int
    item: str
    category: int
    elapsed_ms: int
    late: bool
    scored: bool = True
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedSitting:
    """One sealed sitting, without a name and without a Discimus ID.

    Attributes
    ----------
    pupil : pseudonym
    school, school_class : identifiers in the roster
    bank : hash of the compiled bank; calibration : the version that chose the items
    started_at : when the pupil came in; sealed_at : when it was sealed, UTC
    exposed : items that the pupil was shown, answered or not; disclosed : those that were sent ahead and never shown
    accommodations : granted, really there, used
    """

    sitting: UUID
    pupil: str
    school: str
    school_class: str
    test: str
    bank: str
    calibration: str
    started_at: datetime
    sealed_at: datetime
    answers: tuple[ExportedAnswer, ...]
    simulated: bool
    exposed: tuple[str, ...] = ()
    disclosed: tuple[str, ...] = ()
    accommodations: tuple[Accommodated, ...] = ()


@dataclass(frozen=True, slots=True)
class UnsealedSitting:
    """A sitting that is not exported, and where it stands (``absent``: its room was never opened).

    Attributes
    ----------
    state : phase, `UNLINKED`, or `DAMAGED` when its log is not as it was written; nothing else is then said of it
    is_begun : the pupil came in
    n_answers : accepted answers so far
    """

    sitting: UUID
    school: str
    school_class: str
    test: str
    state: str
    is_begun: bool
    n_answers: int


@dataclass(frozen=True, slots=True)
class _Seat:
    """Whose sitting it is."""

    sitting_id: UUID
    discimus_id: str | None
    school: str
    school_class: str
    test: str


def sealed_sittings(db: Session, pseudonymise: Callable[[str], str]) -> Iterator[ExportedSitting]:
    """All sealed sittings whose log is as it was written, school by school.

    Parameters
    ----------
    db
        Database session.
    pseudonymise
        From Discimus ID to pseudonym; the only thing that ever sees a Discimus ID leave.
    """
    for seat, state, events in _sittings(db):
        is_sealed = state is not None and state.phase is Phase.SEALED
        if is_sealed and state is not None and seat.discimus_id is not None:
            yield _export(seat, pseudonymise(seat.discimus_id), state, events)


def unsealed_sittings(db: Session) -> Iterator[UnsealedSitting]:
    """All other sittings, school by school; erased ones, and reserve seats that nobody used, are nobody's."""
    for seat, state, _ in _sittings(db):
        is_linked = seat.discimus_id is not None
        if not is_linked and state is not None and not state.epoch:
            continue
        if state is None or state.phase is not Phase.SEALED or not is_linked:
            yield UnsealedSitting(
                sitting=seat.sitting_id,
                school=seat.school,
                school_class=seat.school_class,
                test=seat.test,
                state=DAMAGED if state is None else str(state.phase) if is_linked else UNLINKED,
                is_begun=state is not None and state.epoch > 0,
                n_answers=len(state.answers) if state else 0,
            )


def _sittings(db: Session) -> Iterator[tuple[_Seat, SittingState | None, list[RecordedEvent]]]:
    """Every seat with its state (None when its log is damaged) and its log, one school at a time."""
    for school in list_schools(db):
        logs = dict(read_logs(db, school.school_id))
        for seat in _seats(db, school.school_id, school.identifier):
            recorded = logs.get(seat.sitting_id, [])
            events = [one.event for one in recorded]
            is_sound = first_fault(events) is None
            state = fold(empty_state(school.school_id, seat.sitting_id), events) if is_sound else None
            yield seat, state, recorded


def _seats(db: Session, school_id: UUID, school: str) -> list[_Seat]:
    """Seats of a school, room by room."""
    rooms = {
        row.administration_id: row
        for row in db.exec(select(AdministrationRow).where(AdministrationRow.school_id == school_id))
    }
    classes = {row.class_id: row.sourced_id for row in db.exec(select(ClassRow).where(ClassRow.school_id == school_id))}
    rows = db.exec(
        select(SeatRow.administration_id, SeatRow.sitting_id, PupilRow.discimus_id)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(SeatRow.school_id == school_id)
        .order_by(col(SeatRow.administration_id), col(SeatRow.sitting_id))
    )
    return [
        _Seat(sitting, discimus, school, classes[rooms[room].class_id], rooms[room].test)
        for room, sitting, discimus in rows
    ]


def _export(seat: _Seat, pupil: str, state: SittingState, events: list[RecordedEvent]) -> ExportedSitting:
    """One sealed sitting as a value."""
    assert state.started is not None
    tried_out = {item for _, item in state.started.pretest}
    at = {recorded.event.kind: recorded.recorded_at for recorded in reversed(events)}  # first of each kind
    sealed = [recorded.recorded_at for recorded in events if recorded.event.kind == EventKind.SEALED]
    return ExportedSitting(
        sitting=seat.sitting_id,
        pupil=pupil,
        school=seat.school,
        school_class=seat.school_class,
        test=state.started.test,
        bank=state.started.bank,
        calibration=state.started.calibration,
        started_at=at.get(EventKind.CLAIMED, at[EventKind.STARTED]),
        sealed_at=sealed[-1],
        answers=tuple(
            ExportedAnswer(
                answer.position,
                answer.item,
                answer.category,
                answer.elapsed_ms,
                answer.late,
                scored=answer.item not in tried_out,
                chosen=_chosen(events[answer.event_number - 1].event),
            )
            for answer in state.answers
        ),
        simulated=state.started.simulated,
        exposed=state.exposed,
        disclosed=state.disclosed,
        accommodations=accommodated(state),
    )


def _chosen(event: Event) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was chosen in an accepted answer; what was typed is sealed, and stays where it is."""
    payload = read_payload(event)
    answer = payload.answer if isinstance(payload, Judged) else payload
    assert isinstance(answer, Answered)
    return tuple((name, _values(value)) for name, value in sorted(answer.response.items()))


def _values(value: ResponseValue) -> tuple[str, ...]:
    """A response as a row of values."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
