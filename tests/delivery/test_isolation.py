"""The wall between schools on PostgreSQL: every table with a school, whoever's table it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from delivery.isolation import in_school
from delivery.people import StaffRole, add_staff, find_staff, list_schools, load_staff
from tests.delivery.delivery_world import World, as_role, make_site

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

# Of the tables with a school, what a pupil who answered one item leaves no row in.
REST = """
INSERT INTO delivery_draft SELECT school_id, sitting_id, 1, 'T00@1', ''::bytea FROM delivery_sitting_key
    ON CONFLICT DO NOTHING;
INSERT INTO delivery_contact SELECT school_id, sitting_id, now(), now() FROM delivery_sitting ON CONFLICT DO NOTHING;
INSERT INTO delivery_signature SELECT school_id, administration_id, 1, gen_random_uuid(), '', '{}', now()
    FROM delivery_administration;
INSERT INTO delivery_waiting SELECT school_id, sitting_id, ''::bytea, 100, now() FROM delivery_sitting;
INSERT INTO delivery_reassignment SELECT school_id, gen_random_uuid(), sitting_id, 'x', 'x' FROM delivery_sitting;
INSERT INTO delivery_staff SELECT gen_random_uuid(), sourced_id || '@example.org', 'x', 'x', 'proctor', school_id
    FROM delivery_school;
INSERT INTO scoring_wave SELECT 'wave of ' || sourced_id, 1, true FROM delivery_school;
INSERT INTO scoring_score SELECT 'wave of ' || sourced_id, 1, gen_random_uuid(), sourced_id, 'c', 'p', 't', 0, 1, 50, 1,
    'x', 6, 'c', 'a', true FROM delivery_school;
