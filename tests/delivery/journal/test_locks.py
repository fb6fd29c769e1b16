"""Rows of the log that another worker holds: who waits for them, for how long, and who does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
import psycopg
import pytest

from delivery.errors import LostRaceError, NotStoredError
from delivery.journal import Entry, PostgresJournal
from delivery.journal import postgres as postgres_journal
from tests.delivery.delivery_world import World, as_role
from tests.delivery.journal.test_journal import entry
from tests.delivery.journal.watched import outcomes, some_places

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.fault]

COLUMNS = ("school_id", "sitting_id", "event_number", "kind", "schema_version", "payload", "digest")
HOLD = f"INSERT INTO delivery_event ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"


@contextmanager
def held(world: World, entries: Sequence[Entry]) -> Iterator[None]:
    """Another worker has inserted these, and commits when this ends."""
    with psycopg.connect(as_role(str(world.journal_address), "peil_journal")) as other:
        for each in entries:
            other.execute(HOLD.encode(), [getattr(each.event, column) for column in COLUMNS])
        yield


async def test_five_rows_that_another_worker_holds_delay_the_rest_of_the_batch_and_fail_none_of_it(
    postgres_world: World,
) -> None:
    journal = postgres_world.open_journal()
    entries = [entry(place, 1) for place in some_places(postgres_world)]
    with held(postgres_world, entries[:5]):
        tries = [journal.append([each]) for each in entries]
        assert await outcomes(*tries) == [NotStoredError] * 5 + [None] * 3
    assert await outcomes(*(journal.append([each]) for each in entries[:5])) == [LostRaceError] * 5
    await journal.close()


async def test_a_worker_that_stalls_within_its_transaction_loses_it_and_holds_no_row_for_longer(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_journal, "IDLE_MS", 100)
    monkeypatch.setattr(postgres_journal, "LOCK_MS", 2_000)
    stalled, other = postgres_world.open_journal(), postgres_world.open_journal()
    assert isinstance(stalled, PostgresJournal)
    room = [entry(place, 1) for place in some_places(postgres_world)[:2]]
    pools = await stalled._opened()
    async with pools.writing.acquire() as db:
        await db.execute("BEGIN")
        assert await postgres_journal._insert(db, [room], room) == [True]
        assert await outcomes(other.append([room[0]])) == [None]
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await db.execute("COMMIT")
    assert await outcomes(stalled.append(room), stalled.append([room[1]])) == [LostRaceError, None]
    await stalled.close()
    await other.close()
