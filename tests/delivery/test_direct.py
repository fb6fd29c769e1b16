"""Single statements on the management database: alike on both, on PostgreSQL behind the walls between schools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest

from delivery.direct import Direct, PostgresDirect, as_instant, as_uuid, open_direct
from delivery.direct.postgres import MOST_CONNECTIONS
from delivery.errors import ConstraintError, UnreachableError
from delivery.rooms.entry import MARK_DENIED
from delivery.sittings.drafts import UPSERT
from tests.delivery.delivery_world import World, as_role

pytestmark = pytest.mark.anyio
SEATS = "SELECT sitting_id, school_id FROM delivery_seat"
WHEN_DENIED = "SELECT denied_at FROM delivery_seat WHERE school_id = $1 AND sitting_id = $2"
OWN_SEATS = f"{SEATS} WHERE school_id = $1 ORDER BY sitting_id"


@pytest.fixture
async def direct(world: World) -> AsyncIterator[Direct]:
    """The world's database."""
    made = open_direct(world.database)
    yield made
    await made.close()


async def seats(direct: Direct, school_id: UUID) -> list[UUID]:
    """Sittings of a school's seats."""
    return [as_uuid(sitting) for sitting, _ in await direct.fetch(school_id, OWN_SEATS, school_id)]


async def test_what_is_written_comes_back_as_it_was(world: World, direct: Direct) -> None:
    school = world.rooms[0].school_id
    sitting = (await seats(direct, school))[0]
    at = datetime(2026, 11, 30, 8, 30, 15, 123_000, tzinfo=UTC)
    for value in (at, None):
        await direct.write(school, MARK_DENIED, [(school, sitting, value)])
        ((found,),) = await direct.fetch(school, WHEN_DENIED, school, sitting)
        assert (found and as_instant(found)) == value


async def test_a_row_without_what_it_refers_to_is_refused_and_takes_the_others_along(
    world: World, direct: Direct
) -> None:
    school = world.rooms[0].school_id
    sitting = (await seats(direct, school))[0]
    with pytest.raises(ConstraintError):
        await direct.write(school, UPSERT, [(school, each, 1, "T00@1", b"x") for each in (sitting, uuid4())])
    drafts = "SELECT position FROM delivery_draft WHERE school_id = $1"
    assert list(await direct.fetch(school, drafts, school)) == []
    await direct.write(school, UPSERT, [(school, sitting, 1, "T00@1", b"x")])
    assert [tuple(row) for row in await direct.fetch(school, drafts, school)] == [(1,)]


async def test_what_the_database_cannot_do_is_an_error_of_ours_and_the_next_statement_works(
    world: World, direct: Direct
) -> None:
    school = world.rooms[0].school_id
    with pytest.raises(UnreachableError):
        await direct.fetch(school, "SELECT nothing FROM nowhere")
    with pytest.raises(UnreachableError):
        await direct.write(school, "UPDATE nowhere SET nothing = $1", [(1,)])
    assert len(await seats(direct, school)) == 2


@pytest.mark.postgres
async def test_schools_that_take_turns_on_few_connections_see_their_own_rows_only(postgres_world: World) -> None:
    """No statement here names a school: only what its connection was turned to decides what it sees."""
    direct = open_direct(postgres_world.database)
    schools = [room.school_id for room in postgres_world.rooms]

    async def look(school: UUID | None) -> None:
        rows = await direct.fetch(school, SEATS)
        assert {seen for _, seen in rows} == ({school} if school else set())
        assert len(rows) == (2 if school else 0)

    askers = [schools[0], schools[1], None] * 2 * MOST_CONNECTIONS
    for _ in range(5):
        await asyncio.gather(*(look(school) for school in askers))
    await direct.close()


@pytest.mark.postgres
async def test_who_goes_away_in_the_middle_leaves_no_connection_that_sees_another_school(postgres_world: World) -> None:
    direct = open_direct(postgres_world.database)
    own, other = (room.school_id for room in postgres_world.rooms)
    await direct.fetch(own, SEATS)
    for ticks in range(12):
        leaving = asyncio.create_task(direct.fetch(other, SEATS))
        for _ in range(ticks):
            await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        for school in (own, other):
            assert {seen for _, seen in await direct.fetch(school, SEATS)} == {school}
    await direct.close()


@pytest.mark.postgres
async def test_control_a_role_that_the_walls_do_not_bind_sees_both_schools(
    postgres_world: World, delivery_database: str
) -> None:
    direct = PostgresDirect(delivery_database)
    rows = await direct.fetch(postgres_world.rooms[0].school_id, SEATS)
    assert {school for _, school in rows} == {room.school_id for room in postgres_world.rooms}
    await direct.close()


@pytest.mark.postgres
async def test_connections_that_the_server_ended_are_replaced(postgres_world: World, delivery_database: str) -> None:
    direct = PostgresDirect(as_role(delivery_database, "peil_web"))
    school = postgres_world.rooms[0].school_id
    await asyncio.gather(*(direct.fetch(school, SEATS) for _ in range(MOST_CONNECTIONS)))
    with psycopg.connect(delivery_database, autocommit=True) as db:
        db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'peil_web'")
    for _ in range(MOST_CONNECTIONS):  # each may be found dead only when it is used
        await asyncio.gather(direct.fetch(school, SEATS), return_exceptions=True)
    assert len(await direct.fetch(school, SEATS)) == 2
    await direct.close()
