"""Both journals: all or nothing, one winner per number, on disk before it counts."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, select

from delivery.errors import ConfigurationError, JournalError, LostRaceError
from delivery.isolation import in_school
from delivery.journal import FIRST_DIGEST, AnswerKey, Entry, Event, Journal, SqliteJournal, chain_digest, follows
from delivery.tables import AnswerRow, SittingRow
from tests.delivery.delivery_world import World

pytestmark = pytest.mark.anyio


def sitting_of(world: World) -> tuple[UUID, UUID]:
    """A sitting without events."""
    with Session(world.database) as db:
        in_school(db, world.rooms[0].school_id)
        row = db.exec(select(SittingRow)).first()
        assert row is not None
        return row.school_id, row.sitting_id


def entry(place: tuple[UUID, UUID], number: int, payload: bytes = b"{}", answer: AnswerKey | None = None) -> Entry:
    """Entry whose digest plays no role here."""
    digest = chain_digest(FIRST_DIGEST, *place, number, "help", 1, payload)
    return Entry(Event(*place, number, "help", 1, payload, digest), answer)


@pytest.fixture
async def journal(world: World) -> Journal:
    return world.open_journal()


async def test_what_was_appended_is_loaded_in_order(world: World, journal: Journal) -> None:
    place = sitting_of(world)
    entries = [entry(place, number, b'{"n":"\xc3\xa9"}') for number in (1, 2, 3)]
    await journal.append(entries[:2])
    await journal.append(entries[2:])
    assert await journal.load(*place) == [each.event for each in entries]
    assert await journal.load(*place, 2) == [entries[2].event]
    await journal.close()


async def test_a_number_is_given_once_and_the_loser_leaves_nothing(world: World, journal: Journal) -> None:
    place = sitting_of(world)
    await journal.append([entry(place, 1)])
    with pytest.raises(LostRaceError):
        await journal.append([entry(place, 2), entry(place, 1, b'{"other":1}')])
    assert [event.event_number for event in await journal.load(*place)] == [1]
    await journal.close()


async def test_a_position_is_answered_once(world: World, journal: Journal) -> None:
    place = sitting_of(world)
    await journal.append([entry(place, 1, answer=AnswerKey(1, 0, b"one"))])
    with pytest.raises(JournalError):
        await journal.append([entry(place, 2, answer=AnswerKey(1, 0, b"two"))])
    assert len(await journal.load(*place)) == 1
    with Session(world.owner) as db:
        in_school(db, place[0])
        assert [bytes(row.body_hash) for row in db.exec(select(AnswerRow))] == [b"one"]
    await journal.close()


async def test_an_event_of_a_sitting_that_does_not_exist_is_refused(world: World, journal: Journal) -> None:
    with pytest.raises(JournalError):
        await journal.append([entry((world.rooms[0].school_id, uuid4()), 1)])
    await journal.close()


async def test_of_many_at_once_one_wins_each_number(world: World, journal: Journal) -> None:
    place = sitting_of(world)
    tries = [journal.append([entry(place, number, str(who).encode())]) for number in (1, 2) for who in range(8)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 2
    assert sum(isinstance(outcome, LostRaceError) for outcome in outcomes) == 14
    await journal.close()


async def test_a_closed_journal_says_so(world: World, journal: Journal) -> None:
    await journal.append([entry(sitting_of(world), 1)])
    await journal.close()
    with pytest.raises(JournalError):
        await journal.append([entry(sitting_of(world), 2)])


async def test_a_second_process_on_one_sqlite_file_is_refused_with_a_sentence(sqlite_world: World) -> None:
    journal = sqlite_world.open_journal()
    program = (
        "import sys\nfrom delivery import ConfigurationError, open_journal\n"
        "try:\n    open_journal(sys.argv[1])\nexcept ConfigurationError as error:\n    sys.exit(str(error))\n"
    )
    second = [sys.executable, "-c", program, str(sqlite_world.journal_address)]
    refused = subprocess.run(second, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "another server process uses this database" in refused.stderr
    await journal.close()
    assert subprocess.run(second, capture_output=True, check=False).returncode == 0


def test_a_sqlite_file_that_is_not_there_is_not_made(sqlite_world: World) -> None:
    missing = Path(f"{sqlite_world.journal_address}.missing")
    with pytest.raises(ConfigurationError, match="there is no database"):
        SqliteJournal(missing)
    assert not missing.exists()


async def test_sqlite_refuses_every_change_of_the_log(sqlite_world: World) -> None:
    journal = sqlite_world.open_journal()
    await journal.append([entry(sitting_of(sqlite_world), 1, answer=AnswerKey(1, 0, b"x"))])
    with sqlite3.connect(str(sqlite_world.journal_address)) as db:
        for table in ("delivery_event", "delivery_answer"):
            for change in (f"UPDATE {table} SET event_number = 9", f"DELETE FROM {table}"):
                with pytest.raises(sqlite3.DatabaseError, match="append-only"):
                    db.execute(change)
    db.close()
    await journal.close()


async def test_sqlite_refuses_to_replace_a_row_of_the_log(sqlite_world: World) -> None:
    journal = sqlite_world.open_journal()
    place = sitting_of(sqlite_world)
    await journal.append([entry(place, number, answer=AnswerKey(number, 0, b"x")) for number in (1, 2)])
    before = await journal.load(*place)
    event = "school_id, sitting_id, event_number, kind, schema_version, payload, digest"
    answer = "school_id, sitting_id, position, revision, event_number, body_hash"
    with sqlite3.connect(str(sqlite_world.journal_address)) as db:
        for change in (
            f"INSERT OR REPLACE INTO delivery_event ({event}) "
            "SELECT school_id, sitting_id, event_number, kind, schema_version, x'00', digest FROM delivery_event",
            f"INSERT OR REPLACE INTO delivery_event (rowid, {event}) "
            "SELECT rowid, school_id, sitting_id, 99, kind, schema_version, x'00', digest FROM delivery_event",
            f"INSERT OR REPLACE INTO delivery_answer ({answer}) "
            "SELECT school_id, sitting_id, position, revision, event_number, x'00' FROM delivery_answer",
            f"INSERT OR REPLACE INTO delivery_answer (rowid, {answer}) "
            "SELECT rowid, school_id, sitting_id, 99, revision, event_number, x'00' FROM delivery_answer",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                db.execute(change)
    db.close()
    assert await journal.load(*place) == before
    with pytest.raises(LostRaceError):  # a lost race is still one
        await journal.append([entry(place, 2)])
    await journal.close()


def test_a_digest_covers_every_column_but_the_time() -> None:
    place = (UUID(int=1), UUID(int=2))
    event = Event(*place, 3, "help", 1, b"{}", chain_digest(FIRST_DIGEST, *place, 3, "help", 1, b"{}"))
    assert follows(event, FIRST_DIGEST)
    changed = [
        Event(UUID(int=9), place[1], 3, "help", 1, b"{}", event.digest),
        Event(place[0], UUID(int=9), 3, "help", 1, b"{}", event.digest),
        Event(*place, 4, "help", 1, b"{}", event.digest),
        Event(*place, 3, "hel", 1, b"p{}", event.digest),
        Event(*place, 3, "help", 2, b"{}", event.digest),
        Event(*place, 3, "help", 1, b"{ }", event.digest),
    ]
    assert not any(follows(each, FIRST_DIGEST) for each in changed)
    assert not follows(event, b"\x01" * 32)
