"""Answers that were given without a network (points 9, 15 to 18 of the protocol), over HTTP."""

from __future__ import annotations

import pytest

from delivery.rooms import close_room, pause_room, resume_room
from itembank import Stopping
from tests.delivery import delivery_world as helpers
from tests.delivery.delivery_world import LENGTH, Clock, Laptop, Site, World
from tests.delivery.sittings.test_reserving import ahead_of, payloads, site_of, state_of

pytestmark = pytest.mark.anyio


async def test_answers_given_without_a_network_are_accepted_in_order_and_nothing_is_chosen(site: Site) -> None:
    laptop = await site.laptop()
    first, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    order = [first, *ahead[:3]]
    for position, (item, following) in enumerate(zip(order, [*order[1:], None], strict=True), 1):
        reply = await laptop.answer_ahead(position, item, "A", following)
        assert reply.status_code == 200, reply.text
        assert len(reply.json()["receipt"]) == 64
        if following:
            current = reply.json()["current"]
            assert (current["position"], current["item"]) == (position + 1, following)
    answered = await payloads(site, laptop, "answered")
    assert [payload["item"] for payload in answered] == order
    shown = [(payload["showing"] or {}).get("item") for payload in answered]
    assert shown == [*order[1:], None]
    assert {payload["showing"]["cause"] for payload in answered[:3]} == {"offline"}
    assert [payload["following"] is None for payload in answered] == [True, True, True, False]
    assert laptop.head["current"]["position"] == 5
    await laptop.finish()
    state = await state_of(site, laptop)
    assert len({answer.item for answer in state.answers}) == LENGTH


async def test_a_lost_reply_and_an_item_of_the_reserve_in_the_place_of_the_chosen_one(site: Site) -> None:
    """Point 9: the server had chosen X; the pupil went on with another item, and X counts as sent and not shown."""
    laptop = await site.laptop()
    first, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    chosen = (await laptop.answer_ahead(1, first)).json()["current"]["item"]  # the laptop never sees this reply
    other = next(item for item in ahead if item != chosen)
    reply = await laptop.answer_ahead(2, other, "B")
    assert reply.status_code == 200
    (last,) = (await payloads(site, laptop, "answered"))[1:]
    assert (last["presented"]["item"], last["presented"]["position"]) == (other, 2)
    state = await state_of(site, laptop)
    assert chosen in state.disclosed or chosen == laptop.head["current"]["item"]
    assert other not in state.disclosed


async def test_a_laptop_that_resends_says_what_it_shows_by_now(site: Site) -> None:
    laptop = await site.laptop()
    first, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    receipt = (await laptop.answer_ahead(1, first)).json()["receipt"]
    other = next(item for item in ahead if item != laptop.head["current"]["item"])
    for _ in range(2):  # the second time nothing is new
        again = await laptop.answer_ahead(1, first, showing=other)
        assert (again.status_code, again.json()["receipt"]) == (200, receipt)
        assert again.json()["current"]["item"] == other
    assert (await site.kinds(laptop)).count("presented") == 1
    draft = {"item": other, "response": {"RESPONSE": None}, "epoch": 1}  # what is typed there is kept again
    assert (await site.client.put(f"{laptop.url}/drafts/2", json=draft, headers=laptop.headers)).status_code == 204
    assert (await laptop.answer_ahead(2, other)).status_code == 200
    assert (await payloads(site, laptop, "answered"))[1]["presented"] is None  # it was known


async def test_the_plan_is_the_one_that_the_laptop_s_items_came_from(sqlite_site: Site) -> None:
    """Whatever was chosen and not shown, the sitting ends with a test of its plan: no choice is a fallback."""
    laptop = await sqlite_site.laptop()
    for position in range(1, LENGTH):
        current, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
        value = "B" if position % 3 else "A"
        await laptop.answer_ahead(position, current, value)
        others = [item for item in ahead if item != laptop.head["current"]["item"]]
        if position % 2 and others:
            await laptop.answer_ahead(position, current, value, others[0])
            assert laptop.head["current"]["item"] == others[0]
    assert (await sqlite_site.kinds(laptop)).count("presented") >= 2
    await laptop.finish()
    chosen = [answer["following"] for answer in await payloads(sqlite_site, laptop, "answered")]
    assert {offer["choice"]["route"] for offer in chosen if offer} == {"plan"}
    state = await state_of(sqlite_site, laptop)
    assert {answer.item for answer in state.answers} == set(state.plan)


