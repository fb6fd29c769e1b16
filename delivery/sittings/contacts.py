"""When each laptop was last heard of: in memory at every request, in the database now and then, never an event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from delivery.access import SittingRef
from delivery.direct import Direct, as_instant, as_uuid

SILENCE_MS = 30_000
"""Longer without a word is *disconnected*: three of the player's ten-second contacts are missing."""
WRITE_EVERY_MS = 9_000
"""A little less than the player's contact of ten seconds, so that each one is written."""
SWEEP_EVERY_MS = 60_000
FORGET_MS = 100 * SILENCE_MS
SELECT = "SELECT sitting_id, run_since, last_contact FROM delivery_contact WHERE school_id = $1 AND sitting_id IN "
UPSERT = """
INSERT INTO delivery_contact AS known (school_id, sitting_id, run_since, last_contact) VALUES ($1, $2, $3, $4)
ON CONFLICT (school_id, sitting_id) DO UPDATE SET
    run_since = CASE
        WHEN known.last_contact >= $5 AND known.run_since <= $6 AND known.run_since < excluded.run_since
            THEN known.run_since
        WHEN (known.last_contact >= $5 AND known.run_since <= $6) OR known.last_contact < excluded.last_contact
            THEN excluded.run_since
        ELSE known.run_since END,
    last_contact = CASE WHEN known.last_contact < excluded.last_contact
        THEN excluded.last_contact ELSE known.last_contact END
"""
"""A series that touches the one that is there (no silence lies between them: $5, $6) is joined to it."""


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
    is_written: bool = False


class Contacts:
    """Contacts that this worker saw."""

    def __init__(self) -> None:
        self._runs: dict[SittingRef, _Run] = {}
        self._news: defaultdict[UUID, set[SittingRef]] = defaultdict(set)  # what was not written yet, by school
        self._written: dict[UUID, int] = {}
        self._swept = 0

    def touch(self, ref: SittingRef, now: int) -> None:
        """A laptop showed a sign of life."""
        run = self._runs.get(ref)
        if run is None or now - run.last > SILENCE_MS:
            self._runs[ref] = _Run(now, now)
        else:
            run.last = max(run.last, now)
        self._news[ref.school_id].add(ref)

    def learn(self, ref: SittingRef, since: int, last: int) -> None:
        """Take over an unbroken series that the database has: other workers hear from the same laptop."""
        run = self._runs.get(ref)
        if run is not None and since <= run.last + SILENCE_MS and run.since <= last + SILENCE_MS:
            run.since, run.last = min(run.since, since), max(run.last, last)
        elif run is None or last > run.last:
            self._runs[ref] = _Run(since, last, is_written=True)

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

    def forget(self, ref: SittingRef) -> None:
        """Write nothing more of a sitting."""
        self._runs.pop(ref, None)
        if news := self._news.get(ref.school_id):
            news.discard(ref)

    def is_due(self, ref: SittingRef, now: int) -> bool:
        """Whether a sitting's contact should be written: a new series at once, others with all of their school."""
        run = self._runs.get(ref)
        return run is not None and (not run.is_written or self._is_due(ref.school_id, now))

    def take_due(self, now: int) -> dict[UUID, list[Contact]]:
        """Contacts to write now, by school; whoever asks writes them."""
        self._sweep(now)
        return {school_id: found for school_id in list(self._news) if (found := self._take(school_id, now))}

    def _take(self, school_id: UUID, now: int) -> list[Contact]:
        """What is due of one school, in one order for all workers: so no two wait for each other in a ring."""
        news = self._news[school_id]
        if self._is_due(school_id, now):
            self._written[school_id] = now
            del self._news[school_id]
            due = news
        else:
            due = {ref for ref in news if not self._runs[ref].is_written}
            news -= due
        found = []
        for ref in sorted(due, key=lambda ref: ref.sitting_id):
            run = self._runs[ref]
            run.is_written = True
            found.append(Contact(ref, run.since, run.last))
        return found

    def _is_due(self, school_id: UUID, now: int) -> bool:
        return not 0 <= now - self._written.get(school_id, 0) < WRITE_EVERY_MS

    def _sweep(self, now: int) -> None:
        """Forget now and then who is gone."""
        if 0 <= now - self._swept < SWEEP_EVERY_MS:
            return
        self._swept = now
        for ref in [ref for ref, run in self._runs.items() if now - run.last > FORGET_MS]:
            self.forget(ref)
        for school_id in [school_id for school_id, news in self._news.items() if not news]:
            del self._news[school_id]


async def read_contacts(direct: Direct, refs: Sequence[SittingRef]) -> list[Contact]:
    """What all workers know of the laptops of these sittings, which are of one school."""
    if not refs:
        return []
    school_id = refs[0].school_id
    places = ", ".join(f"${number}" for number in range(2, len(refs) + 2))
    rows = await direct.fetch(school_id, f"{SELECT} ({places})", school_id, *(ref.sitting_id for ref in refs))
    return [
        Contact(SittingRef(school_id, as_uuid(sitting_id)), _as_ms(as_instant(since)), _as_ms(as_instant(last)))
        for sitting_id, since, last in rows
    ]


async def write_contacts(direct: Direct, school_id: UUID, contacts: Sequence[Contact]) -> None:
    """Store contacts of one school together; a series that goes on from another worker's keeps its beginning."""
    await direct.write(school_id, UPSERT, [_row(contact) for contact in contacts])


def _row(contact: Contact) -> tuple[object, ...]:
    """Values of `UPSERT`."""
    since, last = contact.since, contact.last
    instants = (_from_ms(at) for at in (since, last, since - SILENCE_MS, last + SILENCE_MS))
    return (contact.ref.school_id, contact.ref.sitting_id, *instants)


def _from_ms(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _as_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
