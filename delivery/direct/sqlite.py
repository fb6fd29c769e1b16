"""Single statements on SQLite: reading at once, for nothing keeps a reader waiting; writing in a thread."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from delivery.direct.interface import Row
from delivery.errors import ConstraintError, UnreachableError

BUSY_MS = 10_000
PLACEHOLDER = re.compile(r"\$(\d+)")
INSTANT = "%Y-%m-%d %H:%M:%S.%f"  # as SQLAlchemy writes and reads it


class SqliteDirect:
    """Statements in the SQLite file ``path``; there are no roles, so every statement names its school."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading: sqlite3.Connection | None = None
        self._writing: sqlite3.Connection | None = None
        self._writer = ThreadPoolExecutor(1, "peil-direct-writer")

    async def fetch(self, school_id: UUID | None, sql: str, *values: object) -> Sequence[Row]:  # noqa: ARG002 -- SQLite has no row-level security
        """Rows of a statement (see `Direct.fetch`)."""
        with _our_errors():
            if self._reading is None:
                self._reading = _connect(self._path)
                self._reading.execute("PRAGMA query_only=ON")
            rows: Sequence[Row] = self._reading.execute(_numbered(sql), _columns(values)).fetchall()
            return rows

    async def write(self, school_id: UUID, sql: str, rows: Sequence[Sequence[object]]) -> None:  # noqa: ARG002 -- as above
        """Carry out a statement for each row (see `Direct.write`)."""
        with _our_errors():
            await asyncio.get_running_loop().run_in_executor(self._writer, self._write, sql, rows)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.to_thread(self._writer.shutdown)
        for db in (self._reading, self._writing):
            if db is not None:
                db.close()
        self._reading = self._writing = None

    def _write(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """One transaction, in the writer thread."""
        if self._writing is None:
            self._writing = _connect(self._path)
        db = self._writing
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany(_numbered(sql), [_columns(row) for row in rows])
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:  # SQLite may have rolled back by itself (disk full)
                db.execute("ROLLBACK")
            raise


@lru_cache
def _numbered(sql: str) -> str:
    """The statement with placeholders as SQLite numbers them."""
    return PLACEHOLDER.sub(r"?\1", sql)


def _columns(values: Sequence[object]) -> tuple[object, ...]:
    """Values as SQLAlchemy stores them in SQLite."""
    return tuple(map(_column, values))


def _column(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    return value.astimezone(UTC).strftime(INSTANT) if isinstance(value, datetime) else value


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file; a commit means on disk."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")
    return db


@contextmanager
def _our_errors() -> Iterator[None]:
    """SQLite's errors become ours."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ConstraintError(f"SQLite refused a row: {error}") from error
    except (sqlite3.Error, RuntimeError) as error:  # RuntimeError: it was closed
        raise UnreachableError(f"SQLite: {error}. Check the disk, then restart.") from error