async def test_another_laptop_gets_a_reserve_of_its_own(site: Site) -> None:
    first = await site.laptop()
    item, ahead = first.head["current"]["item"], await ahead_of(first)
    second = await Laptop(site.client, first.room).enter()
    refused = await first.fetch_reserve()
    assert (refused.status_code, refused.json()["code"]) == (409, "moved")
    assert second.head["reserve"] == ahead
    got = (await second.fetch_reserve()).json()
    assert [one["item"] for one in got["items"]] == ahead
    for position, (given, following) in enumerate(zip([item, ahead[0]], ahead[:2], strict=True), 1):
        reply = await first.answer_ahead(position, given, "A", following)  # what the old one held counts
        assert (reply.status_code, reply.json()["code"]) == (409, "moved")
        assert reply.json()["receipt"]
        assert "current" not in reply.json()
    head = (await second.look()).json()
    assert (head["current"]["position"], head["current"]["item"]) == (3, ahead[1])
    second.head = head
    assert (await second.answer()).status_code == 200
    late = await first.answer_ahead(4, ahead[2])
    assert (late.json()["code"], "receipt" in late.json()) == ("moved", False)
    assert [piece["cause"] for piece in await payloads(site, first, "evidence")] == ["moved"]


async def test_while_paused_what_was_sent_counts_and_nothing_new_is_sent(site: Site) -> None:
    laptop = await site.laptop()
    item, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    await pause_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert (await laptop.answer_ahead(1, item, showing=ahead[0])).json()["current"]["item"] == ahead[0]
    reply = await laptop.answer_ahead(2, ahead[0])
    assert (reply.status_code, reply.json()["current"], reply.json()["refill"]) == (200, None, False)
    assert (await laptop.answer_ahead(3, ahead[1])).status_code == 200
    assert (await laptop.fetch_reserve()).json()["items"] == []
    assert (await site.kinds(laptop)).count("offered") == 2
    await resume_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert (await laptop.look()).json()["current"]["position"] == 4


async def test_after_closing_what_was_sent_counts_as_late_and_nothing_new_is_sent(site: Site) -> None:
    laptop = await site.laptop()
    item, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    await close_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert (await laptop.answer_ahead(1, item, showing=ahead[0])).status_code == 200
    assert (await laptop.answer_ahead(2, ahead[0])).status_code == 200
    assert [answer["late"] for answer in await payloads(site, laptop, "answered")] == ["closing", "closing"]
    assert (await laptop.fetch_reserve()).json()["reserve"] == []
    assert (await laptop.seal(2)).status_code == 200
    after = await laptop.answer_ahead(3, ahead[1])
    assert (after.status_code, after.json()["code"]) == (409, "sealed")


async def test_work_without_a_network_is_charged_by_the_laptop_s_clock(sqlite_site: Site) -> None:
    """Ten minutes away, of which two on each of three items: six are charged, whichever way the laptop comes back."""
    for asks_first in (False, True):
        clock = sqlite_site.sittings.clock = Clock()
        room = sqlite_site.world.make_room(sqlite_site.world.rooms[0].school_id)
        sqlite_site.world.rooms[0] = room
        laptop = await sqlite_site.laptop()
        item, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
        clock.now += 600_000
        if asks_first:
            await laptop.look()
        order = [item, *ahead[:2]]
        for position, (given, following) in enumerate(zip(order, ahead[:3], strict=True), 1):
            reply = await laptop.answer_ahead(position, given, "A", following, elapsed_ms=120_000)
            assert reply.status_code == 200
        assert reply.json()["time"]["used_ms"] == 360_000
        assert (await state_of(sqlite_site, laptop)).credited_ms == 240_000


@pytest.mark.parametrize("reply_is_lost", [False, True])
async def test_a_test_that_would_have_ended_goes_on_with_what_the_laptop_shows(
    sqlite_world: World, reply_is_lost: bool
) -> None:
    bank = helpers.make_bank(Stopping(standard_error=5.0), minimum_length=2)  # over after two answers
    async with site_of(sqlite_world, bank) as site:
        laptop = await site.laptop()
        first, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
        await laptop.answer_ahead(1, first, showing=ahead[0])
        if reply_is_lost:
            assert (await laptop.answer_ahead(2, ahead[0])).json()["complete"]
        head = (await laptop.answer_ahead(2, ahead[0], showing=ahead[1])).json()
        assert (head["complete"], head["current"]["item"]) == (False, ahead[1])
        head = (await laptop.answer_ahead(3, ahead[1])).json()
        assert (head["complete"], head["answered"], head["current"]) == (True, 3, None)
        assert (await payloads(site, laptop, "answered"))[-1]["ended"] == "precise"
        await laptop.hand_in()
        assert (await laptop.seal(3)).status_code == 200
