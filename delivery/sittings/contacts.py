"""When each laptop was last heard of: in memory at every request, in the database now and then, never an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import Engine, and_, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.isolation import in_school
from delivery.tables import ContactRow

SILENCE_MS = 30_000
"""Longer without a word is *disconnected*: three of the player's ten-second contacts are missing."""
WRITE_EVERY_MS = 9_000
"""A little less than the player's contact of ten seconds, so that each one is written."""


SWEEP_EVERY_MS = 1_000
FORGET_MS = 100 * SILENCE_MS


@dataclass(frozen=True, slots=True)
class Contact:
    """An unbroken series of contacts of a sitting's laptop, in milliseconds since 1970."""

    ref: SittingRef
    since: int
    last: int


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
        self._swept = 0

    def touch(self, ref: SittingRef, now: int) -> bool:
        """A laptop showed a sign of life; whether it is the first after a silence."""
        run = self._runs.get(ref)
        is_first = run is None or now - run.last > SILENCE_MS
        if run is None or is_first:
            self._runs[ref] = _Run(now, now, run.written if run else 0)
        else:
            run.last = max(run.last, now)
        return is_first

    def learn(self, ref: SittingRef, since: int, last: int) -> None:
        """Take over an unbroken series that the database has: other workers hear from the same laptop."""
        run = self._runs.get(ref)
        if run is not None and since <= run.last + SILENCE_MS and run.since <= last + SILENCE_MS:
            run.since, run.last = min(run.since, since), max(run.last, last)
        elif run is None or last > run.last:
            self._runs[ref] = _Run(since, last, last)

    def hears(self, ref: SittingRef, now: int) -> bool:
        """Whether the last sign of life that this worker knows of is no silence ago."""
        run = self._runs.get(ref)
        return run is not None and now - run.last <= SILENCE_MS

    def confirmed_ms(self, ref: SittingRef, since: int, now: int) -> int:
        """Time since an instant in which contacts show that the laptop was there."""
        run = self._runs.get(ref)
        if run is None or not since:
            return 0
        end = now if now - run.last <= SILENCE_MS else run.last
        return max(0, end - max(run.since, since))

    def due(self, ref: SittingRef, now: int) -> list[Contact]:
        """Contacts that were not written for a while; whoever asks writes them.

        Each request compares its own sitting only; all of them are gone through once a second.
        """
        if now - self._swept >= SWEEP_EVERY_MS or now < self._swept:
            self._swept = now
            for old in [ref for ref, run in self._runs.items() if now - run.last > FORGET_MS]:
                del self._runs[old]
            runs = list(self._runs.items())
        else:
            runs = [(ref, self._runs[ref])] if ref in self._runs else []
        due = [(ref, run) for ref, run in runs if run.last > run.written and now - run.written >= WRITE_EVERY_MS]
        for _, run in due:
            run.written = run.last
        return [Contact(ref, run.since, run.last) for ref, run in due]


def read_contacts(db: Session, refs: Sequence[SittingRef]) -> list[Contact]:
    """What all workers know of the laptops of these sittings, which are of one school."""
    if not refs:
        return []
    school_id = refs[0].school_id
    in_school(db, school_id)
    rows = db.exec(
        select(ContactRow).where(
            ContactRow.school_id == school_id, col(ContactRow.sitting_id).in_([ref.sitting_id for ref in refs])
        )
    )
    return [
        Contact(SittingRef(school_id, row.sitting_id), _as_ms(row.run_since), _as_ms(row.last_contact)) for row in rows
    ]


def write_contacts(database: Engine, contacts: Iterable[Contact]) -> None:
    """Store contacts, one transaction a school; a series that goes on from another worker's keeps its beginning."""

    def school_of(contact: Contact) -> UUID:
        return contact.ref.school_id

    for school_id, group in groupby(sorted(contacts, key=school_of), key=school_of):
        with Session(database) as db, db.begin():
            in_school(db, school_id)
            for contact in sorted(
                group, key=lambda contact: contact.ref.sitting_id
            ):  # one order: nobody waits in a ring
                _upsert(db, contact)


def _upsert(db: Session, contact: Contact) -> None:
    """One contact, put together with the series that is there."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(ContactRow).values(
        school_id=contact.ref.school_id,
        sitting_id=contact.ref.sitting_id,
        run_since=_from_ms(contact.since),
        last_contact=_from_ms(contact.last),
    )
    new, since, last = statement.excluded, col(ContactRow.run_since), col(ContactRow.last_contact)
    touches = and_(last >= _from_ms(contact.since - SILENCE_MS), since <= _from_ms(contact.last + SILENCE_MS))
    joined = case(
        (touches & (since < new.run_since), since), (touches | (last < new.last_contact), new.run_since), else_=since
    )
    db.execute(
        statement.on_conflict_do_update(
            index_elements=["school_id", "sitting_id"],
            set_={"run_since": joined, "last_contact": case((last < new.last_contact, new.last_contact), else_=last)},
        )
    )


def _from_ms(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _as_ms(at: datetime) -> int:
    """Milliseconds since 1970; SQLite's clock says UTC without saying so."""
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
