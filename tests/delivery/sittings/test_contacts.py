"""Contacts: one worker's memory, and what all workers know together."""

from __future__ import annotations

from uuid import uuid4

import pytest

from delivery import SittingRef
from delivery.rooms import pause_room
from delivery.sittings.contacts import SILENCE_MS, SWEEP_EVERY_MS, WRITE_EVERY_MS, Contact, Contacts, read_contacts
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
    await other.client.aclose()


async def test_a_pause_at_another_worker_keeps_the_working_time(site: Site) -> None:
    clock, other, laptop = await two_workers(site)
    for _ in range(3):
        clock.now += 10_000
        await laptop.look()
        await site.contacts_written()
    await pause_room(other.sittings, laptop.room.school_id, laptop.room.administration_id)
    clock.now += 1_000_000
    assert (await laptop.look()).json()["time"]["used_ms"] == 30_000
    await other.client.aclose()


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
    await other.client.aclose()


async def test_the_database_joins_what_workers_heard_and_never_goes_back(site: Site) -> None:
    laptop = await site.laptop()
    at = site.sittings.clock() + 10_000_000

    async def told(since: int, last: int) -> tuple[int, int]:
        store(site.world.database, [Contact(laptop.ref, at + since, at + last)])
        (row,) = await site.sittings.in_database(lambda db: read_contacts(db, [laptop.ref]))
        return row.since - at, row.last - at

    await site.contacts_written()
    assert await told(0, 10_000) == (0, 10_000)
    assert await told(20_000, 30_000) == (0, 30_000)  # another worker, without a break
    assert await told(5_000, 15_000) == (0, 30_000)  # late news
    assert await told(200_000, 210_000) == (200_000, 210_000)  # after a break
    assert await told(0, 20_000) == (200_000, 210_000)


def test_a_request_looks_at_its_own_sitting_only_and_all_are_swept_once_a_second() -> None:
    contacts = Contacts()
    mine, others = SittingRef(uuid4(), uuid4()), [SittingRef(uuid4(), uuid4()) for _ in range(3)]
    now = 10 * SWEEP_EVERY_MS
    assert contacts.due(mine, now) == []
    for ref in (mine, *others):
        contacts.touch(ref, now + 1)
    assert [contact.ref for contact in contacts.due(mine, now + 1)] == [mine]
    assert contacts.due(mine, now + 2) == []
    swept = contacts.due(mine, now + SWEEP_EVERY_MS)
    assert {contact.ref for contact in swept} == set(others)


def test_runs_that_touch_are_one_and_an_older_one_changes_nothing() -> None:
    contacts, ref = Contacts(), SittingRef(uuid4(), uuid4())
    contacts.touch(ref, 100_000)
    contacts.learn(ref, 10_000, 80_000)
    assert contacts.confirmed_ms(ref, 1, 100_000) == 90_000
    contacts.learn(ref, 0, 10_000 - SILENCE_MS - 1)
    assert contacts.confirmed_ms(ref, 1, 100_000) == 90_000
