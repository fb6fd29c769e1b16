"""Rooms: codes, what the proctor sees and does, time, drafts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from delivery import RefusedError, SittingRef, UnknownRecordError
from delivery.isolation import in_school
from delivery.rooms import (
    Ground,
    RoomOverview,
    RoomStatus,
    SeatState,
    close_room,
    freeze_room,
    grant_time,
    list_administrations,
    load_administration,
    open_room,
    pause_room,
    resume_room,
    room_overview,
    seat_list,
)
from delivery.rooms.codes import ALPHABET, make_code, normalise_code
from delivery.sittings.contacts import SILENCE_MS, Contacts
from delivery.tables import ContactRow, SeatRow
from tests.delivery.delivery_world import SECRETS, TIME_LIMIT_MS, Laptop, Room, Site, answer_body

pytestmark = pytest.mark.anyio


async def overview(site: Site, room: Room) -> RoomOverview:
    """What the proctor sees."""
    return await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))


async def test_a_seat_goes_from_not_in_to_sealed(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room

    async def seat() -> Any:
        return (await overview(site, room)).seats[0]

    await site.contacts_written()
    assert ((await seat()).state, (await seat()).position) == (SeatState.BUSY, 1)
    await laptop.answer()
    assert ((await seat()).state, (await seat()).position, (await seat()).answered) == (SeatState.BUSY, 2, 1)
    await pause_room(site.sittings, room.school_id, room.administration_id)
    assert (await seat()).paused
    await resume_room(site.sittings, room.school_id, room.administration_id)
    await laptop.hand_in()
    assert ((await seat()).state, (await overview(site, room)).n_unconfirmed) == (SeatState.HANDED_IN, 1)
    await laptop.seal(1)
    assert ((await seat()).state, (await overview(site, room)).n_unconfirmed) == (SeatState.SEALED, 0)
    assert (await overview(site, room)).seats[1].state == SeatState.NOT_IN


async def test_a_laptop_that_is_silent_for_half_a_minute_is_disconnected(site: Site) -> None:
    laptop = await site.laptop()
    await site.contacts_written()
    assert (await overview(site, laptop.room)).seats[0].last_contact is not None
    with Session(site.world.database) as db, db.begin():
        in_school(db, laptop.room.school_id)
        row = db.get_one(ContactRow, (laptop.ref.school_id, laptop.ref.sitting_id))
        row.last_contact = datetime.now(UTC) - timedelta(milliseconds=SILENCE_MS + 1000)
    assert (await overview(site, laptop.room)).seats[0].state == SeatState.DISCONNECTED


async def test_opening_twice_starts_nothing_twice_and_a_closed_room_stays_closed(site: Site) -> None:
    laptop = await site.laptop()
    await site.open_room()
    assert (await site.kinds(laptop))[:2] == ["started", "opened"]
    assert (await site.kinds(laptop)).count("opened") == 1
    room = laptop.room
    await close_room(site.sittings, room.school_id, room.administration_id)
    with pytest.raises(RefusedError, match="room_closed"):
        await open_room(site.sittings, room.school_id, room.administration_id)
    assert (await overview(site, room)).administration.status is RoomStatus.CLOSED


async def test_freezing_seals_who_came_in_and_leaves_who_never_did(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room
    with pytest.raises(RefusedError, match="not_closing"):
        await freeze_room(site.sittings, room.school_id, room.administration_id)
    await close_room(site.sittings, room.school_id, room.administration_id)
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    states = [seat.state for seat in (await overview(site, room)).seats]
    assert states == [SeatState.SEALED, SeatState.NOT_IN]


async def test_another_schools_room_does_not_exist(site: Site) -> None:
    own, other = site.world.rooms
    with Session(site.world.database) as db:
        assert [room.administration_id for room in list_administrations(db, own.school_id)] == [own.administration_id]
        with pytest.raises(UnknownRecordError):
            load_administration(db, own.school_id, other.administration_id)
        with pytest.raises(UnknownRecordError):
            room_overview(db, own.school_id, other.administration_id)
        assert seat_list(db, own.school_id, other.administration_id, SECRETS) == ()
    with pytest.raises(UnknownRecordError):
        await open_room(site.sittings, own.school_id, other.administration_id)
    with pytest.raises(UnknownRecordError):
        await open_room(site.sittings, own.school_id, uuid4())


async def test_the_database_holds_no_seat_code_in_the_clear(sqlite_site: Site) -> None:
    room = sqlite_site.world.rooms[0]
    with Session(sqlite_site.world.database) as db:
        slips = seat_list(db, room.school_id, room.administration_id, SECRETS)
        assert [slip.pupil for slip in slips] == ["Voornaam0 Achternaam0", "Voornaam1 Achternaam1"]
        for row in db.exec(select(SeatRow)):
            for slip in slips:
                assert slip.seat_code.encode() not in row.code_sealed + row.code_hash


def test_codes_are_easy_to_read_and_forgiving_to_type() -> None:
    codes = {make_code() for _ in range(500)}
    assert len(codes) == 500
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set("0O1IL2Z5S8BUV") & set(ALPHABET)
    assert normalise_code(" abc-39k ") == "ABC39K"


async def test_extra_time_and_granted_time_lengthen_the_limit(site: Site) -> None:
    plain, extended = await site.laptop(0), await site.laptop(1)
    assert plain.head["time"]["limit_ms"] == TIME_LIMIT_MS
    assert extended.head["time"]["limit_ms"] == TIME_LIMIT_MS * 5 // 4  # extra_time 1.25 in the roster
    assert extended.head["accommodations"] == {"extra_time": "1.25"}
    await grant_time(site.sittings, plain.ref.school_id, [plain.ref.sitting_id], 60_000, Ground("brandalarm"))
    assert (await plain.look()).json()["time"]["limit_ms"] == TIME_LIMIT_MS + 60_000


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


async def answered_after(laptop: Laptop, clock: Clock, wait_ms: int, elapsed_ms: int) -> dict[str, Any]:
    """Answer after a silence, and return the head."""
    clock.now += wait_ms
    current = laptop.head["current"]
    body = answer_body(current["position"], current["item"], "A", epoch=laptop.epoch, elapsed_ms=elapsed_ms)
    assert (await laptop.put(current["position"], body)).status_code == 200
    return laptop.head


async def test_working_time_is_what_contacts_confirm_or_the_laptops_clock_where_it_was_offline(
    sqlite_site: Site,
) -> None:
    clock = Clock()
    sqlite_site.sittings.clock = clock
    laptop = await sqlite_site.laptop()
    assert (await answered_after(laptop, clock, 20_000, 1_000))["time"]["used_ms"] == 20_000  # contact, all the while
    assert (await answered_after(laptop, clock, 600_000, 40_000))["time"]["used_ms"] == 60_000  # offline: its own clock
    assert (await answered_after(laptop, clock, 600_000, 10**9))["time"]["used_ms"] == 660_000  # at most the gap
    room = laptop.room
    clock.now += 10_000
    await pause_room(sqlite_site.sittings, room.school_id, room.administration_id)
    clock.now += 3_600_000
    await resume_room(sqlite_site.sittings, room.school_id, room.administration_id)
    assert (await laptop.look()).json()["time"]["used_ms"] == 670_000  # the clock stood still


async def test_an_answer_after_the_deadline_counts_and_is_marked(sqlite_site: Site) -> None:
    clock = Clock()
    sqlite_site.sittings.clock = clock
    laptop = await sqlite_site.laptop()
    await answered_after(laptop, clock, TIME_LIMIT_MS, TIME_LIMIT_MS)
    await answered_after(laptop, clock, 1_000, 1_000)
    events = [json.loads(event.payload) for event in await sqlite_site.events(laptop) if event.kind == "answered"]
    assert [event["late"] for event in events] == ["", "deadline"]


def test_a_break_in_contact_confirms_nothing_of_itself() -> None:
    contacts, ref = Contacts(), SittingRef(uuid4(), uuid4())
    contacts.touch(ref, 1_000)
    contacts.touch(ref, 11_000)
    assert contacts.confirmed_ms(ref, 1_000, 15_000) == 14_000
    assert contacts.confirmed_ms(ref, 1_000, 11_000 + SILENCE_MS + 1) == 10_000
    contacts.touch(ref, 100_000)
    assert contacts.confirmed_ms(ref, 1_000, 105_000) == 5_000
    assert contacts.confirmed_ms(ref, 0, 105_000) == 0  # no interval runs


async def test_a_draft_comes_back_on_another_laptop_and_is_encrypted(site: Site) -> None:
    laptop = await site.laptop()
    current = laptop.head["current"]
    for typed in ("Brus", "Brussel"):
        draft = {"item": current["item"], "response": {"RESPONSE": typed}, "epoch": laptop.epoch}
        reply = await site.client.put(f"{laptop.url}/drafts/1", json=draft, headers=laptop.headers)
        assert (reply.status_code, reply.content) == (204, b"")
    log = await site.kinds(laptop)
    other = await site.laptop()
    assert other.head["draft"] == {"RESPONSE": "Brussel"}
    assert await site.kinds(other) == [*log, "claimed"]  # a draft is no event
    late = await site.client.put(f"{laptop.url}/drafts/1", json=draft, headers=laptop.headers)
    assert late.json()["code"] == "moved"
    await other.answer()
    assert (await other.look()).json()["draft"] is None
