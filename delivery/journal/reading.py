"""Reading the log back for export, audit and replay: through the management database, one school at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, func, select

from delivery.errors import JournalError
from delivery.isolation import in_school
from delivery.journal.digest import first_fault
from delivery.journal.values import Event
from delivery.tables import EventRow

LARGEST_NUMBER = 2**31 - 1
"""What a column of numbers holds on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event with the database's clock, which orders nothing."""

    event: Event
    recorded_at: datetime


def read_logs(
    db: Session, school_id: UUID, sittings: Collection[UUID] | None = None, kinds: Collection[str] = ()
) -> Iterator[tuple[UUID, list[RecordedEvent]]]:
    """Logs of a school's sittings that have one, each in order of event number.

    Parameters
    ----------
    db
        Database session.
    school_id
        The school.
    sittings
        Only these; None reads all.
    kinds
        Only events of these kinds; none given reads all, which is the only way to check a chain.
    """
    in_school(db, school_id)
    query = select(EventRow).where(EventRow.school_id == school_id)
    if sittings is not None:
        query = query.where(col(EventRow.sitting_id).in_(list(sittings)))
    if kinds:
        query = query.where(col(EventRow.kind).in_([str(kind) for kind in kinds]))
    rows = db.exec(
        query.order_by(col(EventRow.sitting_id), col(EventRow.event_number)).execution_options(yield_per=1000)
    )
    for sitting_id, group in groupby(rows, key=lambda row: row.sitting_id):
        yield sitting_id, [_recorded(row) for row in group]


def read_log(db: Session, school_id: UUID, sitting_id: UUID) -> list[RecordedEvent]:
    """Log of one sitting, checked; empty where it has none.

    Raises
    ------
    JournalError
        If it is not as it was written.
    """
    for _, log in read_logs(db, school_id, [sitting_id]):
        place = first_fault([recorded.event for recorded in log])
        if place is not None:
            raise JournalError(f"sitting {sitting_id}: its log is damaged at event {place + 1}. Run `peil audit`.")
        return log
    return []


def read_heads(db: Session, school_id: UUID, sittings: Collection[UUID]) -> dict[UUID, int]:
    """Number of the last event of each of a school's sittings that has any."""
    in_school(db, school_id)
    rows = db.exec(
        select(EventRow.sitting_id, func.max(EventRow.event_number))
        .where(EventRow.school_id == school_id, col(EventRow.sitting_id).in_(list(sittings)))
        .group_by(col(EventRow.sitting_id))
    )
    return dict(rows.all())


def _recorded(row: EventRow) -> RecordedEvent:
    """Frozen value of a row; SQLite's clock says UTC without saying so."""
    event = Event(
        school_id=row.school_id,
        sitting_id=row.sitting_id,
        event_number=_as_number(row.event_number),
        kind=str(row.kind),
        schema_version=_as_number(row.schema_version),
        payload=as_bytes(row.payload),
        digest=as_bytes(row.digest),
    )
    at = row.recorded_at
    return RecordedEvent(event, at if at.tzinfo else at.replace(tzinfo=UTC))


def as_bytes(value: object) -> bytes:
    """Column of bytes; anything else was put there by tampering, and becomes bytes that no digest fits."""
    return value if isinstance(value, bytes) else f"no bytes, but {value!r}".encode()


def _as_number(value: object) -> int:
    """Column of a number from 1; anything else was put there by tampering, and becomes 0, which is never written."""
    return value if isinstance(value, int) and 0 < value <= LARGEST_NUMBER else 0
