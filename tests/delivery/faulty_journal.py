"""A journal that fails when a test asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from delivery.errors import JournalError
from delivery.journal import Entry, Event, Journal


class FaultyJournal:
    """The real journal, with a crash before or after the next commit when asked for."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.crash = ""

    async def open(self) -> None:
        """The journal was opened by the crew."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Append, unless a crash comes first."""
        crash, self.crash = self.crash, ""
        if crash == "before":
            raise JournalError("the worker died before the commit")
        await self.journal.append(entries)
        if crash == "after":
            raise JournalError("the worker died after the commit")

    async def load(self, school_id: Any, sitting_id: Any, after: int = 0) -> list[Event]:
        """Load as ever."""
        return await self.journal.load(school_id, sitting_id, after)

    async def close(self) -> None:
        """The journal belongs to the crew."""
