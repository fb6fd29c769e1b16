"""The journal in PostgreSQL: any number of workers, each as a role that can add and read, never change."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from uuid import UUID

import asyncpg

from delivery.direct.postgres import CONNECT_S, PATIENCE_S, TROUBLE
from delivery.errors import ConfigurationError, JournalError, NotStoredError
from delivery.journal.grouping import Append, GroupCommit, key_of, order_of, which_are_whole
from delivery.journal.values import Entry, Event

INSERT = """
WITH stored AS (
    INSERT INTO delivery_event (school_id, sitting_id, event_number, kind, schema_version, payload, digest)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::int[], $6::bytea[], $7::bytea[])
    ON CONFLICT DO NOTHING RETURNING school_id, sitting_id, event_number
), answers AS (
    INSERT INTO delivery_answer (school_id, sitting_id, event_number, position, revision, body_hash)
    SELECT school_id, sitting_id, event_number, position, revision, body_hash
    FROM stored JOIN unnest($8::uuid[], $9::uuid[], $10::int[], $11::int[], $12::int[], $13::bytea[])
        AS answer (school_id, sitting_id, event_number, position, revision, body_hash)
        USING (school_id, sitting_id, event_number)
)
SELECT school_id, sitting_id, event_number FROM stored
"""
SELECT_EVENTS = """
SELECT event_number, kind, schema_version, payload, digest FROM delivery_event
WHERE school_id = $1 AND sitting_id = $2 AND event_number > $3 ORDER BY event_number
"""
N_ANSWER_COLUMNS = 6
CHECK_ROLE = """
SELECT current_user AS name, rolsuper OR rolbypassrls AS ignores_security,
    has_table_privilege('delivery_event', 'UPDATE, DELETE, TRUNCATE') AS can_change,
    current_setting('synchronous_commit') AS synchronous_commit
FROM pg_roles WHERE rolname = current_user
"""
WRITERS = 1  # more would share out the same batches, for the same disk (docs/adr/0013)
LOCK_MS = 200  # a row that another worker holds delays a batch by this, and once more when it is redone alone
IDLE_MS = 1_000  # a worker that stalls within a transaction loses it, and its rows are free again
UNDONE = "ERROR"  # severity with which the transaction is undone; after FATAL nobody knows what became of a commit


class PostgresJournal:
    """Log in a PostgreSQL database, whose tables and roles exist already.

    Parameters
    ----------
    url
        Address as the role *peil_journal*.
    connections
        Most connections that this worker opens, at least two: one appends, whoever reads.
    check_role
        Refuse a role that could change the log. Only the test that shows why turns it off.
    """

    def __init__(self, url: str, connections: int = 4, *, check_role: bool = True) -> None:
        self._url = url
        self._connections = connections
        self._check_role = check_role
        self._pools: _Pools | None = None
        self._opening = asyncio.Lock()
        self._group = GroupCommit(self._store, self.load)

    async def open(self) -> None:
        """Connect and check the role (see `Journal.open`)."""
        with _our_errors():
            await self._opened()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store all entries in one transaction, or none (see `Journal.append`)."""
        await self._group.append(entries)

    async def load(self, school_id: UUID, sitting_id: UUID, after: int = 0) -> list[Event]:
        """Events of a sitting with a number above ``after``, in order (see `Journal.load`)."""
        with _our_errors():
            pools = self._pools or await self._opened()
            async with pools.reading.acquire(timeout=PATIENCE_S) as db:
                rows = await db.fetch(SELECT_EVENTS, school_id, sitting_id, after)
        return [Event(school_id, sitting_id, *row) for row in rows]

    async def close(self) -> None:
        """Wait for what was begun and close the connections."""
        await self._group.close()
        if self._pools is not None:
            await self._pools.writing.close()
            await self._pools.reading.close()

    async def _store(self, batch: Sequence[Append]) -> list[bool]:
        """Store appends in one transaction, in the order of all workers."""
        entries = sorted((entry for append in batch for entry in append), key=order_of)
        with _our_errors():
            pools = self._pools or await self._opened()
            async with pools.writing.acquire(timeout=PATIENCE_S) as db:
                if all(len(append) == 1 for append in batch):  # one statement is a transaction by itself
                    return await _insert(db, batch, entries)
                async with db.transaction():
                    return await _insert(db, batch, entries)

    async def _opened(self) -> _Pools:
        """Connections that are opened once, whoever asks first."""
        async with asyncio.timeout(CONNECT_S), self._opening:
            if self._pools is None:
                writing = await self._open(WRITERS)
                with _closed_on_error(writing):
                    self._pools = _Pools(writing, await self._open(self._connections - WRITERS))
            return self._pools

    async def _open(self, connections: int) -> asyncpg.Pool:
        """Connect, and refuse what is not safe."""
        pool = await asyncpg.create_pool(
            self._url,
            timeout=CONNECT_S,
            min_size=1,
            max_size=connections,
            command_timeout=PATIENCE_S,
            reset=_keep,
            server_settings={
                "synchronous_commit": "on",
                "lock_timeout": str(LOCK_MS),
                "idle_in_transaction_session_timeout": str(IDLE_MS),
            },
        )
        with _closed_on_error(pool):
            async with pool.acquire() as db:
                role = await db.fetchrow(CHECK_ROLE)
            unsafe = role["ignores_security"] or role["can_change"] or role["synchronous_commit"] != "on"
            if self._check_role and unsafe:
                raise ConfigurationError(
                    f"The journal is connected as {role['name']!r}, which can change the log or ignore row-level "
                    f"security (synchronous_commit={role['synchronous_commit']}). Connect as peil_journal."
                )
        return pool


