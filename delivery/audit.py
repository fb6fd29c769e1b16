"""Checking the log: every digest, every number, every answer's key, and the signed heads outside the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from uuid import UUID

from sqlmodel import Session, select

from delivery.errors import ConfigurationError, UnknownEventError
from delivery.isolation import in_school
from delivery.journal import FIRST_DIGEST, Event, chain_digest, first_fault
from delivery.journal.checkpoints import Checkpoints, Head, append_checkpoint, read_checkpoints
from delivery.journal.reading import read_logs
from delivery.people import list_schools
from delivery.rooms import RoomStatus, list_administrations
from delivery.sittings.events import Answered, EventKind, Judged, read_payload
from delivery.tables import AnswerRow


class Fault(StrEnum):
    """What can have happened to an event."""

    CHANGED = "changed"
    REMOVED = "removed"
    MOVED = "moved"
    ANSWER_KEY = "answer key"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One event that is not as it was written; the first of its sitting."""

    sitting: UUID
    event_number: int
    fault: Fault
    detail: str

    def __str__(self) -> str:
        return f"sitting {self.sitting}, event {self.event_number}: {self.fault}. {self.detail}"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """Outcome of an audit.

    Attributes
    ----------
    findings : the first fault of each damaged sitting, in order of school and sitting
    n_sittings, n_events : what was checked; n_heads : signed heads that it was compared with
    remarks : checkpoints that were only partly written
    """

    n_sittings: int
    n_events: int
    n_heads: int
    findings: tuple[AuditFinding, ...]
    remarks: tuple[str, ...] = ()

    @property
    def first(self) -> AuditFinding | None:
        """The first finding; None when all is well."""
        return self.findings[0] if self.findings else None


Log = Sequence[Event]


def audit_log(db: Session, checkpoints: Path | None = None, key: bytes = b"") -> AuditResult:
    """Check the whole log.

    Parameters
    ----------
    db
        Database session.
    checkpoints, key
        File with signed heads and the key that signed them; without them a cut-off tail cannot be seen.

    Raises
    ------
    ConfigurationError
        If a checkpoint was changed or removed, or the file is gone though rooms were closed.
    """
    signed = read_checkpoints(checkpoints, key) if checkpoints is not None else Checkpoints({})
    heads = signed.heads
    logs: dict[UUID, Log] = {}
    keys: dict[UUID, set[tuple[int, int, int, bytes]]] = {}
    for school in list_schools(db):
        logs |= {sitting: [entry.event for entry in log] for sitting, log in read_logs(db, school.school_id)}
        in_school(db, school.school_id)
        for row in db.exec(select(AnswerRow).where(AnswerRow.school_id == school.school_id)):
            place = (row.position, row.revision, row.event_number, row.body_hash)
            keys.setdefault(row.sitting_id, set()).add(place)
    if checkpoints is not None and not signed.n_lines and _was_signed(db, logs):
        raise ConfigurationError(
            f"{checkpoints}: the file with signed heads is not there, though rooms were closed: a tail that was cut "
            "off cannot be seen. Put it back from your copy."
        )
    findings = [*_broken_chains(logs), *_cut_tails(logs, heads)]
    broken = {finding.sitting for finding in findings}
    for sitting, log in logs.items():
        if sitting not in broken:
            findings += _keys(log, keys.get(sitting, set()))
    findings = _first_of_each(findings, logs)
    return AuditResult(
        n_sittings=len(logs),
        n_events=sum(map(len, logs.values())),
        n_heads=sum(map(len, heads.values())),
        findings=tuple(findings),
        remarks=signed.remarks,
    )


def _was_signed(db: Session, logs: Mapping[UUID, Log]) -> bool:
    """Whether heads must have been signed: a sitting was sealed, or a room closed."""
    if any(event.kind == EventKind.SEALED for log in logs.values() for event in log):
        return True
    rooms = [room for school in list_schools(db) for room in list_administrations(db, school.school_id)]
    return any(room.status is RoomStatus.CLOSED for room in rooms)


def write_checkpoint(db: Session, path: Path, key: bytes) -> int:
    """Sign the heads of all sittings; returns how many. Keep the file, and a copy, outside the database."""
    heads = {
        sitting: Head(log[-1].event.event_number, log[-1].event.digest)
        for school in list_schools(db)
        for sitting, log in read_logs(db, school.school_id)
    }
    append_checkpoint(path, key, heads)
    return len(heads)


