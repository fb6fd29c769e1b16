"""Reads delivery's log straight from the database, with nothing of ours in between, and holds a ledger against it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, LiteralString
from uuid import UUID

from loadtest.pupils import Acknowledged, NotAccepted

ANSWERED = (
    "SELECT event.sitting_id, event.payload, event.recorded_at, answer.position, answer.revision, answer.body_hash"
    " FROM delivery_event AS event LEFT JOIN delivery_answer AS answer"
    " ON answer.school_id = event.school_id AND answer.sitting_id = event.sitting_id"
    " AND answer.event_number = event.event_number"
    " WHERE event.kind = 'answered'"
)
EVIDENCE = "SELECT sitting_id, count(*) FROM delivery_event WHERE kind = 'evidence' GROUP BY sitting_id"


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as the log holds it.

    Attributes
    ----------
    sitting, position, revision, item : which answer
    hash : SHA-256 of the body, hexadecimal; "" where something was typed, whose hash is keyed
    has_key : the unique key of the answer stands beside its event and agrees with it
    recorded_at : when, by the database's clock, in seconds since 1970
    """

    sitting: str
    position: int
    revision: int
    item: str
    hash: str
    has_key: bool
    recorded_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ledger and a log say about each other.

    Attributes
    ----------
    acknowledged : answers in the ledger
    stored : answers in the log
    lost : acknowledged, but not in the log, or with another item or content
    doubled : answers that are in the log more than once
    unkeyed : answers in the log without their unique key
    contradicted : answers for which two different receipts were given
    refused : bodies that were not accepted
    evidence : bodies that the log keeps as evidence
    thrown_away : bodies that were not accepted, and are not kept either
    """

    acknowledged: int
    stored: int
    lost: int
    doubled: int
    unkeyed: int
    contradicted: int = 0
    refused: int = 0
    evidence: int = 0
    thrown_away: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether every acknowledged answer is in the log exactly once, and every other body is evidence."""
        faults = (self.lost, self.doubled, self.unkeyed, self.contradicted, self.thrown_away)
        return self.acknowledged > 0 and not any(faults)


def read_log(path: Path, url: str) -> list[Stored]:
    """Every answer in the log: of the PostgreSQL database ``url``, or without one of the SQLite file ``path``.

    ``url`` signs in someone who may see every school.
    """
    return [_stored(*row) for row in _rows(path, url, ANSWERED)]


def read_evidence(path: Path, url: str) -> Counter[str]:
    """How many bodies the log keeps as evidence, by sitting; arguments as for `read_log`."""
    return Counter({str(UUID(str(sitting))): n_bodies for sitting, n_bodies in _rows(path, url, EVIDENCE)})


def _rows(path: Path, url: str, query: LiteralString) -> list[Any]:
    """Rows of a query, with nothing between the database and us but its driver."""
    if url:
        import psycopg

        with psycopg.connect(url) as db:
            return db.execute(query).fetchall()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(query).fetchall()


def _stored(
    sitting: str | UUID,
    payload: bytes,
    recorded_at: str | datetime,
    position: int | None,
    revision: int | None,
    body_hash: bytes | None,
) -> Stored:
    """One row; the payload says what was answered, the key's columns must agree."""
    event = json.loads(payload)
    return Stored(
        sitting=str(UUID(str(sitting))),
        position=event["position"],
        revision=event["revision"],
        item=event["item"],
        hash="" if event["typed"] else event["body_hash"],
        has_key=(position, revision) == (event["position"], event["revision"])
        and body_hash is not None
        and body_hash.hex() == event["body_hash"],
        recorded_at=_instant(recorded_at),
    )


def _instant(recorded_at: str | datetime) -> float:
    """Seconds since 1970; SQLite keeps UTC as text."""
    at = datetime.fromisoformat(recorded_at) if isinstance(recorded_at, str) else recorded_at
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def compare(
    ledger: Iterable[Acknowledged],
    log: Sequence[Stored],
    refused: Collection[NotAccepted] = (),
    evidence: Mapping[str, int] = MappingProxyType({}),
) -> Verdict:
    """Hold the client's ledger, and what it was refused, against the server's log.

    Parameters
    ----------
    ledger, refused
        What the pupils know.
    log, evidence
        As `read_log` and `read_evidence` give them.
    """
    kept = {(answer.sitting, answer.position, answer.revision): answer for answer in log}
    copies = Counter((answer.sitting, answer.position, answer.revision) for answer in log)
    receipts: defaultdict[tuple[str, int, int], set[str]] = defaultdict(set)
    acknowledged = tuple(ledger)
    lost = 0
    for answer in acknowledged:
        key = (answer.sitting, answer.position, answer.revision)
        receipts[key].add(answer.receipt)
        found = kept.get(key)
        lost += found is None or found.item != answer.item or found.hash not in {"", answer.hash}
    bodies = Counter(body.sitting for body in set(refused))
    return Verdict(
        acknowledged=len(acknowledged),
        stored=len(log),
        lost=lost,
        doubled=sum(n > 1 for n in copies.values()),
        unkeyed=sum(not answer.has_key for answer in log),
        contradicted=sum(len(given) > 1 for given in receipts.values()),
        refused=bodies.total(),
        evidence=sum(evidence.values()),
        thrown_away=sum(max(0, n_bodies - evidence.get(sitting, 0)) for sitting, n_bodies in bodies.items()),
    )
