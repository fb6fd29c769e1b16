"""One pupil at work: to another laptop, past a faulty item, and a call for help."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlmodel import Session

from delivery import RefusedError, replay, sealed_sittings
from delivery.rooms import (
    Ground,
    answer_help,
    close_room,
    pause_room,
    release_sitting,
    resume_room,
    room_overview,
    skip_item,
)
from delivery.sittings.choosing import Progress, choose_offer, choose_offers
from tests.delivery.delivery_world import Clock, Laptop, Site, answer_body
from tests.delivery.sittings.test_reserving import ahead_of

pytestmark = pytest.mark.anyio
GROUND = Ground("tekening ontbreekt", "s")


@pytest.fixture
def clock(site: Site) -> Clock:
    """The worker's clock, to move."""
    clock = Clock()
    site.sittings.clock = clock
    return clock


async def used_ms(laptop: Laptop) -> int:
    """Working time by the head."""
    return int((await laptop.look()).json()["time"]["used_ms"])


async def skip(site: Site, laptop: Laptop) -> str:
    """Take the item on the screen away; return it."""
    item = str(laptop.head["current"]["item"])
    await skip_item(site.sittings, laptop.ref, item, GROUND)
    return item


async def test_a_moved_pupil_goes_on_with_the_same_item_the_same_draft_and_the_same_time(
    site: Site, clock: Clock
) -> None:
    old = await site.laptop()
    await old.answer()
    current = old.head["current"]
    draft = {"item": current["item"], "response": {"RESPONSE": "A"}, "epoch": old.epoch}
    clock.now += 20_000
    await old.client.put(f"{old.url}/drafts/2", json=draft, headers=old.headers)
    spent = await used_ms(old)
    assert spent == 20_000
    await release_sitting(site.sittings, old.ref, GROUND)
    await release_sitting(site.sittings, old.ref, GROUND)  # pressed twice
    assert (await site.kinds(old)).count("claimed") == 2
    refused = await old.look()
    assert (refused.status_code, refused.json()["code"]) == (409, "moved")
    clock.now += 300_000
    await pause_room(site.sittings, old.room.school_id, old.room.administration_id)
    clock.now += 300_000
    await resume_room(site.sittings, old.room.school_id, old.room.administration_id)
    clock.now += 300_000  # until another laptop is found, the time stands still
    new = await Laptop(site.client, old.room).enter()
    assert new.head["current"] == current
    assert new.head["draft"] == {"RESPONSE": "A"}
    assert await used_ms(new) == spent
    clock.now += 1_000
    assert await used_ms(new) == spent + 1_000


async def test_what_the_old_laptop_still_sends_counts_until_the_new_one_answers(site: Site) -> None:
    old = await site.laptop()
    body = answer_body(1, old.head["current"]["item"], "A", epoch=old.epoch)
    await release_sitting(site.sittings, old.ref, GROUND)
    late = await old.put(1, body)
    assert (late.status_code, late.json()["code"], "receipt" in late.json()) == (409, "moved", True)
    new = await Laptop(site.client, old.room).enter()
    assert new.head["current"]["position"] == 2


async def test_only_who_is_at_work_can_be_moved(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room
    seats = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id).seats)
    absent = type(laptop.ref)(room.school_id, seats[1].sitting_id)
    with pytest.raises(RefusedError, match="not_in"):
        await release_sitting(site.sittings, absent, GROUND)
    await laptop.hand_in()
    with pytest.raises(RefusedError, match="already_finished"):
        await release_sitting(site.sittings, laptop.ref, GROUND)
    await laptop.seal(0)
    with pytest.raises(RefusedError, match="sealed"):
        await release_sitting(site.sittings, laptop.ref, GROUND)


async def test_a_skipped_item_does_not_count_and_another_takes_its_place(site: Site, clock: Clock) -> None:
    laptop = await site.laptop()
    await laptop.answer()
    clock.now += 10_000
    item = await skip(site, laptop)
    head = (await laptop.look()).json()
    assert (head["current"]["position"], head["answered"]) == (2, 1)
    assert head["current"]["item"] != item
    assert head["time"]["used_ms"] == 0  # the time on it does not count either
    laptop.head = head
    await laptop.finish()
    with Session(site.world.owner) as db:
        (sitting,) = sealed_sittings(db, lambda identifier: identifier)
        told = replay(db, laptop.ref.sitting_id)
    answered = [answer.item for answer in sitting.answers]
    assert len(set(answered)) == 6  # a whole test, without it
    assert item not in answered
    (words,) = [event.words for event in told if event.kind == "item_skipped"]
    assert words[0] == f"question 2, {item}, does not count: {GROUND.reason}"
    assert words[1] == "by staff s"


async def test_time_before_a_pause_on_a_skipped_item_is_given_back_too(site: Site, clock: Clock) -> None:
    laptop = await site.laptop()
    await laptop.answer()
    clock.now += 10_000
    room = laptop.room
    await pause_room(site.sittings, room.school_id, room.administration_id)
    item = await skip(site, laptop)
    assert (await laptop.look()).json()["current"] is None  # no new item while the room waits
    await resume_room(site.sittings, room.school_id, room.administration_id)
    head = (await laptop.look()).json()
    assert (head["current"]["position"], head["time"]["used_ms"]) == (2, 0)
    assert head["current"]["item"] != item
    returned = [json.loads(event.payload) for event in await site.events(laptop) if event.kind == "item_skipped"]
    assert returned[0]["returned_ms"] == 10_000


