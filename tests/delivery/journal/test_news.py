"""Word of what changed: who hears it, when, and what happens where it is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from uuid import UUID, uuid4

import asyncpg
import pytest

from delivery.errors import LostRaceError
from delivery.journal import FIRST_DIGEST, Entry, Event, News, PostgresNews, ToldJournal, chain_digest
from delivery.journal.news import CHANNEL
from tests.delivery.delivery_world import Site, as_role

pytestmark = pytest.mark.anyio
SOON_S = 10.0


class Ear:
    """Keeps what it hears."""

    def __init__(self, news: News) -> None:
        self.heard: asyncio.Queue[Collection[UUID] | None] = asyncio.Queue()
        news.listen(self.heard.put_nowait)

    async def next(self) -> Collection[UUID] | None:
        """What is heard next."""
        return await asyncio.wait_for(self.heard.get(), SOON_S)


@pytest.fixture
async def workers(delivery_database: str) -> AsyncIterator[list[tuple[PostgresNews, Ear]]]:
    """Two workers that listen, each through another role."""
    made = [PostgresNews(as_role(delivery_database, role)) for role in ("peil_web", "peil_journal")]
    ears = [Ear(news) for news in made]
    for news, ear in zip(made, ears, strict=True):
        await news.open()
        assert await ear.next() is None  # what was before, nobody heard
    yield list(zip(made, ears, strict=True))
    for news in made:
        await news.close()


@pytest.mark.postgres
async def test_what_one_worker_tells_all_hear_once(workers: list[tuple[PostgresNews, Ear]]) -> None:
    (here, ear), (_, other) = workers
    names = {uuid4() for _ in range(500)}  # more than one message holds
    here.tell(names)
    assert await ear.next() == names
    heard: set[UUID] = set()
    while heard != names:
        heard |= set(await other.next() or ())
    await asyncio.sleep(0.5)
    assert ear.heard.empty()


async def break_connection(database: str, role: str) -> None:
    """End what a worker has, as a server that restarts does."""
    db = await asyncpg.connect(database)
    await db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = $1",
        role,
    )
    await db.close()


@pytest.mark.postgres
async def test_word_goes_on_after_the_connection_broke(
    workers: list[tuple[PostgresNews, Ear]], delivery_database: str
) -> None:
    (here, _), (_, other) = workers
    name, later = uuid4(), uuid4()
    await break_connection(delivery_database, "peil_web")
    here.tell([name])  # on a connection that is gone
    assert await other.next() == {name}  # told again on the next one
    await break_connection(delivery_database, "peil_journal")
    assert await other.next() is None  # it listens again, and may have missed something
    here.tell([later])
    assert await other.next() == {later}


@pytest.mark.postgres
async def test_what_none_of_ours_would_say_is_left_aside(
    workers: list[tuple[PostgresNews, Ear]], delivery_database: str
) -> None:
    (here, _), (_, other) = workers
    db = await asyncpg.connect(as_role(delivery_database, "peil_archive"))
    for words in ("", "x", f"{uuid4()},nothing", "'; DROP TABLE delivery_event"):
        await db.execute("SELECT pg_notify($1, $2)", CHANNEL, words)
    await db.close()
    name = uuid4()
    here.tell([name])
    assert await other.next() == {name}


async def test_a_journal_tells_of_what_is_stored_and_of_a_lost_race(site: Site) -> None:
    laptop = await site.laptop()
    news = News()
    ear, journal = Ear(news), ToldJournal(site.journal, news)
    school, sitting = laptop.ref.school_id, laptop.ref.sitting_id
    last = (await site.events(laptop))[-1]

    def entry(number: int, digest: bytes) -> Entry:
        chained = chain_digest(digest, school, sitting, number, "focus_lost", 1, b"{}")
        return Entry(Event(school, sitting, number, "focus_lost", 1, b"{}", chained))

    await journal.append([entry(last.event_number + 1, last.digest)])
    assert await ear.next() == {sitting}
    with pytest.raises(LostRaceError):
        await journal.append([entry(1, FIRST_DIGEST)])
    assert await ear.next() == {sitting}


async def test_nothing_is_no_news() -> None:
    news = News()
    ear = Ear(news)
    news.tell([])
    assert ear.heard.empty()