class _Pools(NamedTuple):
    """Connections that append, and others, so that those who come in (and read) do not slow those who work."""

    writing: asyncpg.Pool
    reading: asyncpg.Pool


@contextmanager
def _closed_on_error(pool: asyncpg.Pool) -> Iterator[None]:
    """Leave no connection behind when what follows fails; at once, for the server may not answer any more."""
    try:
        yield
    except BaseException:
        pool.terminate()
        raise


async def _keep(_db: asyncpg.Connection) -> None:
    """Give a connection back without a question to the server: nothing here changes its settings."""


@contextmanager
def _our_errors() -> Iterator[None]:
    """The driver's errors become ours."""
    try:
        yield
    except TROUBLE as error:
        if getattr(error, "severity_en", None) == UNDONE:
            raise NotStoredError(f"PostgreSQL journal: {error}. Nothing is stored. Try again.") from error
        raise JournalError(
            f"PostgreSQL journal: {error or type(error).__name__}. Check that the server runs."
        ) from error


async def _insert(db: asyncpg.Connection, batch: Sequence[Append], entries: Sequence[Entry]) -> list[bool]:
    """Insert the entries of a batch, and say which of its appends are in."""
    stored = await db.fetch(INSERT, *_event_columns(entries), *_answer_columns(entries))
    if len(stored) == len(entries):
        return [True] * len(batch)
    return which_are_whole(batch, {tuple(row) for row in stored})


def _event_columns(entries: Sequence[Entry]) -> list[list[object]]:
    """One list a column."""
    events = [entry.event for entry in entries]
    names = ("school_id", "sitting_id", "event_number", "kind", "schema_version", "payload", "digest")
    return [[getattr(event, name) for event in events] for name in names]


def _answer_columns(entries: Sequence[Entry]) -> list[list[object]]:
    """One list a column, for the entries that hold an answer."""
    rows = [(*key_of(entry), a.position, a.revision, a.body_hash) for entry in entries if (a := entry.answer)]
    return [list(column) for column in zip(*rows, strict=True)] or [[]] * N_ANSWER_COLUMNS
