"""Fixtures of delivery's tests: a world on SQLite or on PostgreSQL, and one worker over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from itembank import CompiledBank
from tests.delivery import delivery_world as helpers
from tests.delivery.delivery_world import Site, World


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def bank() -> CompiledBank:
    return helpers.make_bank()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return helpers.make_sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def sqlite_world(tmp_path: Path, sqlite_template: Path, bank: CompiledBank) -> Iterator[World]:
    """World in a SQLite file."""
    world = helpers.sqlite_world(tmp_path, sqlite_template, bank)
    world.prepare()
    yield world
    world.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_dsn: str) -> Iterator[str]:
    """Name of a migrated PostgreSQL database without any rows."""
    name = f"peil_template_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_dsn, autocommit=True) as db:
        db.execute(f'CREATE DATABASE "{name}"'.encode())
    helpers.make_postgres_template(postgres_dsn.rsplit("/", 1)[0] + "/" + name)
    yield name
    with psycopg.connect(postgres_dsn, autocommit=True) as db:
        db.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def delivery_database(postgres_dsn: str, postgres_template: str) -> Iterator[str]:
    """Superuser address of a migrated PostgreSQL database of the test's own."""
    name = f"peil_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_dsn, autocommit=True) as db:
        db.execute(f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}" OWNER peil_owner'.encode())
    yield postgres_dsn.rsplit("/", 1)[0] + "/" + name
    with psycopg.connect(postgres_dsn, autocommit=True) as db:
        db.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def postgres_world(delivery_database: str, bank: CompiledBank) -> Iterator[World]:
    """World in a PostgreSQL database, through the application's own roles."""
    world = helpers.postgres_world(delivery_database, bank)
    world.prepare()
    yield world
    world.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def world(request: pytest.FixtureRequest) -> World:
    """The same world on both databases."""
    name = "sqlite_world" if request.param == "sqlite" else "postgres_world"
    made: World = request.getfixturevalue(name)
    return made


@pytest.fixture
async def site(world: World) -> AsyncIterator[Site]:
    """One worker over the world, on both databases."""
    journal = world.open_journal()
    made = helpers.make_site(world, journal)
    yield made
    await made.close()
    await world.stop()
    await journal.close()


@pytest.fixture
async def sqlite_site(sqlite_world: World) -> AsyncIterator[Site]:
    """One worker over the world on SQLite, for what does not depend on the database."""
    journal = sqlite_world.open_journal()
    made = helpers.make_site(sqlite_world, journal)
    yield made
    await made.close()
    await sqlite_world.stop()
    await journal.close()