async def test_an_answer_to_an_item_that_was_skipped_meanwhile_is_kept_and_the_pupil_goes_on(site: Site) -> None:
    laptop = await site.laptop()
    item = await skip(site, laptop)
    body = answer_body(1, item, "A", epoch=laptop.epoch)
    reply = await laptop.put(1, body)
    assert (reply.status_code, reply.json()["code"]) == (409, "item_skipped")
    assert reply.json()["current"]["position"] == 1
    assert (await site.kinds(laptop))[-1] == "evidence"
    assert (await site.sittings.ledger.load(laptop.ref)).alarms == 0
    laptop.head = reply.json()
    assert (await laptop.answer()).status_code == 200


async def test_what_cannot_be_skipped_is_refused(site: Site) -> None:
    laptop = await site.laptop()
    item = laptop.head["current"]["item"]
    await laptop.answer()
    with pytest.raises(RefusedError, match="other_item"):
        await skip_item(site.sittings, laptop.ref, item, GROUND)
    room = laptop.room
    await close_room(site.sittings, room.school_id, room.administration_id)
    with pytest.raises(RefusedError, match="already_finished"):
        await skip_item(site.sittings, laptop.ref, item, GROUND)
    assert "item_skipped" not in await site.kinds(laptop)


async def test_a_test_of_which_every_item_is_skipped_ends(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    seen = []
    while laptop.head["current"]:
        seen.append(await skip(sqlite_site, laptop))
        laptop.head = (await laptop.look()).json()
    assert sorted(seen) == [f"T{n:02d}@1" for n in range(12)]
    assert laptop.head["complete"]
    assert (await laptop.hand_in()).status_code == 200
    assert (await laptop.seal(0)).status_code == 200


async def test_sittings_that_skipped_more_or_fewer_items_are_chosen_for_together(sqlite_site: Site) -> None:
    laptops = [await sqlite_site.laptop(seat) for seat in range(2)]
    skipped = await skip(sqlite_site, laptops[0])
    bank = (await sqlite_site.sittings.desk(laptops[0].ref)).bank
    sittings = []
    for laptop in laptops:
        state = await sqlite_site.sittings.ledger.load(laptop.ref)
        assert state.started is not None
        sittings.append(Progress(state.started, state.plan, (), 0, state.skipped))
    found = choose_offers(bank, sittings)
    assert found == [choose_offer(bank, each) for each in sittings]
    assert found[0].offer is not None
    assert found[0].offer.item != skipped


async def test_help_is_asked_once_and_answered_once(site: Site) -> None:
    laptop = await site.laptop()

    async def ask(**other: Any) -> Any:
        body = {"epoch": laptop.epoch} | other
        return await laptop.client.post(f"{laptop.url}/help", json=body, headers=laptop.headers)

    for _ in range(3):
        assert (await ask()).json()["help"] is True
    room = laptop.room
    seat = (
        await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id).seats)
    )[0]
    assert seat.help_since is not None
    for _ in range(2):
        await answer_help(site.sittings, laptop.ref, GROUND)
    assert [kind for kind in await site.kinds(laptop) if kind == "help"] == ["help"] * 2
    assert (await ask()).status_code == 200  # and again, later
    assert (await ask(epoch=7)).json()["code"] == "not_yours"
    await laptop.hand_in()
    await laptop.seal(0)
    assert (await ask()).json()["help"] is True  # who waited when the test ended, waits still
    await answer_help(site.sittings, laptop.ref, GROUND)
    assert (await ask()).json()["code"] == "sealed"


async def test_a_laptop_that_was_replaced_asks_no_help(site: Site) -> None:
    old = await site.laptop()
    await Laptop(site.client, old.room).enter()
    reply = await old.client.post(f"{old.url}/help", json={"epoch": old.epoch}, headers=old.headers)
    assert (reply.status_code, reply.json()["code"]) == (409, "moved")
    assert "help" not in await site.kinds(old)


async def test_a_skipped_item_of_a_laptop_that_went_on_alone_leaves_the_reserve_usable(site: Site) -> None:
    """The laptop answered the item, and one that came ahead, before it heard that the first was taken away."""
    laptop = await site.laptop()
    first, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    await skip_item(site.sittings, laptop.ref, first, GROUND)
    late = await laptop.answer_ahead(1, first, "A", ahead[0])
    assert (late.status_code, late.json()["code"]) == (409, "item_skipped")
    head = late.json()
    assert (head["current"]["position"], head["skipped"]) == (1, [first])
    assert first not in head["reserve"]
    moved_up = await laptop.answer_ahead(1, ahead[0], "A", ahead[1])
    assert moved_up.status_code == 200, moved_up.text
    assert laptop.head["current"]["item"] == ahead[1]
    await skip_item(site.sittings, laptop.ref, ahead[1], GROUND)  # one that the laptop showed by itself
    late = await laptop.answer_ahead(2, ahead[1])
    assert late.json()["code"] == "item_skipped"
    assert first not in (sent := await ahead_of(laptop))
    assert ahead[1] not in sent
    laptop.head = (await laptop.look()).json()
    await laptop.finish()
    with Session(site.world.owner) as db:
        (sitting,) = sealed_sittings(db, lambda identifier: identifier)
    answered = [answer.item for answer in sitting.answers]
    assert answered[0] == ahead[0]
    assert len(set(answered)) == 6
    assert not {first, ahead[1]} & set(answered)
    assert {first, ahead[1]} <= set(sitting.exposed)  # the pupil saw them
    assert not {first, ahead[1]} & set(sitting.disclosed)
