"""What the logs of a room's sittings say to a proctor: a small fold that is read on from where it was left."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
from sqlmodel import Session, col

from delivery.errors import UnknownEventError
from delivery.journal import Event
from delivery.sittings.events import Claimed, EventKind, Help, Payload, TimeCredited, TimeGranted, read_payload
from delivery.sittings.evidence import JUDGEMENTS
from delivery.sittings.phases import Phase, phase_after
from delivery.tables import AnswerRow, EventRow

READ = (EventKind.TIME_GRANTED, EventKind.TIME_CREDITED, EventKind.CLAIMED, EventKind.HELP)
"""Kinds whose payload is read: there are few of them, and none holds an answer."""


@dataclass(frozen=True, slots=True)
class SeatLog:
    """What a proctor is told of one sitting, after its first ``event_number`` events.

    Attributes
    ----------
    claimed_at : when the last laptop took the sitting, milliseconds since 1970; 0 none did
    is_released : staff took it from its laptop, and none came yet
    answered : positions with an accepted answer
    n_evidence : bodies that were kept though not accepted, and that nobody judged yet
    n_late : bodies that came after sealing; 0 once staff judged all there are
    granted_ms, credited_ms, uncredited_ms, n_skipped : as in `SeatOverview`
    help_at : since when the pupil waits for help, milliseconds since 1970; 0 waits for none
    """

    event_number: int = 0
    phase: Phase = Phase.ABSENT
    claimed_at: int = 0
    is_released: bool = False
    answered: int = 0
    n_evidence: int = 0
    n_late: int = 0
    granted_ms: int = 0
    credited_ms: int = 0
    uncredited_ms: int = 0
    n_skipped: int = 0
    help_at: int = 0

    @property
    def is_in(self) -> bool:
        """Whether a laptop ever took the sitting."""
        return self.claimed_at > 0


SeatLogs = Mapping[UUID, SeatLog]
"""By sitting."""


def read_on(
    db: Session, school_id: UUID, sittings: Collection[UUID], known: SeatLogs, stirred: Collection[UUID] | None = None
) -> dict[UUID, SeatLog]:
    """Bring what is known of sittings up to the log; numbers of events have no gaps, so nothing can be missed.

    Parameters
    ----------
    db, school_id
        A transaction that sees this school.
    sittings
        Those of a room.
    known
        What was read before; nothing is known of the others.
    stirred
        Sittings in which something may have happened since; None looks at the heads of all.
    """
    logs = {sitting: known.get(sitting, SeatLog()) for sitting in sittings}
    behind = set(logs).intersection(stirred) if stirred is not None else _behind(db, school_id, logs)
    return logs | _fold_more(db, school_id, {sitting: logs[sitting] for sitting in behind})


def _behind(db: Session, school_id: UUID, logs: SeatLogs) -> set[UUID]:
    """Sittings whose log has more than is known."""
    heads = db.execute(HEADS, {"school": school_id, "sittings": list(logs)})
    return {sitting for sitting, head in heads if head > logs[sitting].event_number}


def _fold_more(db: Session, school_id: UUID, logs: SeatLogs) -> dict[UUID, SeatLog]:
    """These logs after what they have more."""
    if not logs:
        return {}
    since = min(log.event_number for log in logs.values())
    after = dict(logs)
    for sitting, number, kind, version, data, is_answer in db.execute(
        MORE, {"school": school_id, "sittings": list(logs), "since": since}
    ):
        log = after[sitting]
        if number > log.event_number:
            event = Event(school_id, sitting, number, str(kind), version, data, b"")
            after[sitting] = replace(_fold(log, event), answered=log.answered + is_answer)
    return after


def _where(table: type[EventRow]) -> tuple[ColumnElement[bool], ...]:
    """Rows of some sittings of a school."""
    return (
        col(table.school_id) == bindparam("school"),
        col(table.sitting_id).in_(bindparam("sittings", expanding=True)),
    )


_NAMES = (EventRow.sitting_id, EventRow.event_number, EventRow.kind, EventRow.schema_version)
_PAYLOAD = case((col(EventRow.kind).in_([str(kind) for kind in READ]), col(EventRow.payload)), else_=b"")
_IS_FIRST_ANSWER = and_(
    col(AnswerRow.school_id) == EventRow.school_id,
    col(AnswerRow.sitting_id) == EventRow.sitting_id,
    col(AnswerRow.event_number) == EventRow.event_number,
    col(AnswerRow.revision) == 0,
)
MORE = (
    select(*(col(column) for column in _NAMES), _PAYLOAD, col(AnswerRow.event_number).is_not(None))
    .select_from(EventRow)
    .outerjoin(AnswerRow, _IS_FIRST_ANSWER)
    .where(*_where(EventRow), col(EventRow.event_number) > bindparam("since"))
    .order_by(col(EventRow.sitting_id), col(EventRow.event_number))
)
HEADS = (
    select(col(EventRow.sitting_id), func.max(EventRow.event_number))
    .where(*_where(EventRow))
    .group_by(col(EventRow.sitting_id))
)
"""Made once: a room is looked up often, and making a statement costs more than running it."""


def _fold(log: SeatLog, event: Event) -> SeatLog:
    """What is known after one more event; one of a later release changes nothing that we could show."""
    log = replace(log, event_number=event.event_number, phase=phase_after(log.phase, event.kind))
    if event.kind == EventKind.ITEM_SKIPPED:
        log = replace(log, n_skipped=log.n_skipped + 1)
    elif event.kind == EventKind.EVIDENCE:
        log = replace(log, n_evidence=log.n_evidence + 1, n_late=log.n_late + (log.phase is Phase.SEALED))
    elif event.kind in JUDGEMENTS:
        left = log.n_evidence - 1
        log = replace(log, n_evidence=left, n_late=log.n_late if left else 0)
    if event.kind not in READ:
        return log
    try:
        return _after(log, read_payload(event))
    except UnknownEventError:
        return log


def _after(log: SeatLog, payload: Payload) -> SeatLog:
    """What is known after an event whose payload is read."""
    match payload:
        case TimeGranted(granted_ms=granted):
            return replace(log, granted_ms=log.granted_ms + granted, uncredited_ms=0)
        case TimeCredited(credited_ms=credited, over_ms=over):
            return replace(log, credited_ms=log.credited_ms + credited, uncredited_ms=max(0, log.uncredited_ms + over))
        case Claimed(at=at, released=released):
            return replace(log, claimed_at=log.claimed_at if released else at, is_released=released)
        case Help(at=at, wanted=wanted):
            return replace(log, help_at=at if wanted else 0)
    return log
