"""Contacts: one worker's memory, and what all workers know together."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import text

from delivery import SittingRef
from delivery.rooms import pause_room
from delivery.sittings.contact_writing import COLLECT_S
from delivery.sittings.contacts import SILENCE_MS, WRITE_EVERY_MS, Contact, Contacts, read_contacts
from delivery.sittings.contacts import write_contacts as store
from tests.delivery.delivery_world import Clock, Laptop, Site, answer_body, make_site

pytestmark = pytest.mark.anyio


async def two_workers(site: Site) -> tuple[Clock, Site, Laptop]:
    """A laptop at work at one worker, and a second worker that knows nothing of it."""
    clock = Clock()
    other = make_site(site.world, site.journal)
    site.sittings.clock = other.sittings.clock = clock
    return clock, other, await site.laptop()


async def test_working_time_is_the_same_whichever_worker_answers(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    for _ in range(6):  # a minute of looking at the question, at the first worker
        clock.now += 10_000
        await laptop.look()
        await site.contacts_written()
    current = laptop.head["current"]
    laptop.client = other.client
    body = answer_body(current["position"], current["item"], "A", epoch=laptop.epoch, elapsed_ms=1_000)
    assert (await laptop.put(current["position"], body)).status_code == 200
    assert laptop.head["time"]["used_ms"] == 60_000
    await other.close()


async def test_a_pause_at_another_worker_keeps_the_working_time(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    for _ in range(3):
        clock.now += 10_000
        await laptop.look()
        await site.contacts_written()
    await pause_room(other.sittings, laptop.room.school_id, laptop.room.administration_id)
    clock.now += 1_000_000
    assert (await laptop.look()).json()["time"]["used_ms"] == 30_000
    await other.close()


async def test_a_break_that_another_worker_did_not_see_is_no_working_time(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    clock.now += 10_000
    await laptop.look()
    await site.contacts_written()
    clock.now += 600_000  # offline; the laptop comes back at the first worker, and answers at the second
    await laptop.look()
    clock.now += WRITE_EVERY_MS
    await laptop.look()
    await site.contacts_written()
    current = laptop.head["current"]
    laptop.client = other.client
    body = answer_body(current["position"], current["item"], "A", epoch=laptop.epoch, elapsed_ms=1_000)
    assert (await laptop.put(current["position"], body)).status_code == 200
    assert laptop.head["time"]["used_ms"] == 10_000 + WRITE_EVERY_MS  # before and after the break
    await other.close()


async def test_what_a_laptop_tells_a_worker_that_never_heard_it_takes_no_working_time_for_silence(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    for said, more in (("noticed", {"times": 1, "away_ms": 3_000}), ("help", {}), ("break", {"wanted": False})):
        for _ in range(6):  # a minute of looking at the question, at the first worker
            clock.now += 10_000
            await laptop.look()
            await site.contacts_written()
        body = {"epoch": laptop.epoch} | more
        assert (await other.client.post(f"{laptop.url}/{said}", json=body, headers=laptop.headers)).is_success
        await other.close()
        other = make_site(site.world, site.journal)
        other.sittings.clock = clock
    assert "time_credited" not in await site.kinds(laptop)
    assert (await laptop.look()).json()["time"]["used_ms"] == 180_000
    await other.close()


async def test_the_database_joins_what_workers_heard_and_never_goes_back(site: Site) -> None:
    laptop = await site.laptop()
    at, direct = site.sittings.clock() + 10_000_000, site.sittings.direct

    async def told(since: int, last: int) -> tuple[int, int]:
        await store(direct, laptop.ref.school_id, [Contact(laptop.ref, at + since, at + last)])
        (row,) = await read_contacts(direct, [laptop.ref])
        return row.since - at, row.last - at

    await site.contacts_written()
    assert await told(0, 10_000) == (0, 10_000)
    assert await told(20_000, 30_000) == (0, 30_000)  # another worker, without a break
    assert await told(5_000, 15_000) == (0, 30_000)  # late news
    assert await told(200_000, 210_000) == (200_000, 210_000)  # after a break
    assert await told(0, 20_000) == (200_000, 210_000)


async def test_a_newcomer_is_in_the_database_soon_and_nobody_waited_for_it(site: Site) -> None:
    laptop = await site.laptop()
    assert await read_contacts(site.sittings.direct, [laptop.ref]) == []
    async with asyncio.timeout(10):
        while not await read_contacts(site.sittings.direct, [laptop.ref]):
            await asyncio.sleep(COLLECT_S / 5)


async def test_a_worker_that_stops_writes_what_it_heard_last(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    laptop.client = other.client
    await laptop.look()
    await other.close()
    (found,) = await read_contacts(site.sittings.direct, [laptop.ref])
    assert found.last == clock.now


async def test_contacts_of_two_workers_and_two_schools_written_at_once_are_all_there(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    laptops = [laptop, await site.laptop(1), await site.laptop(0, room=1), await site.laptop(1, room=1)]
    await site.contacts_written()
    clock.now += WRITE_EVERY_MS
    for each in laptops:
        await each.look()
        each.client = other.client
    clock.now += 1_000
    for each in laptops:
        await each.look()
    await asyncio.gather(site.contacts_written(), other.contacts_written())
    for each in laptops:
        (found,) = await read_contacts(site.sittings.direct, [each.ref])
        assert (found.since, found.last) == (clock.now - WRITE_EVERY_MS - 1_000, clock.now)
    await other.close()


async def test_contacts_that_cannot_be_written_fail_no_request_and_come_again(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    with sqlite_site.world.database.begin() as db:
        db.execute(text("ALTER TABLE delivery_contact RENAME TO away"))
    with structlog.testing.capture_logs() as logged:
        await sqlite_site.contacts_written()
    assert [entry["event"] for entry in logged] == ["contacts not written"]
    with sqlite_site.world.database.begin() as db:
        db.execute(text("ALTER TABLE away RENAME TO delivery_contact"))
    clock = sqlite_site.sittings.clock() + WRITE_EVERY_MS
    sqlite_site.sittings.clock = lambda: clock
    assert (await laptop.answer()).status_code == 200
    await sqlite_site.contacts_written()
    (found,) = await read_contacts(sqlite_site.sittings.direct, [laptop.ref])
    assert found.last == clock


def test_a_new_series_is_written_at_once_and_the_others_of_a_school_together() -> None:
    contacts, school = Contacts(), uuid4()
    first, second = (SittingRef(school, uuid4()) for _ in range(2))
    start = 10 * WRITE_EVERY_MS
    contacts.touch(first, start)
    assert contacts.is_due(first, start)
    assert contacts.take_due(start) == {school: [Contact(first, start, start)]}
    contacts.touch(first, start + 1)
    assert not contacts.is_due(first, start + 1)  # its school was written just now
    contacts.touch(second, start + 2)  # somebody new does not wait
    assert contacts.take_due(start + 2) == {school: [Contact(second, start + 2, start + 2)]}
    contacts.touch(second, start + WRITE_EVERY_MS)
    assert contacts.is_due(second, start + WRITE_EVERY_MS)
    (both,) = contacts.take_due(start + WRITE_EVERY_MS).values()
    assert {contact.ref for contact in both} == {first, second}
    assert contacts.take_due(start + WRITE_EVERY_MS) == {}


def test_a_break_is_written_as_a_new_series_and_who_is_forgotten_is_not() -> None:
    contacts, ref = Contacts(), SittingRef(uuid4(), uuid4())
    contacts.touch(ref, 1_000_000)
    contacts.take_due(1_000_000)
    contacts.touch(ref, 1_000_000 + SILENCE_MS + 1)
    assert contacts.is_due(ref, 1_000_000 + SILENCE_MS + 1)
    contacts.forget(ref)
    assert contacts.take_due(1_000_000 + 2 * SILENCE_MS) == {}


def test_runs_that_touch_are_one_and_an_older_one_changes_nothing() -> None:
    contacts, ref = Contacts(), SittingRef(uuid4(), uuid4())
    contacts.touch(ref, 100_000)
    contacts.learn(ref, 10_000, 80_000)
    assert contacts.confirmed_ms(ref, 1, 100_000) == 90_000
    contacts.learn(ref, 0, 10_000 - SILENCE_MS - 1)
    assert contacts.confirmed_ms(ref, 1, 100_000) == 90_000
