"""Group commit on both databases: one commit for all that wait, an outcome of its own for each."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import uuid4

import psycopg
import pytest
from sqlmodel import Session, select

from delivery.errors import JournalError, LostRaceError, NotStoredError
from delivery.isolation import in_school
from delivery.journal import AnswerKey, Entry, PostgresJournal, SqliteJournal, grouping
from delivery.journal import postgres as postgres_journal
from delivery.tables import AnswerRow
from tests.delivery.delivery_world import World, as_role
from tests.delivery.journal.test_journal import entry
from tests.delivery.journal.watched import Place, Watched, outcomes, sittings_of

pytestmark = pytest.mark.anyio


def answer(place: Place, number: int, body: bytes = b"hash") -> Entry:
    """Event with an answer at position 1."""
    return entry(place, number, answer=AnswerKey(1, 0, body))


def answers(world: World, place: Place) -> list[bytes]:
    """Keys of a sitting's answers."""
    with Session(world.owner) as db:
        in_school(db, place[0])
        rows = db.exec(select(AnswerRow).where(AnswerRow.sitting_id == place[1]))
        return [bytes(row.body_hash) for row in rows]


async def test_what_waits_at_one_moment_goes_in_one_commit(world: World, watched: Watched, places: list[Place]) -> None:
    assert await outcomes(*(watched.start(answer(place, 1)) for place in places)) == [None] * 8
    assert watched.sizes == [8]
    for place in places:
        assert (await watched.numbers(place), answers(world, place)) == ([1], [b"hash"])
    if isinstance(world.journal_address, str):
        with psycopg.connect(as_role(world.journal_address, "peil_journal")) as db:
            assert db.execute("SELECT count(DISTINCT xmin::text) FROM delivery_event").fetchone() == (1,)


async def test_a_lone_append_goes_at_once_and_what_comes_meanwhile_goes_in_the_next(
    watched: Watched, places: list[Place]
) -> None:
    first = watched.start(entry(places[0], 1))
    await watched.has_begun.wait()
    rest = [watched.start(entry(place, 1)) for place in places[1:]]
    assert await outcomes(first, *rest) == [None] * 8
    assert watched.sizes == [1, 7]


async def test_in_one_batch_each_has_its_own_outcome(world: World, watched: Watched, places: list[Place]) -> None:
    await watched.journal.append([answer(places[1], 1, b"first")])
    tries = [watched.start(answer(place, 1, b"second")) for place in places[:3]]
    assert await outcomes(*tries) == [None, LostRaceError, None]
    assert watched.sizes == [1, 3]
    assert [answers(world, place) for place in places[:3]] == [[b"second"], [b"first"], [b"second"]]


async def test_an_append_of_several_entries_is_whole_in_a_batch(watched: Watched, places: list[Place]) -> None:
    room = watched.start(*(entry(place, 1) for place in places[:4]))
    assert await outcomes(room, watched.start(entry(places[4], 1))) == [None, None]
    assert watched.sizes == [2]
    assert [await watched.numbers(place) for place in places[:5]] == [[1]] * 5


async def test_an_append_that_would_be_stored_in_part_is_undone_and_the_others_of_its_batch_are_stored(
    world: World, watched: Watched, places: list[Place]
) -> None:
    await watched.journal.append([entry(places[1], 1)])
    room = watched.start(answer(places[0], 1), answer(places[1], 1), answer(places[2], 1))
    others = [watched.start(answer(place, 1)) for place in places[3:5]]
    assert await outcomes(room, *others) == [LostRaceError, None, None]
    assert watched.sizes == [1, 3, 1, 1, 1]
    assert [await watched.numbers(place) for place in places[:5]] == [[], [1], [], [1], [1]]
    assert [answers(world, place) for place in places[:5]] == [[], [], [], [b"hash"], [b"hash"]]


