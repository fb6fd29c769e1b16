"""Who holds a sitting: a ticket takes it once, however often and wherever it arrives."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.delivery.delivery_world import Laptop, Room, Site, World, make_site

pytestmark = pytest.mark.anyio


async def ticket_for(site: Site, room: Room) -> dict[str, str]:
    """Body of "ja, dat ben ik", after the codes."""
    codes = {"room_code": room.room_code, "seat_code": room.seat_codes[0]}
    return {"ticket": (await site.client.post("/api/v1/entry", json=codes)).json()["ticket"]}


async def confirm(site: Site, ticket: dict[str, str]) -> httpx2.Response:
    """Say "ja, dat ben ik"."""
    return await site.client.post("/api/v1/entry/confirm", json=ticket)


def laptop_of(site: Site, room: Room, taken: Any) -> Laptop:
    """The laptop that got this reply."""
    return Laptop(site.client, room, 0, taken["token"], taken["sitting"], taken["epoch"], taken["head"])


async def test_a_confirmation_that_comes_twice_takes_the_sitting_once(site: Site) -> None:
    room = await site.open_room()
    ticket = await ticket_for(site, room)
    first, again = (await confirm(site, ticket)).json(), (await confirm(site, ticket)).json()
    assert (again["epoch"], again["token"]) == (first["epoch"], first["token"]) == (1, first["token"])
    laptop = laptop_of(site, room, first)
    assert (await site.kinds(laptop)).count("claimed") == 1
    assert (await laptop.answer()).status_code == 200


async def test_two_workers_that_get_it_at_the_same_moment_give_the_same_token(world: World) -> None:
    first = world.open_journal()
    journals = [first, first if world.name == "sqlite" else world.open_journal()]
    one, other = (make_site(world, journal) for journal in journals)
    room = await one.open_room()
    ticket = await ticket_for(one, room)
    taken = [reply.json() for reply in await asyncio.gather(*(confirm(site, ticket) for site in (one, other, one)))]
    assert [reply["epoch"] for reply in taken] == [1, 1, 1]
    assert len({reply["token"] for reply in taken}) == 1
    assert (await one.kinds(laptop_of(one, room, taken[0]))).count("claimed") == 1
    for site in (one, other):
        await site.close()
    await world.stop()
    for journal in set(journals):
        await journal.close()


async def test_a_late_copy_takes_the_sitting_from_nobody(site: Site) -> None:
    room = await site.open_room()
    ticket = await ticket_for(site, room)
    old = laptop_of(site, room, (await confirm(site, ticket)).json())
    new = await Laptop(site.client, room).enter()
    late = await confirm(site, ticket)
    assert (late.status_code, late.json()["code"]) == (409, "moved")
    assert (await new.answer()).status_code == 200
    back = await Laptop(site.client, room).enter()  # at the first laptop the codes were typed again
    assert (old.epoch, new.epoch, back.epoch) == (1, 2, 3)


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1)])
async def test_a_worker_whose_clock_is_wrong_refuses_nobody_who_comes_from_another(
    sqlite_site: Site, wrong: timedelta
) -> None:
    room = await sqlite_site.open_room()
    right, off = sqlite_site, make_site(sqlite_site.world, sqlite_site.journal)
    clock = right.sittings.clock
    off.sittings.clock = lambda: clock() + round(wrong.total_seconds() * 1000)
    for typed, said in ((right, off), (off, right)):
        taken = await confirm(said, await ticket_for(typed, room))
        assert taken.status_code == 200, taken.text
    await off.close()
