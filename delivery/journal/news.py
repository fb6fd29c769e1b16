"""Word of what changed, from whoever changed it to whoever looks: identifiers only, and only after the commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg
import structlog

from delivery.direct.postgres import CONNECT_S, PATIENCE_S, TROUBLE
from delivery.errors import JournalError
from delivery.journal.interface import Journal
from delivery.journal.values import Entry, Event

CHANNEL = "peil_news"
GATHER_S = 0.2
"""What changed meanwhile goes in one message: word costs by the second, not by the answer."""
BEAT_S = 5.0
"""A connection that is silent so long is asked whether it is still there."""
RETRY_S = 1.0
NAMES_IN_A_MESSAGE = 240  # of 33 bytes each: PostgreSQL takes payloads below 8000 bytes
Hear = Callable[[Collection[UUID] | None], None]
"""Told the sittings and rooms that changed; None says that any may have, because word may have been missed."""
log = structlog.get_logger(__name__)


class News:
    """Word inside one process: all that SQLite needs, which has one."""

    def __init__(self) -> None:
        self._listeners: list[Hear] = []

    async def open(self) -> None:
        """Begin to hear of other workers."""

    async def close(self) -> None:
        """Let go of the database."""

    def listen(self, hear: Hear) -> None:
        """Call ``hear``, in the event loop, whenever something changed."""
        self._listeners.append(hear)

    def tell(self, changed: Iterable[UUID]) -> None:
        """Say that something is committed about these sittings or rooms."""
        self._spread(set(changed))

    def _spread(self, changed: Collection[UUID] | None) -> None:
        """Call all who listen, unless there is nothing to hear."""
        if changed is None or changed:
            for hear in self._listeners:
                hear(changed)


class PostgresNews(News):
    """Word between workers by LISTEN and NOTIFY, on a connection of its own beside those that append.

    Parameters
    ----------
    url
        Address as any role of the application; no table is read.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self._untold: set[UUID] = set()
        self._woken = asyncio.Event()
        self._carrier: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begin to hear of other workers; without the database it goes on trying."""
        if self._carrier is None:
            self._carrier = asyncio.create_task(self._carry())

    async def close(self) -> None:
        """Let go of the database."""
        if self._carrier is not None:
            self._carrier.cancel()
            with suppress(asyncio.CancelledError):
                await self._carrier
            self._carrier = None

    def tell(self, changed: Iterable[UUID]) -> None:
        """Say it here at once, and to the other workers a moment later (see `News.tell`)."""
        told = set(changed)
        self._spread(told)
        self._untold |= told
        self._woken.set()

    async def _carry(self) -> None:
        """Hold a connection, and make another where it breaks; what was not told yet is told then."""
        while True:
            try:
                await self._converse()
            except TROUBLE as error:
                log.warning("news interrupted", error=type(error).__name__)
            await asyncio.sleep(RETRY_S)

    async def _converse(self) -> None:
        """Listen and tell, as long as the connection holds."""
        db = await asyncpg.connect(
            self._url,
            timeout=CONNECT_S,
            command_timeout=PATIENCE_S,
            server_settings={"synchronous_commit": "off"},  # nothing is written that could be lost
        )
        try:
            own = db.get_server_pid()
            await db.add_listener(CHANNEL, lambda _, pid, __, words: self._hear(words) if pid != own else None)
            self._spread(None)
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), BEAT_S)
                self._woken.clear()
                await self._tell_all(db)
                await asyncio.sleep(GATHER_S)
        finally:
            db.terminate()

    async def _tell_all(self, db: asyncpg.Connection) -> None:
        """Send what was not told yet; with nothing to tell, ask whether the server is there."""
        if not self._untold:
            await db.execute("SELECT 1")
        untold, self._untold = self._untold, set()
        try:
            for words in _messages(untold):
                await db.execute("SELECT pg_notify($1, $2)", CHANNEL, words)
        except TROUBLE:
            self._untold |= untold
            raise

    def _hear(self, words: str) -> None:
        """Word of another worker; what none of ours would say is left aside."""
        with suppress(ValueError):
            self._spread({UUID(name) for name in words.split(",")})


def _messages(names: Iterable[UUID]) -> Iterator[str]:
    """Names in as many messages as they need."""
    left = [name.hex for name in names]
    for start in range(0, len(left), NAMES_IN_A_MESSAGE):
        yield ",".join(left[start : start + NAMES_IN_A_MESSAGE])


class ToldJournal:
    """A journal that tells of what it stored, once it is on disk."""

    def __init__(self, journal: Journal, news: News) -> None:
        self._journal = journal
        self._news = news

    async def open(self) -> None:
        """Reach the database (see `Journal.open`)."""
        await self._journal.open()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store all entries or none, then tell (see `Journal.append`)."""
        changed = {entry.event.sitting_id for entry in entries}
        try:
            await self._journal.append(entries)
        except JournalError:  # it may be there all the same
            self._news.tell(changed)
            raise
        self._news.tell(changed)

    async def load(self, school_id: UUID, sitting_id: UUID, after: int = 0) -> list[Event]:
        """Events of a sitting (see `Journal.load`)."""
        return await self._journal.load(school_id, sitting_id, after)

    async def close(self) -> None:
        """Close the journal (see `Journal.close`)."""
        await self._journal.close()
