"""A control that must go red: `peil serve` with a journal that answers first and commits a little later."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from delivery.journal import Entry, Event, Journal
from peil import web
from peil.cli import main

DELAY_S = 0.3  # as long as a group commit under a heavy load might gather


class HastyJournal:
    """Promises at once, and keeps its promises in order when it gets to them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._last: asyncio.Task[None] | None = None
        self._waiting: list[Event] = []

    async def open(self) -> None:
        """Open the real one."""
        await self._journal.open()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return before anything is on disk."""
        self._waiting += [entry.event for entry in entries]
        self._last = asyncio.create_task(self._commit(entries, self._last))

    async def _commit(self, entries: Sequence[Entry], before: asyncio.Task[None] | None) -> None:
        """Do it after all."""
        await asyncio.sleep(DELAY_S)
        if before is not None:
            await before
        await self._journal.append(entries)
        for entry in entries:
            self._waiting.remove(entry.event)

    async def load(self, school_id: UUID, sitting_id: UUID, after: int = 0) -> list[Event]:
        """Read what is on disk, and what is promised."""
        stored = await self._journal.load(school_id, sitting_id, after)
        promised = [event for event in self._waiting if (event.school_id, event.sitting_id) == (school_id, sitting_id)]
        return stored + [event for event in promised if event.event_number > max(after, len(stored) + after)]

    async def close(self) -> None:
        """Wait for the last commit."""
        if self._last is not None:
            await self._last
        await self._journal.close()


def sabotage() -> None:
    """Let the composition root use the hasty journal."""
    open_journal = web.open_journal
    web.open_journal = lambda installation: HastyJournal(open_journal(installation))


if __name__ == "__main__":
    sabotage()
    main()
