"""Items ahead of their answers (points 6, 8, 9, 10, 16 and 17 of the protocol), over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import Session, select

from delivery import audit_log, replay, sealed_sittings
from delivery.rooms import Ground, reassign_sitting
from delivery.sittings import fold, reserving
from delivery.sittings.reserving import UNSHOWN_FACTOR
from delivery.sittings.state import SittingState, empty_state
from delivery.tables import AccommodationRow
from engine import Passages, Pretest
from itembank import CompiledBank
from tests.delivery import delivery_world as helpers
from tests.delivery.delivery_world import LENGTH, Laptop, Site, World
from tests.delivery.sittings.test_choosing import LENGTH as LONG
from tests.delivery.sittings.test_choosing import make_bank, make_design

pytestmark = pytest.mark.anyio


async def payloads(site: Site, laptop: Laptop, kind: str) -> list[Any]:
    """Payloads of one kind in the log."""
    return [json.loads(event.payload) for event in await site.events(laptop) if event.kind == kind]


async def state_of(site: Site, laptop: Laptop) -> SittingState:
    """Fold of the log, read past the worker."""
    return fold(empty_state(laptop.ref.school_id, laptop.ref.sitting_id), await site.events(laptop))


async def ahead_of(laptop: Laptop) -> list[str]:
    """Names of the items ahead, asked for now."""
    reply = await laptop.fetch_reserve()
    assert reply.status_code == 200, reply.text
    names: list[str] = reply.json()["reserve"]
    return names


def with_reserve(site: Site, size: int) -> None:
    """Send another number of items ahead."""
    site.sittings.config = replace(site.sittings.config, reserve_items=size)


async def test_every_item_ahead_is_named_in_the_log_before_it_leaves(site: Site) -> None:
    laptop = await site.laptop()
    assert (laptop.head["reserve"], laptop.head["refill"]) == ([], True)
    body = (await laptop.fetch_reserve()).json()
    sent = (await payloads(site, laptop, "offered"))[-1]
    views = {view.item: view for view in site.world.bank.views}
    named = {one["item"]: one for one in sent["reserve"]}
    assert sent["offer"] is None
    assert [item["item"] for item in body["items"]] == body["reserve"] == list(named)
    assert len(named) == LENGTH - 1  # the plan's rest: no more than the test still has
    for item in body["items"]:
        assert item["html"] == views[item["item"]].html
        assert named[item["item"]] == {
            "item": item["item"],
            "rendering_hash": views[item["item"]].rendering_hash,
            "role": "reserve",
        }
    assert laptop.head["current"]["item"] not in named
    again = (await laptop.fetch_reserve(body["reserve"])).json()
    assert (again["reserve"], again["items"]) == (body["reserve"], [])
    assert (await site.kinds(laptop)).count("offered") == 2  # nothing was sent anew, so nothing is written


async def test_the_reply_to_an_answer_only_names_what_is_ahead(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    ahead = await ahead_of(laptop)
    head = (await laptop.answer()).json()
    assert set(head["reserve"]) <= set(ahead) - {head["current"]["item"]}
    assert head["refill"] == (len(head["reserve"]) < LENGTH - 2)


async def test_without_a_size_nothing_is_sent_ahead(sqlite_site: Site) -> None:
    with_reserve(sqlite_site, 0)
    laptop = await sqlite_site.laptop()
    body = (await laptop.fetch_reserve()).json()
    assert (body["reserve"], body["items"], laptop.head["refill"]) == ([], [], False)
    assert (await sqlite_site.kinds(laptop)).count("offered") == 1


async def test_an_item_that_was_never_offered_is_refused_and_an_incident(site: Site) -> None:
    laptop = await site.laptop()
    ahead = await ahead_of(laptop)
    unknown = next(
        view.item for view in site.world.bank.views if view.item not in {*ahead, laptop.head["current"]["item"]}
    )
    refused = await laptop.answer_ahead(1, unknown)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_offered")
    (evidence,) = await payloads(site, laptop, "evidence")
    assert evidence["cause"] == "not_offered"
    assert (await state_of(site, laptop)).alarms == 1
    accepted = await laptop.answer_ahead(1, laptop.head["current"]["item"], showing=unknown)
    assert accepted.status_code == 200  # what was answered counts; what was not sent cannot be on the screen
    assert accepted.json()["current"]["item"] != unknown or unknown not in ahead
    assert (await payloads(site, laptop, "answered"))[0]["showing"] is None
    too_far = await laptop.answer_ahead(5, ahead[0])
    assert (too_far.status_code, too_far.json()["code"]) == (409, "gap")


async def test_what_is_sent_is_the_same_whatever_is_answered(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant B: two sittings of one key get the same bytes ahead, and while nothing is chosen the same again."""
    monkeypatch.setattr("delivery.rooms.actions.secrets.token_hex", lambda size: "5e" * size)
    room = sqlite_site.world.make_room(sqlite_site.world.rooms[0].school_id)
    sqlite_site.world.rooms[0] = room
    twins = [await sqlite_site.laptop(seat) for seat in range(2)]
    assert twins[0].head["current"] == twins[1].head["current"]
    first = twins[0].head["current"]["item"]
    sent = [await twin.fetch_reserve() for twin in twins]
    assert sent[0].content == sent[1].content
    assert b"html" in sent[0].content
    ahead = sent[0].json()["reserve"]
    replies = [
        [await twin.answer_ahead(1, first, value, ahead[0]), await twin.answer_ahead(2, ahead[0], value, ahead[1])]
        for twin, value in zip(twins, ("A", "B"), strict=True)
    ]
    for one, other in zip(*replies, strict=True):
        assert one.status_code == other.status_code == 200
        for name in ("current", "reserve", "refill", "complete"):
            assert one.json()[name] == other.json()[name]
    scores = [[answer["category"] for answer in await payloads(sqlite_site, twin, "answered")] for twin in twins]
    assert scores == [[1, 1], [0, 0]]  # the control: the answers did differ
    after = [(await twin.answer_ahead(3, ahead[1], value)).json() for twin, value in zip(twins, "AB", strict=True)]
    assert after[0]["current"]["item"] != after[1]["current"]["item"]  # and a choice does depend on them


