"""What the logs of a room's sittings say to a proctor: a small fold that is read on from where it was left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import Session

from delivery.direct import Row, as_uuid, fetch_in
from delivery.errors import UnknownEventError
from delivery.journal import Event
from delivery.journal.reading import as_bytes, read_heads
from delivery.sittings.events import (
    AccommodationUsed,
    Claimed,
    EventKind,
    FocusLost,
    Help,
    Payload,
    Reassigned,
    Started,
    Step,
    TimeCredited,
    TimeGranted,
    read_payload,
)
from delivery.sittings.evidence import JUDGEMENTS
from delivery.sittings.noted import (
    NOTHING_NOTED,
    Noted,
    after_absence,
    after_pause,
    after_resuming,
    after_use,
    on_other_laptop,
)
from delivery.sittings.phases import Phase, phase_after

READ = (
    EventKind.STARTED,
    EventKind.TIME_GRANTED,
    EventKind.TIME_CREDITED,
    EventKind.CLAIMED,
    EventKind.REASSIGNED,
    EventKind.HELP,
    EventKind.PAUSED,
    EventKind.RESUMED,
    EventKind.ACCOMMODATION_USED,
    EventKind.FOCUS_LOST,
)
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
    granted : accommodations; noted : aids, breaks and the focus of the page
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
    granted: Mapping[str, str] = field(default_factory=dict)
    noted: Noted = NOTHING_NOTED

    @property
    def is_in(self) -> bool:
        """Whether a laptop ever took the sitting."""
        return self.claimed_at > 0


SeatLogs = Mapping[UUID, SeatLog]
"""By sitting."""


Query = tuple[str, tuple[object, ...]]
"""A statement as `Direct.fetch` takes it, and its values."""


def read_on(db: Session, school_id: UUID, sittings: Collection[UUID], known: SeatLogs) -> dict[UUID, SeatLog]:
    """Bring what is known of sittings up to the log; numbers of events have no gaps, so nothing can be missed.

    Parameters
    ----------
    db, school_id
        A transaction that sees this school.
    sittings
        Those of a room, or of several.
    known
        What was read before; nothing is known of the others.
    """
    logs = {sitting: known.get(sitting, SeatLog()) for sitting in sittings}
    heads = read_heads(db, school_id, list(logs))
    behind = {sitting: logs[sitting] for sitting, head in heads.items() if head > logs[sitting].event_number}
    for query in more_of(school_id, behind):
        logs |= with_more(school_id, logs, fetch_in(db, query[0], *query[1]))
    return logs


def more_of(school_id: UUID, logs: SeatLogs) -> Iterator[Query]:
    """What to ask for, so that `with_more` can bring these logs up to date; many at a time, and not too many."""
    all_logs = list(logs.items())
    for start in range(0, len(all_logs), MOST_AT_ONCE):
        batch = all_logs[start : start + MOST_AT_ONCE]
        places = (
            f"(event.sitting_id = ${2 * n} AND event.event_number > ${2 * n + 1})" for n in range(1, len(batch) + 1)
        )
        after = (value for sitting, log in batch for value in (sitting, log.event_number))
        yield MORE.format(places=" OR ".join(places)), (school_id, *after)


def with_more(school_id: UUID, logs: SeatLogs, rows: Iterable[Row]) -> dict[UUID, SeatLog]:
    """Those of the logs that rows of `more_of` are about, after them."""
    after: dict[UUID, SeatLog] = {}
    for name, number, kind, version, data, is_answer in rows:
        sitting = as_uuid(name)
        log = after.get(sitting, logs[sitting])
        event = Event(school_id, sitting, number, str(kind), version, as_bytes(data), b"")
        after[sitting] = replace(_fold(log, event), answered=log.answered + bool(is_answer))
    return after


MOST_AT_ONCE = 100
"""SQLite takes an expression of a thousand terms."""
MORE = f"""
SELECT event.sitting_id, event.event_number, event.kind, event.schema_version,
    CASE WHEN event.kind IN ({", ".join(f"'{kind}'" for kind in READ)}) THEN event.payload END,
    answer.event_number IS NOT NULL
FROM delivery_event AS event
LEFT JOIN delivery_answer AS answer
    ON answer.school_id = event.school_id AND answer.sitting_id = event.sitting_id
    AND answer.event_number = event.event_number AND answer.revision = 0
WHERE event.school_id = $1 AND ({{places}})
ORDER BY event.sitting_id, event.event_number
"""


def _fold(log: SeatLog, event: Event) -> SeatLog:
    """What is known after one more event; one that cannot be read changes nothing that we could show."""
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
            at = log.claimed_at if released else at
            return replace(log, claimed_at=at, is_released=released, noted=on_other_laptop(log.noted))
        case Help(at=at, wanted=wanted):
            return replace(log, help_at=at if wanted else 0)
        case Started() | Reassigned():
            return log if payload.accommodations is None else replace(log, granted=payload.accommodations)
    return replace(log, noted=_noted(log, payload))


def _noted(log: SeatLog, payload: Payload) -> Noted:
    """Aids, breaks and the focus after an event that says something of one of them."""
    match payload:
        case AccommodationUsed():
            return after_use(log.noted, payload)
        case FocusLost():
            return after_absence(log.noted, payload)
        case Step():
            is_paused = log.phase is Phase.PAUSED
            return after_pause(log.noted, payload, log.granted) if is_paused else after_resuming(log.noted)
    return log.noted
