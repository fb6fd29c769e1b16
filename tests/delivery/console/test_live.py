"""Rooms as consoles follow them: what is seen, how soon, and how often the database is asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import Session

from delivery.access import Claims
from delivery.console.live import LiveRooms, Render, Sight
from delivery.direct import Row
from delivery.errors import UnknownRecordError
from delivery.journal import open_news
from delivery.people import StaffRole, add_staff
from delivery.rooms import (
    SeatOverview,
    SeatState,
    close_room,
    look_again,
    look_at,
    pause_room,
    resume_room,
    room_overview,
)
from delivery.rooms.overview import RoomMemory
from delivery.rooms.tries import FREE_TRIES
from delivery.sittings import SILENCE_MS, now_ms
from tests.delivery.console.test_sheets import HASH, Desk, hidden, room_of, sheet_of
from tests.delivery.delivery_world import Laptop, Room, Site, World, as_role, make_site
from tests.delivery.granting import granted_laptop
from tests.delivery.telling import take_break

pytestmark = pytest.mark.anyio
SOON_S = 10.0
"""On a machine that others use; that two seconds are enough, `tests/bench/bench_console.py` holds."""


def told(sight: Sight) -> str:
    """A page in a few words: where the room stands, then each seat."""
    seats = (f"{seat.state}:{seat.answered}" for seat in sight.overview.seats)
    return " ".join((str(sight.overview.administration.status), *seats))


def named(sight: Sight) -> str:
    """A page in other words: names at work, "?" where one was denied; laptops that wait; "!" where all must wait."""
    room = sight.overview
    at_work = (f"{seat.pupil}{'?' * seat.denied}" for seat in room.seats if seat.state != SeatState.NOT_IN)
    denied = (f"{seat.pupil}?" for seat in room.seats if seat.state == SeatState.NOT_IN and seat.denied)
    waiting = (f"{device.pupil} waits" for device in room.waiting)
    return f"[{', '.join((*at_work, *denied, *waiting))}]" + "!" * room.administration.guarded


class Console:
    """One console that follows a room."""

    def __init__(self, live: LiveRooms, room: Room, life_s: float = 60.0, shows: Render = told) -> None:
        self._pages = live.pages(room.school_id, room.administration_id, "", shows, life_s)

    async def sees(self, page: str, within_s: float = SOON_S) -> None:
        """Wait until this is on the page."""
        async with asyncio.timeout(within_s):
            while await anext(self._pages) != page:
                continue

    async def close(self) -> None:
        """Turn away."""
        await self._pages.aclose()


LOGS, SEATS = "FROM delivery_event AS event", "FROM delivery_seat LEFT OUTER JOIN"
"""What a look reads: each one the logs that have more, one at everything the seats too."""


@asynccontextmanager
async def counted(site: Site, table: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """Statements that read from here meanwhile, in a session or by themselves."""
    seen: list[str] = []
    fetch, database = site.sittings.direct.fetch, site.world.database

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if table in statement:
            seen.append(statement)

    async def noted(school_id: UUID | None, sql: str, *values: object) -> Sequence[Row]:
        note(None, None, sql)
        return await fetch(school_id, sql, *values)

    with monkeypatch.context() as patch:
        patch.setattr(site.sittings.direct, "fetch", noted)
        event.listen(database, "before_cursor_execute", note)
        yield seen
        event.remove(database, "before_cursor_execute", note)


async def test_an_answer_is_on_all_consoles_at_once_and_the_room_is_looked_up_once_for_all(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = await site.laptop()
    await site.contacts_written()
    live = LiveRooms(site.sittings)
    consoles = [Console(live, laptop.room) for _ in range(5)]
    for console in consoles:
        await console.sees("open busy:0 not_in:0")
    await asyncio.sleep(1.1)
    async with counted(site, LOGS, monkeypatch) as looks:
        await laptop.answer()
        for console in consoles:
            await console.sees("open busy:1 not_in:0")
        assert len(looks) == 1
        await asyncio.sleep(2.5)  # nothing happens, so nobody looks
        assert len(looks) == 1
    for console in consoles:
        await console.close()


async def test_a_page_is_made_anew_where_it_shows_something_else_and_now_and_then_for_words_of_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.console.live.LOOK_EVERY_S", 0.05)
    laptop = await site.laptop()
    await site.contacts_written()
    made: list[Sight] = []

    def shows(sight: Sight) -> str:
        made.append(sight)
        return told(sight)

    live = LiveRooms(site.sittings)
    console = Console(live, laptop.room, shows=shows)
    await console.sees("open busy:0 not_in:0")
    seeing = asyncio.create_task(console.sees("open busy:1 not_in:0"))
    n_before = len(made)
    async with counted(site, LOGS, monkeypatch) as looks:
        for _ in range(4):
            site.sittings.news.tell([laptop.ref.sitting_id])  # it was heard of, and nothing else
            await live.glance(laptop.room.school_id, laptop.room.administration_id)
        assert (len(looks) >= 4, len(made)) == (True, n_before)
    await laptop.answer()
    await seeing
    assert len(made) == n_before + 1
    monkeypatch.setattr("delivery.console.live.WORDS_EVERY_S", 0.1)
    await site.sittings.ask_help(Claims(laptop.ref, laptop.epoch))
    seeing = asyncio.create_task(console.sees("never"))
    async with asyncio.timeout(SOON_S):
        while len(made) < n_before + 4:
            await asyncio.sleep(0.05)
    seeing.cancel()
    await asyncio.gather(seeing, return_exceptions=True)
    await console.close()


async def test_however_much_happens_a_room_is_looked_up_once_a_second(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = await site.laptop()
    console = Console(LiveRooms(site.sittings), laptop.room)
    await console.sees("open busy:0 not_in:0")
    async with counted(site, LOGS, monkeypatch) as looks:
        started = asyncio.get_running_loop().time()
        for _ in range(5):
            await laptop.answer()
        await console.sees("open busy:5 not_in:0")
        assert len(looks) <= 2 + asyncio.get_running_loop().time() - started
    await console.close()


async def test_where_the_room_stands_and_who_is_back_is_seen_too(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room
    await site.contacts_written()
    console = Console(LiveRooms(site.sittings), room)
    await console.sees("open busy:0 not_in:0")
    await pause_room(site.sittings, room.school_id, room.administration_id)
    await console.sees("paused busy:0 not_in:0")
    await resume_room(site.sittings, room.school_id, room.administration_id)
    await console.sees("open busy:0 not_in:0")
    await close_room(site.sittings, room.school_id, room.administration_id)
    await console.sees("closed handed_in:0 not_in:0")
    await laptop.seal(0)
    await console.sees("closed sealed:0 not_in:0")
    await console.close()


async def test_who_waits_and_whose_seat_it_is_are_seen_though_no_log_tells_of_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.console.live.LOOK_EVERY_S", 0.05)
    world, post = site.world, site.client.post
    world.rooms[0] = world.make_room(world.rooms[0].school_id, n_reserves=1)
    room = await site.open_room()
    console = Console(LiveRooms(site.sittings), room, shows=named)
    await console.sees("[]")
    first, second, reserve = ({"room_code": room.room_code, "seat_code": code} for code in room.seat_codes)
    ticket = (await post("/api/v1/entry", json=first)).json()["ticket"]
    await post("/api/v1/entry/deny", json={"ticket": ticket})
    await console.sees("[Voornaam0 Achternaam0?]")
    await post("/api/v1/entry/confirm", json={"ticket": ticket})
    await console.sees("[Voornaam0 Achternaam0]")
    for _ in range(FREE_TRIES):
        wrong = await post("/api/v1/entry", json=second | {"seat_code": "AAAAAA"})
        assert wrong.json()["code"] == "unknown_code"
    await console.sees("[Voornaam0 Achternaam0]!")
    held = await post("/api/v1/entry", json=reserve)
    assert held.json()["code"] == "wait_for_click"
    await console.sees("[Voornaam0 Achternaam0, Reserveplaats 1 waits]!")
    with Session(world.owner) as db, db.begin():
        member = add_staff(db, "p@example.org", HASH, StaffRole.PROCTOR, room.school_id)
    proctor = await Desk(site.client, str(member.staff_id)).sign_in("p@example.org")
    page = (await site.client.get(room_of(room))).text
    (click,) = re.findall(r'formaction="([^"]+/laptops/[^"]+)"', page)
    await post(click, data={"form_token": hidden(page, "form_token")})
    await console.sees("[Voornaam0 Achternaam0]!")
    laptop = await Laptop(site.client, room, 2).enter()
    await console.sees("[Voornaam0 Achternaam0, Reserveplaats 1]!")
    (other,) = re.findall(r'<option value="([\w-]+)">Voornaam1 ', (await site.client.get(sheet_of(laptop))).text)
    assert (await proctor.send(sheet_of(laptop), "andere-leerling", pupil=other)).status_code == 303
    await console.sees("[Voornaam0 Achternaam0, Voornaam1 Achternaam1]!")
    page = (await site.client.get(room_of(room))).text
    assert f'formaction="{room_of(room)}/laptops">Laat laptops weer vanzelf binnen</button>' in page
    await post(f"{room_of(room)}/laptops", data={"form_token": hidden(page, "form_token")})
    await console.sees("[Voornaam0 Achternaam0, Voornaam1 Achternaam1]")
    await console.close()


async def test_a_laptop_that_goes_silent_is_seen_without_an_event(site: Site) -> None:
    site.sittings.clock = lambda: now_ms() - SILENCE_MS + 2500
    laptop = await site.laptop()
    await site.contacts_written()
    console = Console(LiveRooms(site.sittings), laptop.room)
    await console.sees("open busy:0 not_in:0")
    await console.sees("open disconnected:0 not_in:0")
    site.sittings.clock = now_ms
    site.sittings.contacts.forget(laptop.ref)  # as if this worker had heard nothing for long
    await laptop.look()
    await console.sees("open busy:0 not_in:0")
    await console.close()


async def test_a_laptop_that_is_closed_in_a_break_is_looked_for_when_the_break_is_over_and_not_before(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.console.live.LOOK_EVERY_S", 0.05)
    site = sqlite_site
    site.sittings.clock = lambda: now_ms() - 5 * 60_000 + 3000
    laptop = await granted_laptop(site, {"breaks": "1x5"})
    assert (await take_break(laptop)).json()["state"] == "paused"
    await site.contacts_written()
    console = Console(LiveRooms(site.sittings), laptop.room)
    await console.sees("open busy:0 not_in:0")
    async with counted(site, SEATS, monkeypatch) as looks:
        await console.sees("open disconnected:0 not_in:0")
        assert len(looks) <= 2
    await console.close()


async def test_a_room_that_nobody_looks_at_is_not_looked_up_and_soon_forgotten(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("delivery.console.live.LINGERS_S", 0.4)
    laptop = await site.laptop()
    live = LiveRooms(site.sittings)
    console = Console(live, laptop.room)
    await console.sees("open busy:0 not_in:0")
    await console.close()
    async with counted(site, LOGS, monkeypatch) as looks:
        await laptop.answer()
        await asyncio.sleep(0.3)
        assert looks == []
        assert live.n_known == 1
        await asyncio.sleep(0.3)
        assert (looks, live.n_known) == ([], 0)


async def test_who_asks_for_the_page_every_few_seconds_has_the_look_of_those_who_follow_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = await site.laptop()
    await site.contacts_written()
    live, where = LiveRooms(site.sittings), (laptop.room.school_id, laptop.room.administration_id)
    async with counted(site, SEATS, monkeypatch) as looks:
        pages = await asyncio.gather(*(live.glance(*where) for _ in range(20)))
        assert {told(page) for page in pages} == {"open busy:0 not_in:0"}
        assert len(looks) == 1
        console = Console(live, laptop.room)
        await console.sees("open busy:0 not_in:0")
        await laptop.answer()
        assert told(await live.glance(*where)) == "open busy:1 not_in:0"
        await console.close()
        await laptop.answer()
        assert told(await live.glance(*where)) == "open busy:2 not_in:0"
        assert len(looks) == 1  # nobody read the whole room again
    async with counted(site, "", monkeypatch) as statements:
        await live.glance(*where)
        assert statements == []
    await pause_room(site.sittings, *where)
    assert told(await live.look(*where)) == "paused busy:2 not_in:0"


async def test_who_may_not_see_a_room_does_not_disturb_those_who_do(site: Site) -> None:
    laptop, other = await site.laptop(), site.world.rooms[1].school_id
    live = LiveRooms(site.sittings)
    console = Console(live, laptop.room)
    await console.sees("open busy:0 not_in:0")
    for ask in (live.look, live.glance):
        with pytest.raises(UnknownRecordError):
            await ask(other, laptop.room.administration_id)
    await laptop.answer()
    await console.sees("open busy:1 not_in:0")
    await console.close()


async def test_the_stream_of_a_room_that_is_not_there_ends(site: Site) -> None:
    own, other = site.world.rooms
    live = LiveRooms(site.sittings)
    assert [page async for page in live.pages(own.school_id, other.administration_id, "", told, 60.0)] == []


def said(seat: SeatOverview) -> SeatOverview:
    """What the log says of a seat: contacts are written meanwhile."""
    return replace(seat, last_contact=None)


async def test_reading_on_gives_what_reading_all_gives(site: Site) -> None:
    laptop, room = await site.laptop(), site.world.rooms[0]
    where = (room.school_id, room.administration_id)
    known: RoomMemory | None = None

    async def look(*stirred: Laptop) -> None:
        nonlocal known
        all_at_once = await site.sittings.in_database(lambda db: room_overview(db, *where))
        names = [one.ref.sitting_id for one in stirred]
        if known is not None and names:
            read_on, more = await look_at(site.sittings.direct, room.school_id, known, names)
        else:
            read_on, more = await site.sittings.in_database(lambda db: look_again(db, *where, known))
        assert [said(seat) for seat in read_on.seats] == [said(seat) for seat in all_at_once.seats]
        known = more

    await look()
    await laptop.answer()
    await look(laptop)
    await laptop.put(1, {"nonsense": True})
    await look()
    other = await site.laptop(1)
    await laptop.answer()
    await look(laptop, other)
    await other.finish()
    await close_room(site.sittings, *where)
    await look()
    assert known is not None
    assert [log.answered for log in known.logs.values()] == [2, 6]


@pytest.mark.postgres
async def test_consoles_of_two_workers_see_an_answer_that_one_of_them_took(
    postgres_world: World, delivery_database: str
) -> None:
    news = [open_news(as_role(delivery_database, "peil_web")) for _ in range(2)]
    sites = [make_site(postgres_world, postgres_world.open_journal(), told_by) for told_by in news]
    consoles = [Console(LiveRooms(site.sittings), postgres_world.rooms[0]) for site in sites]
    try:
        for told_by in news:
            await told_by.open()
        await asyncio.sleep(0.5)  # until both listen; what is missed before is found by the first look
        for console in consoles:
            await console.sees("planned not_in:0 not_in:0")
        laptop = await sites[0].laptop()
        for console in consoles:
            await console.sees("open busy:0 not_in:0")
        await laptop.answer()
        for console in consoles:
            await console.sees("open busy:1 not_in:0")
    finally:
        for console, site, told_by in zip(consoles, sites, news, strict=True):
            await console.close()
            await site.close()
            await told_by.close()
        await postgres_world.stop()
        for site in sites:
            await site.journal.close()
