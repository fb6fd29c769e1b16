"""Single statements on PostgreSQL, as the role that row-level security binds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg

from delivery.direct.interface import Row
from delivery.errors import ConstraintError, UnreachableError
from delivery.isolation import SCHOOL_SETTING

MOST_CONNECTIONS = 4
PATIENCE_S = 10.0  # a laptop tries again sooner
CONNECT_S = 5.0  # a server that takes no connection by then is not there
SET_SCHOOL = f"SELECT set_config('{SCHOOL_SETTING}', $1, false)"
TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)


class _Line:
    """A connection, and the school whose rows it sees ("" before one is known)."""

    def __init__(self, db: asyncpg.Connection) -> None:
        self.db = db
        self.school = ""

    async def turn_to(self, school: str) -> None:
        """See the rows of a school, and no other's, until somebody asks for another one."""
        if self.school != school:
            self.school = "unknown"  # no school has this name: whatever happens now, nobody takes it for theirs
            await self.db.fetch(SET_SCHOOL, school)
            self.school = school


class PostgresDirect:
    """Statements in a PostgreSQL database, on connections that are nobody else's.

    Nothing is done on a connection before its school is the right one; the school stays set, so that pupils of one
    school in a row cost one statement each.

    Parameters
    ----------
    url
        Address as the role *peil_web*.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._places = asyncio.Semaphore(MOST_CONNECTIONS)
        self._free: list[_Line] = []

    async def fetch(self, school_id: UUID | None, sql: str, *values: object) -> Sequence[Row]:
        """Rows of a statement (see `Direct.fetch`)."""
        async with self._line(school_id) as db:
            rows: Sequence[Row] = await db.fetch(sql, *values)
            return rows

    async def write(self, school_id: UUID, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Carry out a statement for each row (see `Direct.write`)."""
        async with self._line(school_id) as db:
            await db.executemany(sql, rows)

    async def close(self) -> None:
        """Close the connections; whoever still has one gives it back closed."""
        while self._free:
            await self._free.pop().db.close()

    @asynccontextmanager
    async def _line(self, school_id: UUID | None) -> AsyncIterator[asyncpg.Connection]:
        """A connection that sees this school's rows; the driver's errors become ours."""
        school = "" if school_id is None else str(school_id)
        try:
            async with self._places:
                line = self._take(school) or await self._connect()
                try:
                    await line.turn_to(school)
                    yield line.db
                finally:
                    if not line.db.is_closed():
                        self._free.append(line)
        except asyncpg.IntegrityConstraintViolationError as error:
            raise ConstraintError(f"PostgreSQL refused a row: {type(error).__name__}") from error
        except TROUBLE as error:
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise UnreachableError(f"PostgreSQL: {reason}. Check that the server runs.") from error

    def _take(self, school: str) -> _Line | None:
        """A free connection, if there is one; best one that has the school already."""
        while self._free:
            place = next((place for place, line in enumerate(self._free) if line.school == school), -1)
            line = self._free.pop(place)
            if not line.db.is_closed():
                return line
        return None

    async def _connect(self) -> _Line:
        """One more connection."""
        return _Line(await asyncpg.connect(self._url, timeout=CONNECT_S, command_timeout=PATIENCE_S))
