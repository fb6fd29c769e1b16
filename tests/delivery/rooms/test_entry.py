"""Guessing codes: how many tries are answered, and that the pupils of the room come in all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from delivery.errors import UnknownRecordError
from delivery.isolation import in_school
from delivery.rooms import Knock, RoomOverview, Waits, admit_device, close_room, knock, lift_guard, room_overview
from delivery.rooms.tries import FREE_TRIES, Place, network_of, note_known, note_wrong
from delivery.rooms.waiting import MOST_DEVICES
from delivery.tables import TryRow
from tests.delivery.delivery_world import SECRETS, Laptop, Room, Site, World, make_site
from tests.delivery.guessing import ROOMS_IN_FLANDERS, address, ask, chance_of_a_hit, guess

pytestmark = pytest.mark.anyio

SCHOOL = "192.0.2.1"


async def number_of(site: Site, room: Room, seat_code: str, network: str, device: str = "d") -> int:
    """Number that a device is shown."""
    asked = Knock(Place(room.school_id, room.administration_id), seat_code, network, device)
    found = await knock(site.sittings.direct, site.world.database, SECRETS, asked)
    assert isinstance(found, Waits)
    found.note()
    return found.number


def look(world: World, room: Room) -> RoomOverview:
    """What the proctor sees."""
    with Session(world.database) as db:
        return room_overview(db, room.school_id, room.administration_id)


def click(world: World, room: Room, number: int) -> None:
    """Let the device with this number in."""
    device = next(device for device in look(world, room).waiting if device.number == number)
    with Session(world.database) as db, db.begin():
        admit_device(db, room.school_id, room.administration_id, device.sitting_id, device.device)


async def spend(site: Site, room: Room) -> None:
    """Guess until the budget of strange networks is used up."""
    for number in range(FREE_TRIES):
        assert await ask(site, room, "AAAAAA", address(number)) == "unknown_code"


@asynccontextmanager
async def from_network(site: Site, network: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Reach the worker from an address."""
    transport = httpx2.ASGITransport(app=site.world.app(site.journal), client=(network, 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://peil.test") as client:
        yield client


async def test_of_guesses_from_many_addresses_only_a_bounded_number_is_answered(sqlite_site: Site) -> None:
    """Few enough for every day; ``python -m tests.delivery.guessing`` does it from 29,000 addresses."""
    site, room = sqlite_site, await sqlite_site.open_room()
    found = await guess(site, [room], 5 * FREE_TRIES)
    assert (found.n_told, found.n_in, found.n_held) == (FREE_TRIES, 0, 4 * FREE_TRIES)
    assert (found.n_rows, found.n_listed) == (FREE_TRIES, 0)
    assert chance_of_a_hit(1) < 1e-5
    assert chance_of_a_hit(ROOMS_IN_FLANDERS) < 0.03  # whoever knows the codes of all rooms


async def test_once_over_budget_a_right_code_looks_like_a_wrong_one_and_comes_in_with_a_click(site: Site) -> None:
    world, room = site.world, await site.open_room()
    await spend(site, room)
    right, wrong = (
        await number_of(site, room, room.seat_codes[0], SCHOOL, "a"),
        await number_of(site, room, "AAAAAA", SCHOOL, "b"),
    )
    assert right != wrong
    assert [(device.number, device.pupil) for device in look(world, room).waiting] == [(right, "Voornaam0 Achternaam0")]
    assert await number_of(site, room, room.seat_codes[0], SCHOOL, "a") == right  # it asks again every few seconds
    click(world, room, right)
    assert look(world, room).waiting == ()
    assert await ask(site, room, room.seat_codes[0], SCHOOL, "a") == "in"
    assert await ask(site, room, room.seat_codes[0], SCHOOL, "another") == "waits"
    assert await ask(site, room, room.seat_codes[1], SCHOOL, "a") == "waits"


async def test_pupils_on_the_network_of_the_room_notice_nothing_of_guesses_from_elsewhere(site: Site) -> None:
    room = await site.open_room()
    async with from_network(site, SCHOOL) as client:
        first = await Laptop(client, room, 0).enter()
        await spend(site, room)
        assert await ask(site, room, room.seat_codes[1], address(0)) == "waits"
        assert (await first.answer()).status_code == 200
        await Laptop(client, room, 1).enter()
        assert await ask(site, room, "AAAAAA", SCHOOL) == "unknown_code"  # who mistypes here is still told so


async def test_one_click_opens_the_network_of_a_class_that_was_guessed_at_before_it_came(site: Site) -> None:
    room = await site.open_room()
    await spend(site, room)
    codes = {"room_code": room.room_code, "seat_code": room.seat_codes[0], "device": "first"}
    async with from_network(site, SCHOOL) as client:
        held = await client.post("/api/v1/entry", json=codes)
        assert (held.status_code, held.json()["code"]) == (409, "wait_for_click")
        click(site.world, room, held.json()["number"])
        ticket = (await client.post("/api/v1/entry", json=codes)).json()["ticket"]
        assert (await client.post("/api/v1/entry/confirm", json={"ticket": ticket})).status_code == 200
        await Laptop(client, room, 1).enter()


async def test_guesses_on_the_network_of_the_room_have_a_budget_of_their_own(site: Site) -> None:
    room = await site.open_room()
    async with from_network(site, SCHOOL) as client:
        await Laptop(client, room, 0).enter()
    assert [await ask(site, room, "AAAAAA", SCHOOL) for _ in range(FREE_TRIES + 1)][-2:] == ["unknown_code", "waits"]
    assert await ask(site, room, room.seat_codes[1], SCHOOL) == "waits"
    assert await ask(site, room, room.seat_codes[1], "192.0.2.77") == "in"  # the budget of strange ones is whole


def a_day_passes(world: World) -> None:
    """Let everything have been noted thirteen hours earlier."""
    with Session(world.owner) as db, db.begin():
        for room in world.rooms:
            in_school(db, room.school_id)
            for row in db.exec(select(TryRow).where(TryRow.school_id == room.school_id)):
                row.noted_at -= timedelta(hours=13)
                db.add(row)
            db.flush()


def n_rows(world: World) -> int:
    """Networks that are noted, in all rooms of the first school."""
    with Session(world.database) as db:
        in_school(db, world.rooms[0].school_id)
        return len(db.exec(select(TryRow).where(TryRow.school_id == world.rooms[0].school_id)).all())


async def test_the_next_day_a_room_that_is_still_open_has_its_budget_again(site: Site) -> None:
    world, room = site.world, await site.open_room()
    async with from_network(site, SCHOOL) as client:
        await Laptop(client, room, 0).enter()
        await spend(site, room)
        assert await ask(site, room, room.seat_codes[1], address(0)) == "waits"
        a_day_passes(world)
        assert look(world, room).administration.guarded
        assert await ask(site, room, room.seat_codes[1], address(0)) == "in"
        assert not look(world, room).administration.guarded
        await Laptop(client, room, 1).enter()  # the network is known anew
        await spend(site, room)
        assert await ask(site, room, room.seat_codes[1], address(0)) == "waits"
        assert await ask(site, room, room.seat_codes[1], SCHOOL) == "in"


async def test_what_has_lapsed_is_cleared_away_at_the_next_writing_in_any_room_of_the_school(site: Site) -> None:
    world, room = site.world, await site.open_room()
    other = world.make_room(room.school_id)
    await spend(site, room)
    assert n_rows(world) == FREE_TRIES
    a_day_passes(world)
    assert await ask(site, other, "AAAAAA", SCHOOL) == "unknown_code"
    assert n_rows(world) == 1


@pytest.mark.postgres
def test_what_a_room_counts_on_is_not_cleared_away_by_another_room_meanwhile(postgres_world: World) -> None:
    """The other one writes between the look of the first at its row and its writing: the worst instant there is."""
    world = postgres_world
    rooms = world.rooms[0], world.make_room(world.rooms[0].school_id)
    places = [Place(room.school_id, room.administration_id) for room in rooms]

    def in_other(*_flush: object) -> None:
        with Session(world.database) as db, db.begin():
            assert note_wrong(db, SECRETS, places[1], SCHOOL)

    with Session(world.database) as db, db.begin():
        note_known(db, SECRETS, places[0], SCHOOL)
    a_day_passes(world)
    with Session(world.database) as db, db.begin():
        event.listen(db, "before_flush", in_other, once=True)
        note_known(db, SECRETS, places[0], SCHOOL)
    with Session(world.database) as db:
        in_school(db, places[0].school_id)
        rows = db.exec(select(TryRow).where(TryRow.school_id == places[0].school_id)).all()
    assert sorted((row.administration_id == places[0].administration_id, row.is_known) for row in rows) == [
        (False, False),
        (True, True),
    ]


async def test_with_one_click_new_laptops_come_in_by_themselves_again(site: Site) -> None:
    world, room = site.world, await site.open_room()
    await spend(site, room)
    await number_of(site, room, room.seat_codes[0], SCHOOL, "a")
    with Session(world.database) as db, db.begin():
        lift_guard(db, room.school_id, room.administration_id)
    assert not look(world, room).administration.guarded
    assert look(world, room).waiting == ()
    assert await ask(site, room, room.seat_codes[0], SCHOOL, "a") == "in"
    await spend(site, room)  # each click gives one budget more
    assert await ask(site, room, room.seat_codes[0], SCHOOL, "a") == "waits"
    for school_id in (world.rooms[1].school_id, uuid4()):
        with Session(world.database) as db, db.begin(), pytest.raises(UnknownRecordError):
            lift_guard(db, school_id, room.administration_id)


async def test_workers_share_one_budget_and_tries_at_the_same_instant_do_too(site: Site) -> None:
    room = await site.open_room()
    tries = [ask(site, room, "AAAAAA", address(number)) for number in range(2 * FREE_TRIES)]
    assert (await asyncio.gather(*tries)).count("unknown_code") == FREE_TRIES
    other = make_site(site.world, site.journal)
    codes = {"room_code": room.room_code, "seat_code": "AAAAAA"}
    assert (await other.client.post("/api/v1/entry", json=codes)).json()["code"] == "wait_for_click"
    await other.close()


async def test_who_knows_a_right_code_cannot_fill_the_list(site: Site) -> None:
    world, room = site.world, await site.open_room()
    await spend(site, room)
    numbers = [await number_of(site, room, room.seat_codes[0], address(9), str(n)) for n in range(3 * MOST_DEVICES)]
    assert {device.number for device in look(world, room).waiting} == set(numbers[-MOST_DEVICES:])


async def test_a_room_over_budget_says_that_it_is_not_open_whatever_was_typed(site: Site) -> None:
    world, room = site.world, site.world.rooms[0]
    await spend(site, room)
    assert [await ask(site, room, code, SCHOOL) for code in ("AAAAAA", room.seat_codes[0])] == ["room_not_open"] * 2
    await site.open_room()
    await close_room(site.sittings, room.school_id, room.administration_id)
    assert [await ask(site, room, code, SCHOOL) for code in ("AAAAAA", room.seat_codes[0])] == ["room_closed"] * 2
    assert look(world, room).waiting == ()


async def test_a_device_is_let_in_by_its_own_room_only(site: Site) -> None:
    world, room, other = site.world, await site.open_room(), await site.open_room(1)
    await spend(site, room)
    await number_of(site, room, room.seat_codes[0], SCHOOL)
    device = look(world, room).waiting[0]
    with Session(world.database) as db, db.begin():
        for place in (
            (other.school_id, other.administration_id),
            (room.school_id, other.administration_id),
        ):
            with pytest.raises(UnknownRecordError):
                admit_device(db, *place, device.sitting_id, device.device)
        for name in ("zz", "00" * 32, ""):
            with pytest.raises(UnknownRecordError):
                admit_device(db, room.school_id, room.administration_id, device.sitting_id, name)
    assert await ask(site, other, other.seat_codes[0], SCHOOL) == "in"  # another room has a budget of its own


async def test_no_address_is_kept(sqlite_site: Site) -> None:
    site, room = sqlite_site, await sqlite_site.open_room()
    await ask(site, room, "AAAAAA", SCHOOL)
    await ask(site, site.world.rooms[1], "AAAAAA", SCHOOL)
    with Session(site.world.database) as db:
        networks = [row.network for row in db.exec(select(TryRow))]
    assert len(set(networks)) == 2  # nor can two rooms be compared
    assert all(SCHOOL.encode() not in network and len(network) == 32 for network in networks)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_is_an_address_or_64_bits_of_one(host: str, network: str) -> None:
    assert network_of(host) == network


async def test_control_without_the_budget_every_guess_is_answered(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above is green because of the budget: without it all guesses are told to be wrong."""
    monkeypatch.setattr("delivery.rooms.tries.FREE_TRIES", 10**9)
    site, room = sqlite_site, await sqlite_site.open_room()
    told = [await ask(site, room, "AAAAAA", address(number)) for number in range(2 * FREE_TRIES)]
    assert set(told) == {"unknown_code"}
