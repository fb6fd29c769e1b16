"""A commit of which the outcome got lost: what is in the log was stored, and nothing is decided or stored twice."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from delivery.errors import JournalError, LostRaceError, NotStoredError
from delivery.journal import PostgresJournal, SqliteJournal, grouping
from tests.delivery.delivery_world import Laptop, Site, World
from tests.delivery.journal.relay import Relay
from tests.delivery.journal.test_journal import entry
from tests.delivery.journal.watched import Place, Watched, outcomes, some_places

pytestmark = [pytest.mark.anyio, pytest.mark.fault]


async def test_what_a_batch_stored_before_its_connection_died_is_a_success(
    watched: Watched, places: list[Place]
) -> None:
    watched.dies_after = 3
    room = watched.start(*(entry(place, 1) for place in places[:3]))
    assert await outcomes(room, *(watched.start(entry(place, 1)) for place in places[3:5])) == [None] * 3
    assert watched.sizes == [3, 1, 1, 1]
    assert [await watched.numbers(place) for place in places[:5]] == [[1]] * 5


@pytest.mark.postgres
async def test_a_reply_of_the_server_that_gets_lost_is_such_a_death(postgres_world: World) -> None:
    relay = Relay(str(postgres_world.journal_address))
    warm, *places = some_places(postgres_world)[:4]
    async with relay.address() as address:
        watched = Watched(PostgresJournal(address))
        await watched.journal.append([entry(warm, 1)])  # now the next word on this connection comes after a commit
        relay.swallows_next = True
        assert await outcomes(*(watched.start(entry(place, 1)) for place in places)) == [None] * 3
        assert not relay.swallows_next
        assert watched.sizes == [1, 3, 1, 1, 1]
        assert [await watched.numbers(place) for place in places] == [[1]] * 3
        await watched.journal.close()


async def test_who_lost_the_race_in_such_a_batch_still_hears_so(watched: Watched, places: list[Place]) -> None:
    await watched.journal.append([entry(places[0], 1, b"first")])
    await watched.journal.append([entry(places[1], 1)])
    watched.dies_after = 3
    tries = (
        watched.start(entry(places[0], 1, b"second")),
        watched.start(entry(places[1], 2), entry(places[2], 1)),
        watched.start(entry(places[3], 1)),
    )
    assert await outcomes(*tries) == [LostRaceError, None, None]
    assert [event.payload for event in await watched.journal.load(*places[0])] == [b"first"]
    assert [await watched.numbers(place) for place in places[1:4]] == [[1, 2], [1], [1]]


async def test_an_event_that_is_there_already_is_a_lost_race_where_no_commit_was_unsure(
    watched: Watched, places: list[Place]
) -> None:
    """Two workers may decide the same in the same millisecond: two laptops may not both have claimed the sitting."""
    await watched.journal.append([entry(places[0], 1)])
    await watched.journal.append([entry(places[1], 1)])
    in_part = watched.start(entry(places[0], 1), entry(places[2], 1))  # undone, and with it the batch
    assert await outcomes(in_part, watched.start(entry(places[1], 1))) == [LostRaceError] * 2
    refused = watched.start(entry((places[0][0], uuid4()), 1))  # undone too, for such a sitting does not exist
    assert await outcomes(refused, watched.start(entry(places[0], 1))) == [NotStoredError, LostRaceError]
    assert watched.sizes == [1, 1, 2, 1, 1, 2, 1, 1]


async def test_who_is_late_or_went_away_in_such_a_batch_is_told_no_lie_and_stored_once(
    watched: Watched, places: list[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.dies_after = 3
    gone, *others = [watched.start(entry(place, 1)) for place in places[:3]]
    await watched.has_begun.wait()
    gone.cancel()
    assert await outcomes(gone, *others) == [asyncio.CancelledError, None, None]
    monkeypatch.setattr(grouping, "LONGEST_WAIT_S", 0.1)
    watched.dies_after, watched.delay_s = 2, 0.2
    for late in [watched.start(entry(place, 1)) for place in places[3:5]]:
        with pytest.raises(JournalError, match="unknown whether it is stored") as caught:
            await late
        assert type(caught.value) is JournalError
    assert watched.sizes == [3, 1, 1, 1, 2]
    assert [await watched.numbers(place) for place in places[:5]] == [[1]] * 5


async def test_a_claim_whose_commit_was_unsure_is_stored_once(site: Site) -> None:
    await site.open_room()
    laptops = [await site.laptop(seat) for seat in (0, 1)]
    before = [laptop.epoch for laptop in laptops]
    kinds = [await site.kinds(laptop) for laptop in laptops]
    third = await site.laptop(0, 1)
    assert isinstance(site.journal, PostgresJournal | SqliteJournal)
    watched = Watched(site.journal)
    watched.dies_after = 2
    watched.delay_s = 0.2  # so that both claims wait for the one that is under way
    under_way = asyncio.create_task(third.answer())
    await watched.has_begun.wait()
    again = await asyncio.gather(*(Laptop(site.client, site.world.rooms[0], seat).enter() for seat in (0, 1)))
    assert (await under_way).status_code == 200
    assert watched.dies_after == 0
    assert [laptop.epoch for laptop in again] == [epoch + 1 for epoch in before]
    assert [await site.kinds(laptop) for laptop in laptops] == [[*each, "claimed"] for each in kinds]
