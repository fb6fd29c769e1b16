"""The protocol's cases (points 7, 8, 15, 16, 17), one by one, over HTTP, on both databases."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from delivery.rooms import Ground, close_room, freeze_room, pause_room, reopen_sitting, resume_room, void_sitting
from tests.delivery.delivery_world import Laptop, Site, answer_body

pytestmark = pytest.mark.anyio


def outcome(reply: httpx2.Response) -> tuple[int, str]:
    """Status and code."""
    return reply.status_code, reply.json().get("code", "")


def body_for(laptop: Laptop, value: Any = "A", **change: Any) -> Any:
    """Body for the item on the screen."""
    current = laptop.head["current"]
    return answer_body(current["position"], current["item"], value, epoch=laptop.epoch, **change)


async def evidence_of(site: Site, laptop: Laptop) -> list[dict[str, Any]]:
    """Payloads of the evidence in the log."""
    return [json.loads(event.payload) for event in await site.events(laptop) if event.kind == "evidence"]


async def test_an_answer_gets_a_receipt_and_the_next_item(site: Site) -> None:
    laptop = await site.laptop()
    reply = await laptop.answer()
    body = reply.json()
    assert outcome(reply) == (200, "")
    assert len(body["receipt"]) == 64
    assert body["answered"] == 1
    assert body["current"]["position"] == 2
    assert body["reserve"] == []
    assert await site.kinds(laptop) == ["started", "opened", "claimed", "offered", "answered"]


async def test_the_same_answer_again_gets_the_same_receipt_and_nothing_is_stored(site: Site) -> None:
    laptop = await site.laptop()
    body = body_for(laptop)
    first = await laptop.put(1, body)
    await laptop.answer()
    again = await laptop.put(1, body)
    assert outcome(again) == (200, "")
    assert again.json()["receipt"] == first.json()["receipt"]
    assert again.json()["head"] == len(await site.events(laptop)) == 6
    assert again.json()["current"]["position"] == 3


async def test_another_answer_at_a_known_position_is_refused_with_the_kept_receipt_and_becomes_evidence(
    site: Site,
) -> None:
    laptop = await site.laptop()
    other = body_for(laptop, "B")
    kept = (await laptop.answer("A")).json()["receipt"]
    refused = await laptop.put(1, other)
    assert outcome(refused) == (409, "already_answered")
    assert refused.json()["receipt"] == kept
    assert refused.json()["current"]["position"] == 2
    await laptop.put(1, other)  # once per hash
    assert [piece["cause"] for piece in await evidence_of(site, laptop)] == ["already_answered"]


async def test_a_new_revision_is_evidence_where_the_design_does_not_allow_going_back(site: Site) -> None:
    laptop = await site.laptop()
    changed = body_for(laptop, "B", revision=1)
    await laptop.answer("A")
    assert outcome(await laptop.put(1, changed)) == (409, "already_answered")
    assert len(await evidence_of(site, laptop)) == 1


async def test_a_position_that_is_too_high_is_a_gap_and_stores_nothing(site: Site) -> None:
    laptop = await site.laptop()
    before = await site.kinds(laptop)
    reply = await laptop.put(3, body_for(laptop))
    assert outcome(reply) == (422, "hash_mismatch")  # the hash covers the position
    item = laptop.head["current"]["item"]
    reply = await laptop.put(3, answer_body(3, item, "A", epoch=1))
    assert outcome(reply) == (409, "gap")
    assert reply.json()["expected"] == 1
    assert await site.kinds(laptop) == [*before, "evidence"]  # of the first, damaged one only


async def test_an_item_that_was_never_offered_is_an_incident(site: Site) -> None:
    laptop = await site.laptop()
    other = next(view.item for view in site.world.bank.views if view.item != laptop.head["current"]["item"])
    reply = await laptop.put(1, answer_body(1, other, "A", epoch=1))
    assert outcome(reply) == (422, "not_offered")
    assert (await site.sittings.ledger.load(laptop.ref)).alarms == 1


@pytest.mark.parametrize("value", ["C", ["A", "B"], ["A"] * 9])
async def test_a_response_that_the_item_does_not_take_is_kept_as_evidence(site: Site, value: Any) -> None:
    laptop = await site.laptop()
    while laptop.head["current"]["item"] not in {f"T{n:02d}@1" for n in range(0, 12, 2)}:  # to a choice item
        await laptop.answer()
    position = laptop.head["current"]["position"]
    assert outcome(await laptop.put(position, body_for(laptop, value))) == (422, "invalid_response")
    assert [piece["cause"] for piece in await evidence_of(site, laptop)] == ["invalid_response"]
    assert outcome(await laptop.answer("B")) == (200, "")


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'{"revision": -1}', b"\xff\xfe"])
async def test_a_body_that_cannot_be_read_is_kept_as_evidence(sqlite_site: Site, raw: bytes) -> None:
    laptop = await sqlite_site.laptop()
    reply = await laptop.client.put(f"{laptop.url}/answers/1", content=raw, headers=laptop.headers)
    assert outcome(reply) == (422, "malformed")
    assert len(await evidence_of(sqlite_site, laptop)) == 1


async def test_an_answer_during_a_pause_counts_but_brings_no_new_item(site: Site) -> None:
    laptop = await site.laptop()
    await pause_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    reply = await laptop.answer()
    assert outcome(reply) == (200, "")
    assert reply.json()["state"] == "paused"
    assert reply.json()["current"] is None
    await resume_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    head = (await laptop.look()).json()
    assert (head["state"], head["current"]["position"]) == ("open", 2)


async def test_an_answer_after_the_room_closed_counts_and_is_marked_late(site: Site) -> None:
    laptop = await site.laptop()
    current = laptop.head["current"]
    await close_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert (await laptop.look()).json()["current"] is None
    refused = answer_body(1, current["item"], "no option", epoch=laptop.epoch)
    assert outcome(await laptop.put(1, refused)) == (422, "invalid_response")
    assert (await laptop.look()).json()["current"] == current  # it may be given again
    reply = await laptop.put(1, answer_body(1, current["item"], "A", epoch=laptop.epoch))
    assert outcome(reply) == (200, "")
    assert (reply.json()["state"], reply.json()["current"]) == ("closing", None)
    answered = json.loads((await site.events(laptop))[-1].payload)
    assert answered["late"] == "closing"


async def test_after_sealing_an_answer_is_evidence_and_an_alarm(site: Site) -> None:
    laptop = await site.laptop()
    await close_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    await freeze_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert outcome(await laptop.answer()) == (409, "sealed")
    assert [piece["cause"] for piece in await evidence_of(site, laptop)] == ["sealed"]
    assert (await site.sittings.ledger.load(laptop.ref)).alarms == 1


async def test_an_answer_to_a_void_sitting_is_evidence(site: Site) -> None:
    laptop = await site.laptop()
    await void_sitting(site.sittings, laptop.ref, Ground("verkeerde leerling"))
    assert outcome(await laptop.answer()) == (409, "void")
    assert [piece["cause"] for piece in await evidence_of(site, laptop)] == ["void"]


async def test_sealing_takes_the_number_of_answers_that_the_server_holds(site: Site) -> None:
    laptop = await site.laptop()
    assert outcome(await laptop.seal(0)) == (409, "not_closing")
    await laptop.answer()
    await laptop.hand_in()
    refused = await laptop.seal(2)
    assert (outcome(refused), refused.json()["expected"]) == ((409, "gap"), 2)
    sealed = await laptop.seal(1)
    assert sealed.json()["head"]["state"] == "sealed"
    again = (await laptop.seal(1)).json()  # harmless
    assert (again["receipt"], again["head"]["head"]) == (sealed.json()["receipt"], sealed.json()["head"]["head"])


async def test_a_sitting_that_was_handed_in_by_mistake_is_reopened(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.hand_in()
    assert (await laptop.look()).json()["current"] is None
    await reopen_sitting(site.sittings, laptop.ref, Ground("te vroeg ingediend"))
    assert (await laptop.look()).json()["current"]["position"] == 1
    assert outcome(await laptop.answer()) == (200, "")


async def test_the_first_laptop_gets_no_items_after_a_move(site: Site) -> None:
    old = await site.laptop()
    new = await site.laptop()
    assert (old.epoch, new.epoch) == (1, 2)
    assert outcome(await old.look()) == (409, "moved")
    assert outcome(await old.hand_in()) == (409, "moved")
    assert "current" not in (await old.look()).json()
    assert new.head["current"]["item"] == old.head["current"]["item"]


async def test_the_first_laptops_answer_still_counts_until_the_new_one_answers(site: Site) -> None:
    old = await site.laptop()
    new = await site.laptop()
    moved = await old.answer("B")
    assert outcome(moved) == (409, "moved")
    assert len(moved.json()["receipt"]) == 64
    assert "current" not in moved.json()
    refused = await new.answer("A")  # the first commit wins
    assert outcome(refused) == (409, "already_answered")
    assert refused.json()["receipt"] == moved.json()["receipt"]
    assert refused.json()["current"]["position"] == 2


async def test_the_first_laptops_answer_is_evidence_once_the_new_one_answered(site: Site) -> None:
    old = await site.laptop()
    new = await site.laptop()
    kept = await new.answer("A")
    late = await old.answer("B")
    assert outcome(late) == (409, "moved")
    assert "receipt" not in late.json()
    ahead = answer_body(2, kept.json()["current"]["item"], "A", epoch=old.epoch)
    assert outcome(await old.put(2, ahead)) == (409, "moved")
    assert [piece["cause"] for piece in await evidence_of(site, new)] == ["moved", "moved"]


async def test_the_first_laptop_may_ask_again_for_the_receipt_of_what_was_accepted(site: Site) -> None:
    old = await site.laptop()
    body = body_for(old)
    receipt = (await old.put(1, body)).json()["receipt"]
    await site.laptop()
    again = await old.put(1, body)
    assert (outcome(again), again.json()["receipt"]) == ((409, "moved"), receipt)


async def test_a_sitting_is_not_sealed_while_an_earlier_laptop_may_hold_an_answer(site: Site) -> None:
    old = await site.laptop()
    new = await site.laptop()
    await new.hand_in()
    assert outcome(await new.seal(0)) == (409, "unconfirmed_device")
    await old.answer()
    assert (await new.seal(1)).json()["head"]["state"] == "sealed"


async def test_an_earlier_laptop_may_hold_answers_to_what_it_was_sent_ahead_too(site: Site) -> None:
    """Nothing is on the screen since the pause, and yet the first laptop's next answer would count (point 16)."""
    old = await site.laptop()
    ahead = (await old.fetch_reserve()).json()["reserve"]
    await pause_room(site.sittings, old.room.school_id, old.room.administration_id)
    reply = await old.answer()
    assert (reply.json()["current"], reply.json()["answered"]) == (None, 1)
    new = await Laptop(site.client, old.room).enter()
    await new.hand_in()
    assert outcome(await new.seal(1)) == (409, "unconfirmed_device")
    late = await old.answer_ahead(2, ahead[0])
    assert (outcome(late), len(late.json()["receipt"])) == ((409, "moved"), 64)


async def test_a_sealed_sitting_cannot_be_claimed(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.finish()
    codes = {"room_code": laptop.room.room_code, "seat_code": laptop.room.seat_codes[0]}
    ticket = (await site.client.post("/api/v1/entry", json=codes)).json()["ticket"]
    refused = await site.client.post("/api/v1/entry/confirm", json={"ticket": ticket})
    assert outcome(refused) == (409, "already_finished")


async def test_a_whole_test_ends_complete_and_meets_its_length(site: Site) -> None:
    laptop = await site.laptop()
    seen = []
    while laptop.head["current"]:
        seen.append(laptop.head["current"]["item"])
        await laptop.answer()
    assert (laptop.head["complete"], laptop.head["answered"]) == (True, 6)
    assert len(set(seen)) == 6


async def test_what_reaches_the_laptop_holds_no_key_and_no_parameter(site: Site) -> None:
    laptop = await site.laptop()
    replies = [(await laptop.look()).text, (await laptop.answer()).text, (await laptop.answer()).text]
    for word in ("theta", "category", "score", "difficulty", "discrimination", "best", "draw", "binding"):
        assert not any(word in reply for reply in replies)