@pytest.mark.parametrize(("size", "factor", "most"), [(1, UNSHOWN_FACTOR, 2), (2, UNSHOWN_FACTOR, 4), (1, 9, 4)])
async def test_a_passage_that_would_be_too_much_to_leave_unseen_is_not_sent(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, size: int, factor: int, most: int
) -> None:
    """A passage of four: K is 2 with one item ahead, and 4 with two; the last case is the control."""
    monkeypatch.setattr(reserving, "UNSHOWN_FACTOR", factor)
    async with site_of(sqlite_world, helpers.make_bank(passages=Passages(1, 1))) as site:
        with_reserve(site, size)
        laptop = await site.laptop()
        sent, unseen = [], []
        while laptop.head["current"]:
            sent.append(len((await laptop.fetch_reserve()).json()["reserve"]))
            unseen.append(len((await state_of(site, laptop)).disclosed))
            await laptop.answer()
        assert max(sent) == max(unseen) == most
        assert (max(unseen) <= UNSHOWN_FACTOR * size) == (factor == UNSHOWN_FACTOR)
        assert sent[2] == (3 if most == 4 else 0)  # the rest of the passage, or nothing of it


@asynccontextmanager
async def site_of(world: World, bank: CompiledBank) -> AsyncIterator[Site]:
    """A worker over a world whose test is of another bank."""
    world.bank = bank
    world.rooms = [world.make_room(room.school_id) for room in world.rooms]
    journal = world.open_journal()
    site = helpers.make_site(world, journal)
    try:
        yield site
    finally:
        await site.client.aclose()
        await journal.close()


async def test_whole_passages_are_sent_and_a_field_test_item_stands_at_its_place(sqlite_world: World) -> None:
    design = make_design()
    blueprint = replace(design.blueprint, passages=Passages(1, 1), pretest=Pretest(1, 4, 4))
    bank = make_bank(replace(design, blueprint=blueprint))
    passages, views = bank.pool.passage, {view.item: row for row, view in enumerate(bank.views)}
    async with site_of(sqlite_world, bank) as site:
        with_reserve(site, 5)
        laptop = await site.laptop()
        ((at, tried_out),) = json.loads((await site.events(laptop))[0].payload)["pretest"]
        given, names = [laptop.head["current"]["item"]], await ahead_of(laptop)
        while names:
            assert 5 <= len(names) <= 8 or len(given) + len(names) == LONG + 1  # k, rounded up to a whole passage
            for item in names:
                if (passage := passages[views[item]]) >= 0 and passages[views[given[-1]]] != passage:
                    assert sum(passages[views[other]] == passage for other in names) == 4
            reply = await laptop.answer_ahead(len(given), given[-1], "A", names[0])
            assert reply.status_code == 200
            given.append(names[0])
            names = await ahead_of(laptop)
        assert given.index(tried_out) == at - 1 == 3
        last = await laptop.answer_ahead(len(given), given[-1], "A")
        assert last.json()["complete"]
        scored = [views[item] for item in given if item != tried_out]
        assert len(scored) == LONG
        rules = site.sittings._banks._known[bank.hash].adaptive.plans.rules
        assert rules.broken(scored) == ()


