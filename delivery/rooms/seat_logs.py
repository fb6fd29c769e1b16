"""What the logs of a room's sittings say to a proctor: a small fold that is read on from where it was left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy
from sqlalchemy import case
from sqlmodel import Session, col, func, select

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
    is_in : a laptop took the sitting; is_released : staff took it from its laptop, and none came yet
    answered : positions with an accepted answer
    n_evidence : bodies that were kept though not accepted, and that nobody judged yet
    granted_ms, credited_ms, uncredited_ms, n_skipped : as in `SeatOverview`
    help_at : since when the pupil waits for help, milliseconds since 1970; 0 waits for none
    """

    event_number: int = 0
    phase: Phase = Phase.ABSENT
    is_in: bool = False
    is_released: bool = False
    answered: int = 0
    n_evidence: int = 0
    granted_ms: int = 0
    credited_ms: int = 0
    uncredited_ms: int = 0
    n_skipped: int = 0
    help_at: int = 0


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
    heads = db.exec(
        select(EventRow.sitting_id, func.max(EventRow.event_number))
        .where(EventRow.school_id == school_id, col(EventRow.sitting_id).in_(list(logs)))
        .group_by(col(EventRow.sitting_id))
    )
    return {sitting for sitting, head in heads if head > logs[sitting].event_number}


def _fold_more(db: Session, school_id: UUID, logs: SeatLogs) -> dict[UUID, SeatLog]:
    """These logs after what they have more, with their answers counted anew."""
    if not logs:
        return {}
    payload = case((col(EventRow.kind).in_([str(kind) for kind in READ]), col(EventRow.payload)), else_=b"")
    columns = (EventRow.sitting_id, EventRow.event_number, EventRow.kind, EventRow.schema_version)
    rows = db.execute(
        sqlalchemy.select(*(col(column) for column in columns), payload)
        .where(
            col(EventRow.school_id) == school_id,
            col(EventRow.sitting_id).in_(list(logs)),
            col(EventRow.event_number) > min(log.event_number for log in logs.values()),
        )
        .order_by(col(EventRow.sitting_id), col(EventRow.event_number))
    ).all()
    more: defaultdict[UUID, list[Event]] = defaultdict(list)
    for sitting, number, kind, version, data in rows:
        if number > logs[sitting].event_number:
            more[sitting].append(Event(school_id, sitting, number, str(kind), version, data, b""))
    answered = _answered(db, school_id, more)
    return {
        sitting: replace(_fold(logs[sitting], events), answered=answered.get(sitting, 0))
        for sitting, events in more.items()
    }


def _answered(db: Session, school_id: UUID, sittings: Collection[UUID]) -> dict[UUID, int]:
    """How many positions have an accepted answer, admitted evidence among them."""
    rows = db.exec(
        select(AnswerRow.sitting_id, func.count())
        .where(AnswerRow.school_id == school_id, col(AnswerRow.sitting_id).in_(list(sittings)), AnswerRow.revision == 0)
        .group_by(col(AnswerRow.sitting_id))
    )
    return dict(rows.all())


def _fold(log: SeatLog, events: Iterable[Event]) -> SeatLog:
    """What is known after more events; an event of a later release changes nothing that we could show."""
    for event in events:
        log = replace(log, event_number=event.event_number, phase=phase_after(log.phase, event.kind))
        if event.kind == EventKind.CLAIMED:
            log = replace(log, is_in=True)
        elif event.kind == EventKind.EVIDENCE or event.kind in JUDGEMENTS:
            log = replace(log, n_evidence=log.n_evidence + (1 if event.kind == EventKind.EVIDENCE else -1))
        elif event.kind == EventKind.ITEM_SKIPPED:
            log = replace(log, n_skipped=log.n_skipped + 1)
        if event.kind in READ:
            try:
                log = _after(log, read_payload(event))
            except UnknownEventError:
                continue
    return log


def _after(log: SeatLog, payload: Payload) -> SeatLog:
    """What is known after an event whose payload is read."""
    match payload:
        case TimeGranted(granted_ms=granted):
            return replace(log, granted_ms=log.granted_ms + granted, uncredited_ms=0)
        case TimeCredited(credited_ms=credited, over_ms=over):
            return replace(log, credited_ms=log.credited_ms + credited, uncredited_ms=max(0, log.uncredited_ms + over))
        case Claimed(released=released):
            return replace(log, is_released=released)
        case Help(at=at, wanted=wanted):
            return replace(log, help_at=at if wanted else 0)
    return log