async def test_an_append_of_nothing_is_stored_at_once_and_harms_no_other(watched: Watched, places: list[Place]) -> None:
    tries = (watched.start(), watched.start(entry(places[0], 1)), watched.start(entry(places[1], 1)))
    assert await outcomes(*tries) == [None] * 3
    assert watched.sizes == [2]


async def test_a_batch_with_an_append_of_several_is_one_transaction_whatever_its_number(
    watched: Watched, places: list[Place]
) -> None:
    """Beside an empty append there are as many entries as appends, and half of a pair is still nothing."""
    await watched.journal.append([entry(places[1], 1)])
    with pytest.raises(LostRaceError):
        await watched.journal._store([[], [entry(places[0], 1), entry(places[1], 1)]])
    assert await watched.numbers(places[0]) == []


async def test_the_same_event_twice_in_one_append_is_no_success(watched: Watched, places: list[Place]) -> None:
    assert await outcomes(watched.start(entry(places[0], 1), entry(places[0], 1))) == [LostRaceError]
    assert await watched.numbers(places[0]) == []


async def test_a_row_that_the_database_refuses_harms_no_other(
    world: World, watched: Watched, places: list[Place]
) -> None:
    await watched.journal.append([answer(places[0], 1)])
    unknown = (places[0][0], uuid4())
    tries = (answer(places[0], 2), entry(unknown, 1), entry(places[1], 2**63), answer(places[2], 1))
    assert await outcomes(*map(watched.start, tries)) == [NotStoredError, NotStoredError, JournalError, None]
    assert watched.sizes == [1, 4, 1, 1, 1, 1]
    assert [await watched.numbers(place) for place in places[:3]] == [[1], [], [1]]
    assert answers(world, places[2]) == [b"hash"]


async def test_appends_of_one_sitting_go_one_by_one_in_the_order_they_came_in(
    watched: Watched, places: list[Place]
) -> None:
    tries = [watched.start(entry(places[0], number)) for number in (1, 2, 3)]
    both = watched.start(entry(places[0], 4), entry(places[1], 1))
    after = watched.start(entry(places[1], 2))  # may not pass `both`, which waits for another sitting
    assert await outcomes(*tries, both, after) == [None] * 5
    assert watched.sizes == [1, 1, 1, 1, 1]
    events = (await watched.journal.load(*places[0]))[-1], (await watched.journal.load(*places[1]))[0]
    assert [event.event_number for event in events] == [4, 1]


async def test_a_large_batch_is_cut_and_an_append_that_is_larger_goes_alone(
    watched: Watched, places: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "MOST_ENTRIES", 2)
    room = watched.start(*(entry(place, 1) for place in places[:4]))
    assert await outcomes(room, *(watched.start(entry(place, 1)) for place in places[4:7])) == [None] * 4
    assert watched.sizes == [1, 2, 1]


async def test_who_goes_away_takes_back_nothing(watched: Watched, places: list[Place]) -> None:
    first = watched.start(entry(places[0], 1))
    await watched.has_begun.wait()
    waiting = [watched.start(entry(place, 1)) for place in places[1:4]]
    await asyncio.sleep(0)
    first.cancel()  # under way
    waiting[0].cancel()  # in the queue
    assert await outcomes(first, *waiting) == [asyncio.CancelledError] * 2 + [None] * 2
    assert [await watched.numbers(place) for place in places[:4]] == [[1]] * 4


