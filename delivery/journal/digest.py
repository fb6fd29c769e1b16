"""The chain of digests: what makes a changed, removed or moved event visible."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from delivery.journal.values import Event

FIRST_DIGEST = bytes(32)
"""What comes before the first event of a sitting."""


def chain_digest(
    previous: bytes, school_id: UUID, sitting_id: UUID, event_number: int, kind: str, version: int, payload: bytes
) -> bytes:
    """SHA-256 over the previous digest and all columns but the time; each part has a fixed or a stated length."""
    name = kind.encode()
    head = b"".join(
        (
            previous,
            school_id.bytes,
            sitting_id.bytes,
            event_number.to_bytes(8, "big"),
            version.to_bytes(4, "big"),
            len(name).to_bytes(4, "big"),
            name,
            len(payload).to_bytes(8, "big"),
        )
    )
    return hashlib.sha256(head + payload).digest()


def follows(event: Event, previous: bytes) -> bool:
    """Whether an event is, byte for byte, the one that was chained to ``previous``."""
    return event.digest == chain_digest(
        previous,
        event.school_id,
        event.sitting_id,
        event.event_number,
        event.kind,
        event.schema_version,
        event.payload,
    )


def first_fault(log: Sequence[Event]) -> int | None:
    """Place in a whole log of the first event with a wrong number or digest; None when all are right."""
    previous = FIRST_DIGEST
    for place, event in enumerate(log):
        if event.event_number != place + 1 or not follows(event, previous):
            return place
        previous = event.digest
    return None
