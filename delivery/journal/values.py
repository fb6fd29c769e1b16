"""What the log is made of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a sitting, chained to the one before.

    Attributes
    ----------
    event_number : 1, 2, … order in the sitting's log
    kind, schema_version : which shape the payload has
    payload : canonical UTF-8 JSON
    digest : SHA-256 over the previous digest and everything above
    """

    school_id: UUID
    sitting_id: UUID
    event_number: int
    kind: str
    schema_version: int
    payload: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """Unique key of an accepted answer, written in the transaction of its event."""

    position: int
    revision: int
    body_hash: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One event to append, with its answer's key where it holds one."""

    event: Event
    answer: AnswerKey | None = None
