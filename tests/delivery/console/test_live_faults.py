"""Rooms that consoles follow, where a log is damaged or a look fails: nobody waits for ever, nobody else is hidden."""

from __future__ import annotations

import asyncio

import pytest

from delivery.console.live import LiveRooms
from tests.delivery.console.test_live import SOON_S, Console, told
from tests.delivery.delivery_world import Site
from tests.delivery.test_damage import tamper

pytestmark = pytest.mark.anyio


async def test_a_damaged_event_hides_nobody_else_of_the_room(sqlite_site: Site) -> None:
    site, laptops = sqlite_site, [await sqlite_site.laptop(seat) for seat in (0, 1)]
    await laptops[1].answer()
    spoil = "UPDATE delivery_event SET payload = x'7b' WHERE sitting_id = '{0}' AND kind = 'started'"
    tamper(site, spoil, laptops[0].ref.sitting_id)
    console = Console(LiveRooms(site.sittings), laptops[0].room)
    await console.sees("open busy:0 busy:1")
    await laptops[1].answer()
    await console.sees("open busy:0 busy:2")
    await console.close()


async def test_a_fault_that_nobody_foresaw_ends_a_look_for_all_who_wait_for_it(sqlite_site: Site) -> None:
    """A number that is none is such a fault: the database compares it, and we cannot."""
    site, laptop = sqlite_site, await sqlite_site.laptop()
    live, where = LiveRooms(site.sittings), (laptop.room.school_id, laptop.room.administration_id)
    last = len(await site.events(laptop))
    spoil = "UPDATE delivery_event SET event_number = {1} WHERE sitting_id = '{0}' AND event_number = {2}"
    tamper(site, spoil, laptop.ref.sitting_id, "'many'", last)
    async with asyncio.timeout(SOON_S):
        faults = await asyncio.gather(*(live.glance(*where) for _ in range(2)), return_exceptions=True)
        assert [type(fault) for fault in faults] == [TypeError, TypeError]
        assert [page async for page in live.pages(*where, "", told, 60.0)] == []
    tamper(site, spoil, laptop.ref.sitting_id, last, "'many'")
    console = Console(live, laptop.room)  # whoever comes back finds the room again
    await console.sees("open busy:0 not_in:0")
    await console.close()
