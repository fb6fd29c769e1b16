"""The journal in one SQLite file: one process, one writer thread, every commit on disk before it counts."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, TypeVar
from uuid import UUID

from delivery.errors import ConfigurationError, JournalError, NotStoredError
from delivery.journal.grouping import Append, GroupCommit, key_of, which_are_whole
from delivery.journal.values import Entry, Event

T = TypeVar("T")

BUSY_MS = 10_000
FULL = 2  # value of PRAGMA synchronous
NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"  # the database's clock, in the form that SQLAlchemy reads
INSERT_EVENT = (
    "INSERT INTO delivery_event"
    " (school_id, sitting_id, event_number, kind, schema_version, payload, digest, recorded_at)"
    f" VALUES (?, ?, ?, ?, ?, ?, ?, {NOW}) ON CONFLICT DO NOTHING"
)
KEY_EXISTS = "delivery_event is append-only: the key exists"  # what the trigger of the migration says
INSERT_ANSWER = (
    "INSERT INTO delivery_answer (school_id, sitting_id, position, revision, event_number, body_hash)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
SELECT_EVENTS = (
    "SELECT event_number, kind, schema_version, payload, digest FROM delivery_event"
    " WHERE school_id = ? AND sitting_id = ? AND event_number > ? ORDER BY event_number"
)


class SqliteJournal:
    """Log in the SQLite file ``path``, whose tables exist already.

    Raises
    ------
    ConfigurationError
        If another process holds the file, or SQLite does not write as safely as we ask.
    """

    def __init__(self, path: Path) -> None:
        self._lock = hold(path)
        self._writer = ThreadPoolExecutor(1, "peil-journal-writer")
        self._reader = ThreadPoolExecutor(1, "peil-journal-reader")
        self._group = GroupCommit(self._store, self.load)
        with ExitStack() as opened:  # what is open already is closed when the next cannot be opened
            opened.callback(self._lock.close)
            self._write_connection = _connect(path)
            opened.callback(self._write_connection.close)
            self._read_connection = _connect(path)
            opened.pop_all()

    async def open(self) -> None:
        """Nothing is left to do: the file was opened and checked when the journal was made (see `Journal.open`)."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Store all entries in one transaction, or none (see `Journal.append`)."""
        await self._group.append(entries)

    async def load(self, school_id: UUID, sitting_id: UUID, after: int = 0) -> list[Event]:
        """Events of a sitting with a number above ``after``, in order (see `Journal.load`)."""
        return await self._in(self._reader, lambda: self._load(school_id, sitting_id, after))

    async def close(self) -> None:
        """Finish what was begun, close the file and let another process have it."""
        await self._group.close()
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._reader.shutdown)
        self._write_connection.close()
        self._read_connection.close()
        self._lock.close()

    async def _in(self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        """Run work in a thread of ours; SQLite's errors become ours."""
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, work)
        except sqlite3.IntegrityError as error:
            raise NotStoredError(f"SQLite journal: {error}.") from error
        except (sqlite3.Error, RuntimeError) as error:  # RuntimeError: the journal was closed
            raise JournalError(f"SQLite journal: {error}. Check the disk, then restart.") from error

    async def _store(self, batch: Sequence[Append]) -> list[bool]:
        """Store appends in one transaction (see `grouping.Store`)."""
        return await self._in(self._writer, lambda: self._write(batch))

    def _write(self, batch: Sequence[Append]) -> list[bool]:
        """One transaction, in the writer thread."""
        db = self._write_connection
        db.execute("BEGIN IMMEDIATE")
        try:
            stored = {key_of(entry) for append in batch for entry in append if _insert(db, entry)}
            whole = which_are_whole(batch, stored)
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite may have rolled back by itself (disk full)
                db.execute("ROLLBACK")
            raise
        return whole

    def _load(self, school_id: UUID, sitting_id: UUID, after: int) -> list[Event]:
        """One query, in the reader thread."""
        rows = self._read_connection.execute(SELECT_EVENTS, (school_id.hex, sitting_id.hex, after))
        return [Event(school_id, sitting_id, *row) for row in rows]


def _insert(db: sqlite3.Connection, entry: Entry) -> bool:
    """One event and its answer's key; False, and nothing, when its number is taken."""
    event, answer = entry.event, entry.answer
    key = (event.school_id.hex, event.sitting_id.hex)
    row = (*key, event.event_number, event.kind, event.schema_version, event.payload, event.digest)
    if not _stored(db, row):
        return False
    if answer is not None:
        place = (answer.position, answer.revision, event.event_number, answer.body_hash)
        db.execute(INSERT_ANSWER, (*key, *place))
    return True


def _stored(db: sqlite3.Connection, row: tuple[object, ...]) -> bool:
    """Insert an event; False when its number is taken."""
    try:
        return db.execute(INSERT_EVENT, row).rowcount == 1
    except sqlite3.IntegrityError as error:
        if KEY_EXISTS not in str(error):
            raise
        return False


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file and assert, on the live connection, that a commit means on disk."""
    if not path.exists():
        raise ConfigurationError(f"{path}: there is no database. Make it with the migrations first.")
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    try:
        _make_safe(db, path)
    except BaseException:
        db.close()
        raise
    return db


def _make_safe(db: sqlite3.Connection, path: Path) -> None:
    """Ask for a commit that means on disk, and refuse a file that cannot give it."""
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    synchronous = db.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or synchronous != FULL:
        raise ConfigurationError(
            f"{path}: SQLite runs with journal_mode={mode}, synchronous={synchronous} instead of wal, {FULL} (full). "
            "Put the file on a local disk."
        )


def hold(path: Path) -> IO[str]:
    """Hold the database's lock file until what is returned is closed; the system lets go when the process dies.

    Raises
    ------
    ConfigurationError
        If another process holds it.
    """
    handle = path.with_name(path.name + ".lock").open("a+")
    try:
        if sys.platform == "win32":
            import msvcrt

            handle.seek(0)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise ConfigurationError(
            f"{path}: another server process uses this database. SQLite allows one; "
            "stop the other, or use PostgreSQL (PEIL_DATABASE_URL) for several."
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle
