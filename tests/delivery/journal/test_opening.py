"""Opening a journal: what cannot be opened whole is closed again, and can be tried anew as often as one likes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from delivery.errors import ConfigurationError, JournalError
from delivery.journal import PostgresJournal, SqliteJournal
from tests.delivery.delivery_world import World, as_role

pytestmark = [pytest.mark.anyio, pytest.mark.fault]


@pytest.fixture
def superuser(postgres_world: World) -> Iterator[psycopg.Connection]:
    with psycopg.connect(as_role(str(postgres_world.journal_address), "postgres"), autocommit=True) as db:
        yield db


@pytest.fixture
def role(superuser: psycopg.Connection) -> Iterator[str]:
    """A role that may do what peil_journal may, on one connection at a time."""
    name = f"peil_journal_{uuid4().hex}"
    superuser.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 1 IN ROLE peil_journal".encode())
    yield name
    superuser.execute(f"DROP OWNED BY {name}".encode())  # what a test granted
    superuser.execute(f"DROP ROLE {name}".encode())


async def let_go(superuser: psycopg.Connection, role: str) -> bool:
    """Whether a role has no connection any more, or has none soon: the server needs a moment to see it go."""
    for _ in range(40):
        if superuser.execute("SELECT FROM pg_stat_activity WHERE usename = %s", [role]).fetchone() is None:
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.postgres
async def test_connections_are_given_back_when_a_later_one_is_refused(
    postgres_world: World, superuser: psycopg.Connection, role: str
) -> None:
    journal = PostgresJournal(as_role(str(postgres_world.journal_address), role))
    for _ in range(2):
        with pytest.raises(JournalError, match="too many connections"):
            await journal.open()
        assert await let_go(superuser, role)
    superuser.execute(f"ALTER ROLE {role} CONNECTION LIMIT 2".encode())
    await journal.open()
    await journal.close()
    assert await let_go(superuser, role)


@pytest.mark.postgres
async def test_connections_are_given_back_when_the_role_cannot_be_checked_or_is_refused(
    postgres_world: World, superuser: psycopg.Connection, role: str
) -> None:
    address = as_role(str(postgres_world.journal_address), role)
    superuser.execute("ALTER TABLE delivery_event RENAME TO elsewhere")
    with pytest.raises(JournalError, match="does not exist"):
        await PostgresJournal(address).open()
    assert await let_go(superuser, role)
    superuser.execute("ALTER TABLE elsewhere RENAME TO delivery_event")
    superuser.execute(f"GRANT UPDATE ON delivery_event TO {role}".encode())
    with pytest.raises(ConfigurationError, match="can change the log"):
        await PostgresJournal(address).open()
    assert await let_go(superuser, role)


def test_a_file_that_is_no_database_is_closed_again(tmp_path: Path) -> None:
    file = tmp_path / "peil.sqlite"
    file.write_bytes(b"no database" * 500)
    with pytest.raises(sqlite3.DatabaseError, match="not a database") as caught:
        SqliteJournal(file)
    assert caught.value.__traceback__ is not None  # what it holds is not collected yet, so it was closed on purpose
    names = [link.resolve().name for link in Path("/proc/self/fd").iterdir()]
    assert [name for name in names if name.startswith(file.name)] == []
