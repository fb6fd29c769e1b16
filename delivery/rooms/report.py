"""What happened in a room, from the log alone: who was there, when, and what staff did; and who must still take it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.journal.reading import RecordedEvent, read_logs
from delivery.names import seat_name
from delivery.rooms.administrations import list_administrations, load_administration
from delivery.rooms.happenings import Happening, happenings_of
from delivery.rooms.signatures import Signature, load_signature
from delivery.rooms.values import Administration, RoomStatus
from delivery.sittings.accommodated import Accommodated, accommodated
from delivery.sittings.events import EventKind
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState, empty_state, fold
from delivery.tables import PupilRow, SeatRow, StaffRow

Seat = tuple[UUID, UUID | None, str]
"""Sitting, pupil and name."""


class Outcome(StrEnum):
    """How a test ended for a pupil."""

    ABSENT = "absent"
    BUSY = "busy"
    FINISHED = "finished"
    STOPPED = "stopped"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class PupilRecord:
    """One pupil of a room, as the log has it.

    Attributes
    ----------
    pupil_id : None where a reserve seat was used, and nobody said by whom
    pupil : first and last name, or that of the reserve seat
    answered : questions answered; length : of the whole test, 0 where it never began
    came_at : when the first laptop came in; ended_at : when it was handed in, closed or made void; None where not
    granted_ms : time that staff gave
    n_laptops : laptops it was taken on, one after another
    n_skipped : items that staff took away
    accommodations : granted, really there, used
    """

    sitting_id: UUID
    pupil_id: UUID | None
    pupil: str
    outcome: Outcome
    answered: int
    length: int
    came_at: datetime | None
    ended_at: datetime | None
    granted_ms: int
    n_laptops: int
    n_skipped: int
    accommodations: tuple[Accommodated, ...] = ()

    @property
    def who(self) -> UUID:
        """Identifies the pupil; a nameless one is only known by the sitting."""
        return self.pupil_id or self.sitting_id

    @property
    def must_return(self) -> bool:
        """Whether the test must still be taken, or taken to its end."""
        return self.outcome in {Outcome.ABSENT, Outcome.STOPPED}


@dataclass(frozen=True, slots=True)
class AdministrationReport:
    """The *toetsverslag* of a room; pupils by last name, happenings in order of time.

    Attributes
    ----------
    signature : of the coordinator, the last one; None where nobody signed
    """

    administration: Administration
    pupils: tuple[PupilRecord, ...]
    happenings: tuple[Happening, ...]
    signature: Signature | None


@dataclass(frozen=True, slots=True)
class Absentee:
    """A pupil for the *inhaalmoment*, and from which room."""

    administration: Administration
    record: PupilRecord


def administration_report(db: Session, school_id: UUID, administration_id: UUID) -> AdministrationReport:
    """The report of a room as it stands now.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    administration = load_administration(db, school_id, administration_id)
    seats, logs = _read(db, school_id, administration_id)
    staff = {str(staff_id): name for staff_id, name in db.exec(_staff_of(school_id))}
    names = {sitting: pupil for sitting, _, pupil in seats}
    heads = {sitting: log[-1].event.event_number for sitting, log in logs.items()}
    return AdministrationReport(
        administration,
        tuple(_record(school_id, *seat, logs.get(seat[0], [])) for seat in seats),
        happenings_of([(names[sitting], log) for sitting, log in logs.items()], staff),
        load_signature(db, school_id, administration_id, heads, staff),
    )


def absentees(db: Session, school_id: UUID) -> tuple[Absentee, ...]:
    """Pupils of closed rooms who must still take a test, without those who took it to its end in another room."""
    rooms = [room for room in list_administrations(db, school_id) if room.status is not RoomStatus.PLANNED]
    records = [(room, record) for room in rooms for record in _records(db, school_id, room.administration_id)]
    done = {(room.test, record.who) for room, record in records if record.outcome is Outcome.FINISHED}
    at_work = {(room.test, record.who) for room, record in records if record.outcome is Outcome.BUSY}
    last = {
        (room.test, record.who): Absentee(room, record)  # of several rooms the one made last
        for room, record in records
        if room.status is RoomStatus.CLOSED and record.must_return
    }
    return tuple(absentee for key, absentee in last.items() if key not in done | at_work)


def _records(db: Session, school_id: UUID, administration_id: UUID) -> list[PupilRecord]:
    """The pupils of a room."""
    seats, logs = _read(db, school_id, administration_id)
    return [_record(school_id, *seat, logs.get(seat[0], [])) for seat in seats]


def _read(db: Session, school_id: UUID, administration_id: UUID) -> tuple[list[Seat], dict[UUID, list[RecordedEvent]]]:
    """Seats of a room by last name, and the logs of their sittings; without reserve seats that nobody used."""
    rows = db.exec(
        select(SeatRow, PupilRow.first_name, PupilRow.last_name)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
        .order_by(col(PupilRow.last_name).nulls_last(), col(PupilRow.first_name), col(SeatRow.reserve))
    )
    seats = [(row.sitting_id, row.pupil_id, seat_name(first, last, row.reserve)) for row, first, last in rows]
    logs = dict(read_logs(db, school_id, [sitting for sitting, _, _ in seats]))
    used = [(sitting, pupil, name) for sitting, pupil, name in seats if pupil or _came(logs.get(sitting, []))]
    return used, {sitting: logs[sitting] for sitting, _, _ in used if sitting in logs}


def _came(log: Iterable[RecordedEvent]) -> bool:
    """Whether a laptop ever came in."""
    return any(recorded.event.kind == EventKind.CLAIMED for recorded in log)


def _staff_of(school_id: UUID):  # type: ignore[no-untyped-def]  # SQLModel's type of a select has no short name
    return select(StaffRow.staff_id, StaffRow.name).where(StaffRow.school_id == school_id)


def _record(
    school_id: UUID, sitting: UUID, pupil_id: UUID | None, pupil: str, log: Sequence[RecordedEvent]
) -> PupilRecord:
    """One pupil from the log."""
    state = fold(empty_state(school_id, sitting), [recorded.event for recorded in log])
    over = state.phase in {Phase.CLOSING, Phase.SEALED, Phase.VOID} and state.epoch > 0
    claims = _at(log, EventKind.CLAIMED)
    return PupilRecord(
        sitting_id=sitting,
        pupil_id=pupil_id,
        pupil=pupil,
        outcome=_outcome(state),
        answered=len(state.answers),
        length=state.started.length if state.started else 0,
        came_at=claims[0] if claims else None,
        ended_at=_at(log, EventKind.CLOSING, EventKind.VOID)[-1] if over else None,
        granted_ms=state.granted_ms,
        n_laptops=state.n_devices,
        n_skipped=len(state.skipped),
        accommodations=accommodated(state),
    )


def _at(log: Iterable[RecordedEvent], *kinds: EventKind) -> list[datetime]:
    """When events of some kinds were recorded, in order."""
    return [recorded.recorded_at for recorded in log if recorded.event.kind in kinds]


def _outcome(state: SittingState) -> Outcome:
    """How the test ended, or that it goes on."""
    if state.phase is Phase.VOID:
        return Outcome.VOID
    if not state.epoch:
        return Outcome.ABSENT
    if state.complete:
        return Outcome.FINISHED
    return Outcome.STOPPED if state.phase in {Phase.CLOSING, Phase.SEALED} else Outcome.BUSY
