"""What a worker remembers of rooms and seats, and when it forgets."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from delivery import RefusedError
from delivery.rooms import room_overview
from delivery.rooms.codes import room_code_hash
from delivery.rooms.known import REMEMBER_S, KnownRooms
from delivery.rooms.tries import Place
from tests.delivery.delivery_world import SECRETS, Laptop, Room, Site, make_site

pytestmark = pytest.mark.anyio


async def test_a_room_is_remembered_for_a_minute_and_a_code_that_is_gone_is_then_unknown(site: Site) -> None:
    now, room = [0.0], site.world.rooms[0]
    rooms, code_hash = KnownRooms(lambda: now[0]), room_code_hash(SECRETS.code_key, room.room_code)
    found = Place(room.school_id, room.administration_id)
    assert await rooms.find(site.sittings.direct, code_hash) == found
    with site.world.owner.begin() as db:
        db.execute(text("DELETE FROM delivery_room_code"))
    now[0] = REMEMBER_S - 1.0
    assert await rooms.find(site.sittings.direct, code_hash) == found
    now[0] = REMEMBER_S
    with pytest.raises(RefusedError, match="unknown_code"):
        await rooms.find(site.sittings.direct, code_hash)


async def test_a_code_that_nobody_knows_is_asked_for_every_time(site: Site) -> None:
    rooms, code_hash = KnownRooms(), room_code_hash(SECRETS.code_key, "ACDEFG")
    for _ in range(2):
        with pytest.raises(RefusedError, match="unknown_code"):
            await rooms.find(site.sittings.direct, code_hash)
    made = site.world.make_room(site.world.rooms[0].school_id)
    code_hash = room_code_hash(SECRETS.code_key, made.room_code)
    assert await rooms.find(site.sittings.direct, code_hash) == Place(made.school_id, made.administration_id)


async def test_a_no_at_another_worker_is_taken_back_by_who_comes_in_afterwards(site: Site) -> None:
    """The worker remembers the seat from before the no; typing the codes again reads it anew."""
    room = await site.open_room()
    codes = {"room_code": room.room_code, "seat_code": room.seat_codes[0]}
    ticket = (await site.client.post("/api/v1/entry", json=codes)).json()["ticket"]
    other = make_site(site.world, site.journal)
    assert (await other.client.post("/api/v1/entry/deny", json={"ticket": ticket})).status_code == 200
    assert await is_denied(site, room)
    await Laptop(site.client, room).enter()
    assert not await is_denied(site, room)
    await Laptop(other.client, room).enter()
    assert not await is_denied(site, room)
    await other.close()


async def test_of_those_who_come_in_on_a_new_network_at_once_one_writes_it_down_and_a_fault_is_everybodys() -> None:
    rooms, written, may_end = KnownRooms(), [], asyncio.Event()

    async def note() -> None:
        written.append("begun")
        await may_end.wait()
        if len(written) == 2:
            raise OSError

    together = [asyncio.create_task(rooms.note_once(b"here", note)) for _ in range(3)]
    await asyncio.sleep(0)
    together[0].cancel()  # a laptop that goes away takes nobody's note with it
    may_end.set()
    assert [type(each) for each in await asyncio.gather(*together, return_exceptions=True)] == [
        asyncio.CancelledError,
        type(None),
        type(None),
    ]
    assert len(written) == 1
    faults = await asyncio.gather(*(rooms.note_once(b"here", note) for _ in range(2)), return_exceptions=True)
    assert [type(each) for each in faults] == [OSError, OSError]


async def is_denied(site: Site, room: Room) -> bool:
    """What the proctor sees of the first seat."""

    def look(db: Any) -> Any:
        return room_overview(db, room.school_id, room.administration_id).seats[0]

    return bool((await site.sittings.in_database(look)).denied)
