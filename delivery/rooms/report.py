"""What happened in a room, from the log alone: who was there, when, and what staff did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, select

from delivery.errors import DamagedLogError
from delivery.journal.reading import RecordedEvent, read_logs
from delivery.rooms.administrations import load_administration
from delivery.rooms.happenings import Happening, happenings_of
from delivery.rooms.seated import Seat, seats_of
from delivery.rooms.signatures import Signature, add_signature, load_signature
from delivery.rooms.values import Administration
from delivery.sittings.accommodated import Accommodated, accommodated
from delivery.sittings.events import EventKind
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState, empty_state, fold
from delivery.tables import StaffRow


class Outcome(StrEnum):
    """How a test ended for a pupil."""

    ABSENT = "absent"
    BUSY = "busy"
    FINISHED = "finished"
    STOPPED = "stopped"
    VOID = "void"
    UNREADABLE = "unreadable"


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


@dataclass(frozen=True, slots=True)
class AdministrationReport:
    """The *toetsverslag* of a room; pupils by last name, happenings in order of time.

    Attributes
    ----------
    signature : of the coordinator, the last one; None where nobody signed
    heads : number of the last event of each sitting that it tells of
    """

    administration: Administration
    pupils: tuple[PupilRecord, ...]
    happenings: tuple[Happening, ...]
    signature: Signature | None
    heads: Mapping[UUID, int] = field(default_factory=dict)


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
    names = {seat.sitting_id: seat.name for seat in seats}
    heads = {sitting: log[-1].event.event_number for sitting, log in logs.items()}
    return AdministrationReport(
        administration,
        tuple(record_of(school_id, seat, logs.get(seat.sitting_id, [])) for seat in seats),
        happenings_of([(names[sitting], log) for sitting, log in logs.items()], staff),
        load_signature(db, school_id, administration_id, heads, staff),
        heads,
    )


def sign_report(db: Session, report: AdministrationReport, staff_id: UUID, remark: str) -> bool:
    """Sign a report as it was made (see `add_signature`); False where somebody else signed since."""
    number = report.signature.number + 1 if report.signature else 1
    return add_signature(db, report.administration, report.heads, number, staff_id, remark)


def _read(db: Session, school_id: UUID, administration_id: UUID) -> tuple[list[Seat], dict[UUID, list[RecordedEvent]]]:
    """Seats of a room by last name, and the logs of their sittings; without reserve seats that nobody used."""
    seats = seats_of(db, school_id, administration_id)
    logs = dict(read_logs(db, school_id, [seat.sitting_id for seat in seats]))
    used = [seat for seat in seats if seat.pupil_id or _came(logs.get(seat.sitting_id, []))]
    return used, {seat.sitting_id: logs[seat.sitting_id] for seat in used if seat.sitting_id in logs}


def _came(log: Iterable[RecordedEvent]) -> bool:
    """Whether a laptop ever came in."""
    return any(recorded.event.kind == EventKind.CLAIMED for recorded in log)


def _staff_of(school_id: UUID):  # type: ignore[no-untyped-def]  # SQLModel's type of a select has no short name
    return select(StaffRow.staff_id, StaffRow.name).where(StaffRow.school_id == school_id)


def record_of(school_id: UUID, seat: Seat, log: Sequence[RecordedEvent]) -> PupilRecord:
    """One pupil from the log."""
    state = _state_of(school_id, seat, log)
    over = state.phase in {Phase.CLOSING, Phase.SEALED, Phase.VOID} and state.epoch > 0
    claims = _at(log, EventKind.CLAIMED)
    return PupilRecord(
        sitting_id=seat.sitting_id,
        pupil_id=seat.pupil_id,
        pupil=seat.name,
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


def _state_of(school_id: UUID, seat: Seat, log: Sequence[RecordedEvent]) -> SittingState:
    """State of a sitting; read-only where an event is missing, as where one cannot be read."""
    before = empty_state(school_id, seat.sitting_id)
    try:
        return fold(before, [recorded.event for recorded in log])
    except DamagedLogError:
        return replace(before, phase=Phase.READ_ONLY)


def _at(log: Iterable[RecordedEvent], *kinds: EventKind) -> list[datetime]:
    """When events of some kinds were recorded, in order."""
    return [recorded.recorded_at for recorded in log if recorded.event.kind in kinds]


def _outcome(state: SittingState) -> Outcome:
    """How the test ended, or that it goes on; of a log that cannot be read to its end, neither is known."""
    if state.phase is Phase.READ_ONLY:
        return Outcome.UNREADABLE
    if state.phase is Phase.VOID:
        return Outcome.VOID
    if not state.epoch:
        return Outcome.ABSENT
    if state.complete:
        return Outcome.FINISHED
    return Outcome.STOPPED if state.phase in {Phase.CLOSING, Phase.SEALED} else Outcome.BUSY