async def test_after_a_swap_nothing_outside_the_pupils_own_items_is_shown_ahead(sqlite_world: World) -> None:
    """Two children under each other's names; the items of one of them can all be read aloud."""
    bank = make_bank(make_design())
    suits = {f"T{number:02d}@1" for number in range(60) if number % 3 or number < 20}
    with Session(sqlite_world.owner) as db, db.begin():
        school_id = sqlite_world.rooms[0].school_id
        other = db.exec(select(AccommodationRow.pupil_id).where(AccommodationRow.school_id == school_id)).one()
        db.add(AccommodationRow(school_id=school_id, pupil_id=other, kind="items", value="voorlezen"))
    async with site_of(sqlite_world, bank) as site:
        plain, aloud = await site.laptop(0), await site.laptop(1)
        sent = await ahead_of(plain)
        assert not set(sent) <= suits  # the control
        assert set(await ahead_of(aloud)) <= suits
        await reassign_sitting(site.sittings, plain.ref, other, Ground("briefjes verwisseld"))
        head = (await plain.look()).json()
        assert set(head["reserve"]) == set(sent) & suits
        assert head["refill"]
        again = (await plain.fetch_reserve(sent)).json()
        assert set(again["reserve"]) <= suits
        assert set(head["reserve"]) <= set(again["reserve"])
        assert {item["item"] for item in again["items"]} == set(again["reserve"]) - set(sent)
        shown = []
        while plain.head["current"]:
            assert (await plain.answer()).status_code == 200
            ahead = plain.head["reserve"]
            shown += [plain.head["current"]["item"]] if plain.head["current"] else []
            assert {*shown, *ahead} <= suits
        state = await state_of(site, plain)
        assert len(state.answers) == LONG
        assert len(state.disclosed) <= UNSHOWN_FACTOR * site.sittings.config.reserve_items
        unsuited = next(item for item in sent if item not in suits)
        late = await aloud.answer_ahead(1, unsuited)
        assert late.status_code == 422  # that was never sent there


async def test_export_and_replay_tell_what_was_shown_and_what_was_only_sent(site: Site) -> None:
    laptop = await site.laptop()
    first, ahead = laptop.head["current"]["item"], await ahead_of(laptop)
    chosen = (await laptop.answer_ahead(1, first)).json()["current"]["item"]
    shown = [item for item in ahead if item != chosen]
    await laptop.answer_ahead(1, first, showing=shown[0])
    await laptop.answer_ahead(2, shown[0], showing=shown[1])
    await laptop.hand_in()
    await laptop.seal(2)
    with Session(site.world.database) as db:
        (exported,) = sealed_sittings(db, str)
        told = [line.text for line in replay(db, laptop.ref.sitting_id)]
        assert audit_log(db).findings == ()
    assert [answer.item for answer in exported.answers] == [first, shown[0]]
    assert set(exported.exposed) == {first, shown[0], shown[1]}  # the last one was on the screen
    assert set(exported.disclosed) == {*ahead, chosen} - set(exported.exposed)
    by_itself = "which the laptop held and showed by itself (offline)"
    assert f"sent ahead: {', '.join(ahead)}" in told
    assert [line for line in told if f"question 2 is {shown[0]}, {by_itself}" in line]
    assert [
        line
        for line in told
        if f"question 2, {shown[0]}: " in line and f"question 3 is {shown[1]}, {by_itself}" in line
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"epoch": "x"},
        {"epoch": 1, "held": "T00@1"},
        {"epoch": 1, "held": ["x" * 201]},
        {"epoch": 1, "held": ["x"] * 201},
    ],
)
async def test_a_request_for_items_ahead_that_cannot_be_read_is_refused(sqlite_site: Site, body: Any) -> None:
    laptop = await sqlite_site.laptop()
    before = await sqlite_site.kinds(laptop)
    reply = await sqlite_site.client.post(f"{laptop.url}/reserve", json=body, headers=laptop.headers)
    assert (reply.status_code, reply.json()["code"]) == (422, "malformed")
    other = await sqlite_site.client.post(f"{laptop.url}/reserve", json={"epoch": 2}, headers=laptop.headers)
    assert (other.status_code, other.json()["code"]) == (403, "not_yours")
    assert await sqlite_site.kinds(laptop) == before


async def test_someone_elses_reserve_is_not_given(sqlite_site: Site) -> None:
    first, second = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    reply = await sqlite_site.client.post(f"{second.url}/reserve", json={"epoch": 1}, headers=first.headers)
    assert (reply.status_code, reply.json()["code"]) == (403, "not_yours")
    assert (await sqlite_site.kinds(second)).count("offered") == 1
