"""What every journal can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from delivery.journal.values import Entry, Event


class Journal(Protocol):
    """Append-only log of events. When `append` returns, the events are on disk."""

    async def open(self) -> None:
        """Reach the database and refuse what is not safe; asked at the start, so that no pupil meets it first.

        Raises
        ------
        ConfigurationError
            If the role could change the log, or a commit would not mean on disk.
        JournalError
            If the database cannot be reached.
        """
        ...

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store all entries in one transaction, or none; a caller that is cancelled takes nothing back.

        Raises
        ------
        LostRaceError
            If an event number is taken: somebody else appended first.
        JournalError
            If the database cannot store it, cannot keep up, or it is unknown whether it did.
        """
        ...

    async def load(self, school_id: UUID, sitting_id: UUID, after: int = 0) -> list[Event]:
        """Events of a sitting with a number above ``after``, in order.

        Raises
        ------
        JournalError
            If the database cannot be read.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        ...