@contextmanager
def locked(world: World) -> Iterator[None]:
    """The log cannot be written as long as this lasts."""
    if isinstance(world.journal_address, str):
        with psycopg.connect(as_role(world.journal_address, "peil_owner")) as db:
            db.execute("LOCK TABLE delivery_event IN EXCLUSIVE MODE")
            yield
    else:
        with closing(sqlite3.connect(world.journal_address, isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield


async def test_what_waits_too_long_is_refused_and_never_stored(
    world: World, watched: Watched, places: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "LONGEST_WAIT_S", 0.5)  # the first must begin within it, however busy this machine
    monkeypatch.setattr(postgres_journal, "LOCK_MS", 60_000)
    with locked(world):
        first = watched.start(entry(places[0], 1))
        await watched.has_begun.wait()
        waiting = [watched.start(entry(place, 1)) for place in places[1:3]]
        with pytest.raises(JournalError, match="cannot keep up"):
            await waiting[0]
        assert not first.done()
    assert await outcomes(first, *waiting) == [None, JournalError, JournalError]
    monkeypatch.setattr(grouping, "LONGEST_WAIT_S", 60.0)
    await watched.journal.append([entry(places[3], 1)])
    assert [await watched.numbers(place) for place in places[:4]] == [[1], [], [], [1]]


async def test_what_is_late_when_its_batch_fails_hears_that_and_not_what_became_of_another(
    watched: Watched, places: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "LONGEST_WAIT_S", 0.1)
    await watched.journal.append([entry(places[1], 1)])
    watched.delay_s = 0.2
    room = watched.start(entry(places[0], 1), entry(places[1], 1))  # lost in part, so the batch is undone
    for late in (room, watched.start(entry(places[2], 1))):
        with pytest.raises(JournalError, match="cannot keep up") as caught:
            await late
        assert type(caught.value) is JournalError
    assert await watched.numbers(places[2]) == []


async def test_closing_waits_for_what_was_taken_and_takes_no_more(
    world: World, watched: Watched, places: list[Place]
) -> None:
    first = watched.start(entry(places[0], 1))
    await watched.has_begun.wait()
    second = watched.start(entry(places[1], 1))
    await asyncio.sleep(0)
    stopping = asyncio.create_task(watched.journal.close())
    await asyncio.sleep(0)
    assert await outcomes(first, second, watched.start(entry(places[2], 1))) == [None, None, JournalError]
    await stopping
    again = world.open_journal()
    assert [len(await again.load(*place)) for place in places[:3]] == [1, 1, 0]
    await again.close()


async def test_an_event_loop_that_stops_leaves_a_journal_that_works(sqlite_world: World) -> None:
    """Programs such as `peil erase` run one loop after another over one journal."""
    journal = sqlite_world.open_journal()
    assert isinstance(journal, SqliteJournal)
    place = sittings_of(sqlite_world, sqlite_world.rooms[0].school_id)[0]

    def stopped_at_once() -> None:
        async def leave() -> None:
            tasks = [asyncio.create_task(journal.append([entry(place, number)])) for number in (1, 2)]
            await asyncio.wait(tasks, timeout=0)

        asyncio.run(leave())

    await asyncio.to_thread(stopped_at_once)
    await asyncio.to_thread(lambda: journal._writer.submit(int).result())  # what the thread was writing is written
    number = len(await journal.load(*place)) + 1
    await asyncio.wait_for(journal.append([entry(place, number)]), timeout=5)
    assert [event.event_number for event in await journal.load(*place)][-1] == number
    await journal.close()


@pytest.mark.postgres
@pytest.mark.fault
async def test_a_connection_that_breaks_under_a_batch_costs_nobody_an_answer(
    postgres_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_journal, "LOCK_MS", 60_000)
    journal = postgres_world.open_journal()
    assert isinstance(journal, PostgresJournal)
    watched = Watched(journal)
    with locked(postgres_world):
        tries = [
            watched.start(answer(place, 1)) for place in sittings_of(postgres_world, postgres_world.rooms[0].school_id)
        ]
        await watched.has_begun.wait()
        await asyncio.to_thread(break_writer, as_role(str(postgres_world.journal_address), "postgres"))
    assert await outcomes(*tries) == [None, None]
    assert watched.sizes == [2, 1, 1]
    await watched.journal.close()


def break_writer(superuser: str) -> None:
    """End the connection that waits for the lock of the log, as soon as one does."""
    waits = "datname = current_database() AND usename = 'peil_journal' AND wait_event_type = 'Lock'"
    with psycopg.connect(superuser, autocommit=True) as db:
        while not db.execute(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {waits}".encode()
        ).fetchall():
            time.sleep(0.01)
