"""The journal in PostgreSQL: any number of workers, each as a role that can add and read, never change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from delivery.errors import ConfigurationError, JournalError, LostRaceError
from delivery.journal.values import Entry, Event

INSERT_EVENTS = """
INSERT INTO delivery_event (school_id, sitting_id, event_number, kind, schema_version, payload, digest)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::bytea[], $7::bytea[])
ON CONFLICT DO NOTHING RETURNING 1
"""
INSERT_ANSWERS = """
INSERT INTO delivery_answer (school_id, sitting_id, position, revision, event_number, body_hash)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::bytea[])
"""
SELECT_EVENTS = """
SELECT event_number, kind, schema_version, payload, digest FROM delivery_event
WHERE school_id = $1 AND sitting_id = $2 AND event_number > $3 ORDER BY event_number
"""
CHECK_ROLE = """
SELECT current_user AS name, rolsuper OR rolbypassrls AS ignores_security,
    has_table_privilege('delivery_event', 'UPDATE, DELETE, TRUNCATE') AS can_change,
    current_setting('synchronous_commit') AS synchronous_commit
FROM pg_roles WHERE rolname = current_user
"""
PATIENCE_S = 10.0  # a laptop tries again sooner
CONNECT_S = 5.0  # a server that takes no connection by then is not there
TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class PostgresJournal:
    """Log in a PostgreSQL database, whose tables and roles exist already.

    Parameters
    ----------
    url
        Address as the role *peil_journal*.
    connections
        Most connections that this worker opens.
    check_role
        Refuse a role that could change the log. Only the test that shows why turns it off.
    """

    def __init__(self, url: str, connections: int = 4, *, check_role: bool = True) -> None:
        self._url = url
        self._connections = connections
        self._check_role = check_role
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Connect and check the role (see `Journal.open`)."""
        async with self._connection():
            pass

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store all entries in one transaction, or none (see `Journal.append`)."""
        async with self._connection() as db, db.transaction():
            stored = await db.fetch(INSERT_EVENTS, *_event_columns(entries))
            if len(stored) != len(entries):
                raise LostRaceError(f"sitting {entries[0].event.sitting_id}: an event number exists already")
            if any(entry.answer for entry in entries):
                await db.execute(INSERT_ANSWERS, *_answer_columns(entries))

    async def load(self, school_id: UUID, sitting_id: UUID, after: int = 0) -> list[Event]:
        """Events of a sitting with a number above ``after``, in order (see `Journal.load`)."""
        async with self._connection() as db:
            rows = await db.fetch(SELECT_EVENTS, school_id, sitting_id, after)
        return [Event(school_id, sitting_id, *row) for row in rows]

    async def close(self) -> None:
        """Wait for what was begun and close the connections."""
        if self._pool is not None:
            await self._pool.close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend a connection; the driver's errors become ours."""
        try:
            pool = self._pool or await self._opened()
            async with pool.acquire(timeout=PATIENCE_S) as db:
                yield db
        except TROUBLE as error:
            raise JournalError(
                f"PostgreSQL journal: {error or type(error).__name__}. Check that the server runs."
            ) from error

    async def _opened(self) -> asyncpg.Pool:
        """Pool that is opened once, whoever asks first."""
        async with asyncio.timeout(CONNECT_S), self._opening:
            if self._pool is None:
                self._pool = await self._open()
            return self._pool

    async def _open(self) -> asyncpg.Pool:
        """Connect, and refuse what is not safe."""
        pool = await asyncpg.create_pool(
            self._url,
            timeout=CONNECT_S,
            min_size=1,
            max_size=self._connections,
            command_timeout=PATIENCE_S,
            server_settings={"synchronous_commit": "on"},
        )
        async with pool.acquire() as db:
            role = await db.fetchrow(CHECK_ROLE)
        unsafe = role["ignores_security"] or role["can_change"] or role["synchronous_commit"] != "on"
        if self._check_role and unsafe:
            await pool.close()
            raise ConfigurationError(
                f"The journal is connected as {role['name']!r}, which can change the log or ignore row-level security "
                f"(synchronous_commit={role['synchronous_commit']}). Connect as peil_journal."
            )
        return pool


def _event_columns(entries: Sequence[Entry]) -> list[list[object]]:
    """One list a column."""
    events = [entry.event for entry in entries]
    names = ("school_id", "sitting_id", "event_number", "kind", "schema_version", "payload", "digest")
    return [[getattr(event, name) for event in events] for name in names]


def _answer_columns(entries: Sequence[Entry]) -> list[list[object]]:
    """One list a column, for the entries that hold an answer."""
    rows = [
        (e.event.school_id, e.event.sitting_id, a.position, a.revision, e.event.event_number, a.body_hash)
        for e in entries
        if (a := e.answer) is not None
    ]
    return [list(column) for column in zip(*rows, strict=True)]
