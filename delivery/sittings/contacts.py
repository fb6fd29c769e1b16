"""When each laptop was last heard of: in memory at every request, in the database now and then, never an event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from delivery.access import SittingRef
from delivery.isolation import in_school
from delivery.tables import ContactRow

SILENCE_MS = 30_000
"""Longer without a word is *disconnected*: three of the player's ten-second contacts are missing."""
WRITE_EVERY_MS = 9_000
"""A little less than the player's contact of ten seconds, so that each one is written."""


@dataclass(slots=True)
class _Run:
    """An unbroken series of contacts."""

    since: int
    last: int
    written: int = 0


class Contacts:
    """Contacts that this worker saw."""

    def __init__(self) -> None:
        self._runs: dict[SittingRef, _Run] = {}

    def touch(self, ref: SittingRef, now: int) -> None:
        """A laptop showed a sign of life."""
        run = self._runs.get(ref)
        if run is None or now - run.last > SILENCE_MS:
            self._runs[ref] = _Run(now, now, run.written if run else 0)
        else:
            run.last = max(run.last, now)

    def confirmed_ms(self, ref: SittingRef, since: int, now: int) -> int:
        """Time since an instant in which contacts show that the laptop was there."""
        run = self._runs.get(ref)
        if run is None or not since:
            return 0
        end = now if now - run.last <= SILENCE_MS else run.last
        return max(0, end - max(run.since, since))

    def due(self, now: int) -> list[tuple[SittingRef, int]]:
        """Contacts that were not written for ten seconds; whoever asks writes them."""
        due = [
            (ref, run)
            for ref, run in self._runs.items()
            if run.last > run.written and now - run.written >= WRITE_EVERY_MS
        ]
        for _, run in due:
            run.written = run.last
        for ref in [ref for ref, run in self._runs.items() if now - run.last > 100 * SILENCE_MS]:
            del self._runs[ref]
        return [(ref, run.last) for ref, run in due]


def write_contacts(database: Engine, contacts: Iterable[tuple[SittingRef, int]]) -> None:
    """Store last contacts, one transaction a school."""

    def school_of(contact: tuple[SittingRef, int]) -> UUID:
        return contact[0].school_id

    insert = postgresql.insert if database.dialect.name == "postgresql" else sqlite.insert
    for school_id, group in groupby(sorted(contacts, key=school_of), key=school_of):
        rows = [
            {
                "school_id": school_id,
                "sitting_id": ref.sitting_id,
                "last_contact": datetime.fromtimestamp(at / 1000, UTC),
            }
            for ref, at in group
        ]
        statement = insert(ContactRow)
        upsert = statement.on_conflict_do_update(
            index_elements=["school_id", "sitting_id"], set_={"last_contact": statement.excluded.last_contact}
        )
        with Session(database) as db, db.begin():
            in_school(db, school_id)
            db.execute(upsert, rows)