def _first_of_each(findings: Sequence[AuditFinding], logs: Collection[UUID]) -> list[AuditFinding]:
    """The finding of each sitting with the lowest number, in the order of the logs; sittings without a log last."""
    firsts: dict[UUID, AuditFinding] = {}
    for finding in sorted(findings, key=lambda finding: finding.event_number):
        firsts.setdefault(finding.sitting, finding)
    gone = [sitting for sitting in firsts if sitting not in logs]
    return [firsts[sitting] for sitting in [*logs, *gone] if sitting in firsts]


def _broken_chains(logs: Mapping[UUID, Log]) -> Iterator[AuditFinding]:
    """First fault of each chain."""
    faulty = {sitting: place for sitting, log in logs.items() if (place := first_fault(log)) is not None}
    for sitting, place in faulty.items():
        log = logs[sitting]
        if place < len(log) and log[place].event_number == _number_at(log, place):
            yield _explain_changed(log[place], _places(logs, faulty))
        else:
            number = _number_at(log, place)
            yield AuditFinding(sitting, number, Fault.REMOVED, "Its number is missing from the log.")


def _number_at(log: Log, place: int) -> int:
    """Number that the event at a place of the log must have."""
    return log[place - 1].event_number + 1 if place else 1


def _places(logs: Mapping[UUID, Log], faulty: Collection[UUID]) -> Iterator[tuple[UUID, int, bytes]]:
    """Where a misplaced event can have been: anywhere in a damaged log, or at the end of a sound one."""
    for sitting, log in logs.items():
        digests = [FIRST_DIGEST, *(event.digest for event in log)]
        if sitting in faulty:
            yield from product([sitting], range(1, len(log) + 2), digests)
        else:
            yield sitting, len(log) + 1, digests[-1]


def _explain_changed(event: Event, places: Iterator[tuple[UUID, int, bytes]]) -> AuditFinding:
    """Whether an event that breaks its chain was written elsewhere and moved here, or was changed in place."""
    here = (event.sitting_id, event.event_number)
    for sitting, number, previous in places:
        if (sitting, number) != here and _was_at(event, sitting, number, previous):
            return AuditFinding(*here, Fault.MOVED, f"It was written as event {number} of sitting {sitting}.")
    return AuditFinding(*here, Fault.CHANGED, f"Kind {event.kind!r}: what it says no longer gives its digest.")


def _was_at(event: Event, sitting: UUID, number: int, previous: bytes) -> bool:
    """Whether an event's digest is right for another place."""
    return event.digest == chain_digest(
        previous, event.school_id, sitting, number, event.kind, event.schema_version, event.payload
    )


def _cut_tails(logs: Mapping[UUID, Log], heads: Mapping[UUID, Sequence[Head]]) -> Iterator[AuditFinding]:
    """Events that a signed head knows and the log does not."""
    for sitting, signed in heads.items():
        log = logs.get(sitting, [])
        for head in sorted(signed, key=lambda head: head.event_number):
            if head.event_number > len(log):
                detail = f"A signed checkpoint knows {head.event_number} events, the log has {len(log)}."
                yield AuditFinding(sitting, len(log) + 1, Fault.REMOVED, detail)
                break
            if log[head.event_number - 1].digest != head.digest:
                detail = "Its digest is not the one in a signed checkpoint: it, or one before it, was written anew."
                yield AuditFinding(sitting, head.event_number, Fault.CHANGED, detail)
                break


def _keys(log: Log, keys: set[tuple[int, int, int, bytes]]) -> Iterator[AuditFinding]:
    """Accepted answers without their unique key, and keys without an answer."""
    wanted = {}
    for event in log:
        try:
            payload = read_payload(event)
        except UnknownEventError:
            return  # a later release wrote it, which can audit it; where it is damaged the chain says so
        answer = payload.answer if isinstance(payload, Judged) else payload
        if isinstance(answer, Answered):
            body_hash = bytes.fromhex(answer.body_hash)
            wanted[answer.position, answer.revision, event.event_number, body_hash] = event
    for place in sorted(set(wanted) ^ keys):
        detail = f"Position {place[0]}: the table of answers and the log do not say the same."
        yield AuditFinding(log[0].sitting_id, place[2], Fault.ANSWER_KEY, detail)
        return