"""
TABLES = text(
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
    "AND (table_name LIKE 'delivery%' OR table_name LIKE 'scoring%') AND column_name IN ('school_id', 'school')"
)
N_TABLES = 20  # 19 of delivery, 1 of scoring: so that the list is not empty by mistake


@pytest.fixture
async def full_world(postgres_world: World, delivery_database: str) -> AsyncIterator[World]:
    """Both schools have rows in every table with a school."""
    journal = postgres_world.open_journal()
    site = make_site(postgres_world, journal)
    for room in (0, 1):
        await (await site.laptop(room=room)).answer()
    with psycopg.connect(delivery_database) as db:
        db.execute(REST)
    yield postgres_world
    await site.close()
    await journal.close()


@pytest.fixture
def superuser(delivery_database: str) -> Iterator[Engine]:
    """The role that row-level security does not bind."""
    database = create_engine(make_url(delivery_database).set(drivername="postgresql+psycopg"))
    yield database
    database.dispose()


def foreign_rows(database: Engine, tables: Engine, school_id: UUID, sourced_id: str) -> dict[str, int]:
    """Rows of other schools that a transaction of this school sees, by table."""
    with Session(tables) as db:
        columns = [tuple(row) for row in db.execute(TABLES)]
    assert len(columns) == N_TABLES
    found = {}
    with Session(database) as db:
        in_school(db, school_id)
        for table, column in columns:
            own = school_id if column == "school_id" else sourced_id
            query = text(f"SELECT count(*) FROM {table} WHERE {column} <> :own")
            found[table] = db.execute(query, {"own": own}).scalar_one()
    return found


def own_rows(database: Engine, tables: Engine, school_id: UUID) -> dict[str, int]:
    """All rows that a transaction of this school sees, by table."""
    with Session(tables) as db:
        names = [table for table, _ in db.execute(TABLES)]
    with Session(database) as db:
        in_school(db, school_id)
        return {table: db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in names}


async def test_a_school_sees_its_own_rows_of_every_table_and_no_others(full_world: World, superuser: Engine) -> None:
    for number, room in enumerate(full_world.rooms):
        seen = foreign_rows(full_world.database, superuser, room.school_id, f"s{number}")
        assert seen == dict.fromkeys(seen, 0)
        assert all(own_rows(full_world.database, superuser, room.school_id).values())


async def test_control_a_superuser_sees_the_other_school_in_every_table(full_world: World, superuser: Engine) -> None:
    """Without this the test above could be green because the other school has no rows."""
    seen = foreign_rows(superuser, superuser, full_world.rooms[0].school_id, "s0")
    assert all(seen.values())


async def test_control_without_row_level_security_the_web_role_sees_the_other_school(
    full_world: World, superuser: Engine
) -> None:
    with Session(superuser) as db, db.begin():
        for table, _ in db.execute(TABLES).all():
            db.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
    seen = foreign_rows(full_world.database, superuser, full_world.rooms[0].school_id, "s0")
    assert all(seen.values())


async def test_a_school_sees_the_waves_in_which_it_has_scores(full_world: World) -> None:
    waves = text("SELECT wave FROM scoring_wave")
    with Session(full_world.database) as db:
        assert db.execute(waves).all() == []  # no school was set
        in_school(db, full_world.rooms[1].school_id)
        assert db.execute(waves).scalars().all() == ["wave of s1"]
    with Session(full_world.owner) as db:  # scores whole waves
        assert len(db.execute(waves).all()) == 2


async def test_without_a_school_no_score_and_no_pupil_is_visible(full_world: World) -> None:
    with Session(full_world.database) as db:
        for table in ("scoring_score", "delivery_pupil", "delivery_seat", "delivery_event"):
            assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


async def test_staff_sign_in_before_a_school_is_known_and_schools_can_be_listed_at_any_time(full_world: World) -> None:
    own = full_world.rooms[0].school_id
    with Session(full_world.owner) as db, db.begin():
        add_staff(db, "psy@example.org", "x", StaffRole.PSYCHOMETRICIAN, None)
    with Session(full_world.database) as db:
        found = find_staff(db, "s1@example.org")
        assert found is not None
        in_school(db, own)
        assert find_staff(db, "s1@example.org") is None
        assert find_staff(db, "psy@example.org") is not None
        assert len(list_schools(db)) == 2
        assert load_staff(db, found[0].staff_id) == found[0]  # listing the schools took the own one back


@contextmanager
def refused() -> Iterator[Any]:
    """Assert that PostgreSQL says no."""
    with pytest.raises(ProgrammingError, match=r"permission denied|row-level security"):
        yield


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO delivery_staff VALUES (:new, 'new@example.org', 'x', 'x', 'ministry', NULL)",
        "UPDATE delivery_staff SET password_hash = 'x'",
        "DELETE FROM delivery_staff",
        "INSERT INTO delivery_school VALUES (:new, 'new', 'new')",
        "UPDATE delivery_school SET name = 'x'",
        "UPDATE delivery_room_code SET administration_id = :new",
        "DELETE FROM delivery_room_code",
        "INSERT INTO delivery_room_code VALUES (''::bytea, :other, :new)",
        "INSERT INTO delivery_try VALUES (:other, :new, ''::bytea, 1, false, now())",
        "UPDATE scoring_score SET scale_score = 99",
        "INSERT INTO scoring_wave VALUES ('x', 1, true)",
        "SELECT * FROM peil_key_fingerprint",
    ],
)
async def test_the_web_role_makes_no_accounts_schools_or_scores_and_no_code_for_another_school(
    full_world: World, statement: str
) -> None:
    with Session(full_world.database) as db:
        in_school(db, full_world.rooms[0].school_id)
        with refused():
            db.execute(text(statement), {"new": uuid4(), "other": full_world.rooms[1].school_id})


@pytest.mark.parametrize("table", ["delivery_staff", "delivery_room_code", "delivery_try", "scoring_score"])
def test_erasure_cannot_read_what_it_does_not_need(delivery_database: str, table: str) -> None:
    with (
        psycopg.connect(as_role(delivery_database, "peil_archive")) as db,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"),
    ):
        db.execute(f"SELECT 1 FROM {table}".encode())
