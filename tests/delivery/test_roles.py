"""PostgreSQL's roles: what each may do, what it may see, and the controls that show why."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from delivery.errors import ConfigurationError
from delivery.isolation import in_school
from delivery.journal import FIRST_DIGEST, Entry, Event, PostgresJournal, chain_digest
from tests.delivery.delivery_world import Site, World, as_role, make_site

if TYPE_CHECKING:
    from loadtest.postgres import PostgresServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

ROLES = ("peil_owner", "peil_web", "peil_journal", "peil_archive")
LOG = ("delivery_event", "delivery_answer")
GUARDED = (
    *LOG,
    "delivery_administration",
    "delivery_try",
    "delivery_waiting",
    "delivery_reassignment",
    "delivery_sitting",
    "delivery_seat",
    "delivery_sitting_key",
    "delivery_draft",
    "delivery_contact",
    "delivery_signature",
    "delivery_class",
    "delivery_pupil",
    "delivery_enrolment",
    "delivery_accommodation",
)


@pytest.fixture
async def site_with_an_answer(postgres_world: World) -> Any:
    journal = postgres_world.open_journal()
    site = make_site(postgres_world, journal)
    laptop = await site.laptop()
    await laptop.answer()
    yield site
    await site.close()
    await journal.close()


def test_no_role_is_superuser_or_ignores_row_level_security(delivery_database: str) -> None:
    with psycopg.connect(delivery_database) as db:
        rows = db.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
        assert sorted(rows.fetchall()) == sorted((role, False, False) for role in ROLES)


def test_row_level_security_is_forced_where_a_school_has_rows(delivery_database: str) -> None:
    with psycopg.connect(delivery_database) as db:
        forced = db.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity").fetchall()
    assert {name for (name,) in forced} >= set(GUARDED)


def refused(url: str, role: str, statement: str) -> None:
    """Assert that a role may not do this."""
    with (
        psycopg.connect(as_role(url, role)) as db,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"permission denied"),
    ):
        db.execute(statement.encode())


@pytest.mark.parametrize("role", ["peil_web", "peil_journal", "peil_archive"])
def test_no_role_of_the_application_can_change_the_log(delivery_database: str, role: str) -> None:
    for table in LOG:
        for change in (f"UPDATE {table} SET event_number = 9", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            refused(delivery_database, role, change)


def test_only_the_journal_writes_events_and_it_sees_nothing_else(delivery_database: str) -> None:
    for table in LOG:
        refused(delivery_database, "peil_web", f"INSERT INTO {table} DEFAULT VALUES")
        refused(delivery_database, "peil_archive", f"INSERT INTO {table} DEFAULT VALUES")
    for table in set(GUARDED) - set(LOG):
        refused(delivery_database, "peil_journal", f"SELECT 1 FROM {table}")


async def test_the_web_role_sees_one_school_or_nothing(site_with_an_answer: Site) -> None:
    world = site_with_an_answer.world
    own, other = world.rooms[0].school_id, world.rooms[1].school_id
    for table in GUARDED:
        everything = text(f"SELECT count(*) FROM {table}")
        foreign = text(f"SELECT count(*) FROM {table} WHERE school_id <> :own")
        with Session(world.database) as db:
            assert db.execute(everything).scalar() == 0  # no school was set
            in_school(db, own)
            assert db.execute(foreign, {"own": own}).scalar() == 0
    with Session(world.database) as db:
        in_school(db, own)
        assert (
            db.execute(text("SELECT count(*) FROM delivery_event")).scalar() == 7
        )  # opened twice (2 × 2), then claimed, offered, answered
        in_school(db, other)
        assert db.execute(text("SELECT count(*) FROM delivery_event")).scalar() == 0


async def test_the_web_role_cannot_write_another_schools_row(site_with_an_answer: Site) -> None:
    world = site_with_an_answer.world
    with Session(world.database) as db:
        in_school(db, world.rooms[0].school_id)
        row = {"school": world.rooms[1].school_id, "id": uuid4()}
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.execute(text("INSERT INTO delivery_class VALUES (:school, :id, 'x', 'x')"), row)


async def test_control_a_superuser_ignores_row_level_security(
    delivery_database: str, site_with_an_answer: Site
) -> None:
    """Why the tests above must connect as the application's roles: with a superuser they would be green for nothing."""
    assert site_with_an_answer.world.name == "postgresql"
    with psycopg.connect(delivery_database) as db:
        db.execute("SELECT set_config('peil.school', %s, false)", [str(uuid4())])
        seen = db.execute("SELECT count(DISTINCT school_id) FROM delivery_seat").fetchone()
    assert seen == (2,)


@pytest.mark.parametrize("role", ["postgres", "peil_owner"])
async def test_the_journal_refuses_a_role_that_could_change_the_log(delivery_database: str, role: str) -> None:
    journal = PostgresJournal(as_role(delivery_database, role))
    with pytest.raises(ConfigurationError, match="Connect as peil_journal"):
        await journal.load(uuid4(), uuid4())


def _entry(place: tuple[UUID, UUID], number: int) -> Entry:
    digest = chain_digest(FIRST_DIGEST, *place, number, "help", 1, b"{}")
    return Entry(Event(*place, number, "help", 1, b"{}", digest))


LOG_WITHOUT_ROOMS = """
CREATE TABLE delivery_answer (school_id uuid, sitting_id uuid, position int, revision int, event_number int,
    body_hash bytea);
CREATE TABLE delivery_event (school_id uuid, sitting_id uuid, event_number int, kind text, schema_version int,
    payload bytea, digest bytea, recorded_at timestamptz DEFAULT now(),
    PRIMARY KEY (school_id, sitting_id, event_number))
"""


async def _acknowledged_before_a_crash(server: PostgresServer, journal: PostgresJournal) -> tuple[int, int]:
    """Append events, stop the database as a crash would, start it: how many were acknowledged, how many are there."""
    place = (uuid4(), uuid4())
    for number in range(1, 21):
        await journal.append([_entry(place, number)])
    await asyncio.to_thread(server.stop, "immediate")
    await asyncio.to_thread(server.start)
    db = await asyncpg.connect(server.superuser_url)
    found = await db.fetchval("SELECT count(*) FROM delivery_event")
    await db.close()
    return 20, int(found)


@pytest.mark.fault
@pytest.mark.parametrize("commit", ["on", "off"])
async def test_an_acknowledged_event_survives_a_crash_and_control_without_synchronous_commit_it_does_not(
    postgres_server: PostgresServer, commit: str
) -> None:
    with psycopg.connect(postgres_server.superuser_url, autocommit=True) as db:
        db.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")  # so that the control is red every time
        db.execute("SELECT pg_reload_conf()")
        db.execute(LOG_WITHOUT_ROOMS)
        db.execute("CHECKPOINT")
    journal = SlackJournal(postgres_server.superuser_url, commit)
    acknowledged, found = await _acknowledged_before_a_crash(postgres_server, journal)
    await journal.close()
    if commit == "on":
        assert found == acknowledged
    else:
        assert found < acknowledged


class SlackJournal(PostgresJournal):
    """Sabotage: a journal that may be told not to wait for the disk, and that does not mind who it is."""

    def __init__(self, url: str, commit: str) -> None:
        super().__init__(url, check_role=False)
        self._commit = commit

    async def _open(self, connections: int) -> asyncpg.Pool:
        """Connect with the setting of the test."""
        settings = {"synchronous_commit": self._commit}
        return await asyncpg.create_pool(self._url, min_size=1, max_size=connections, server_settings=settings)
