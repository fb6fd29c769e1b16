"""Offline time (point 18 of the protocol): what is charged, what is given back, and that no millisecond is both."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery import SittingRef, replay
from delivery.config import OFFLINE_CREDIT_MS
from delivery.rooms import Ground, close_room, grant_time, pause_room, reopen_sitting, resume_room, room_overview
from delivery.sittings import EventKind, SittingState, fold
from delivery.sittings.contacts import SILENCE_MS
from delivery.sittings.crediting import LEAST_MS, decide_credit
from delivery.sittings.decisions import Moment, make_step, worked_ms
from delivery.sittings.events import Claimed, Offered, Started, Step
from delivery.sittings.ledger import Ledger
from delivery.sittings.offers import Choice, Offer
from tests.delivery.delivery_world import TIME_LIMIT_MS, Clock, Laptop, Site, answer_body, make_site
from tests.delivery.faulty_journal import FaultyJournal

pytestmark = pytest.mark.anyio

MINUTE = 60_000
BEGIN = 1_700_000_000_000


async def clocked(site: Site, seat: int = 0) -> tuple[Clock, Laptop]:
    """A laptop at work, and the clock of its server."""
    clock = site.sittings.clock = Clock()
    return clock, await site.laptop(seat)


async def answer(laptop: Laptop, elapsed_ms: int, body: Any = None) -> Any:
    """Answer the item on the screen, with the laptop's own clock."""
    current = laptop.head["current"]
    made = answer_body(current["position"], current["item"], "A", epoch=laptop.epoch, elapsed_ms=elapsed_ms)
    return await laptop.put(current["position"], body or made)


async def settlements(site: Site, laptop: Laptop) -> list[tuple[int, int, int]]:
    """What each event charged, gave back, and charged because policy gives no more."""
    payloads = [json.loads(event.payload) for event in await site.events(laptop) if event.kind == "time_credited"]
    return [(payload["worked_ms"], payload["credited_ms"], payload["over_ms"]) for payload in payloads]


async def folded(site: Site, laptop: Laptop) -> SittingState:
    """State, from the log."""
    return await site.sittings.ledger.load(laptop.ref)


async def test_a_laptop_that_is_back_gets_its_silence_back_and_is_charged_what_contacts_confirm(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 10_000
    await laptop.look()
    clock.now += 6 * MINUTE
    head = (await laptop.look()).json()
    assert await settlements(site, laptop) == [(10_000, 6 * MINUTE, 0)]
    assert head["time"]["used_ms"] == 10_000
    clock.now += 10_000
    assert (await laptop.look()).json()["time"]["used_ms"] == 20_000
    assert len(await settlements(site, laptop)) == 1


async def test_work_on_an_offline_laptop_is_charged_by_its_own_clock(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 10_000
    await laptop.look()
    clock.now += 6 * MINUTE
    assert (await answer(laptop, elapsed_ms=25_000)).status_code == 200
    assert await settlements(site, laptop) == [(25_000, 6 * MINUTE - 15_000, 0)]
    assert laptop.head["time"]["used_ms"] == 25_000
    assert (await site.kinds(laptop))[-2:] == ["time_credited", "answered"]  # each an append of its own


async def test_asking_before_answering_makes_no_difference(site: Site) -> None:
    """Back online, the page asks where it stands and sends the answer: whichever comes first."""
    clock, laptop = await clocked(site)
    clock.now += 10_000
    await laptop.look()
    clock.now += 6 * MINUTE
    await laptop.look()
    assert (await answer(laptop, elapsed_ms=25_000)).status_code == 200
    assert await settlements(site, laptop) == [(10_000, 6 * MINUTE, 0), (15_000, -15_000, 0)]
    state = await folded(site, laptop)
    assert (state.used_ms, state.credited_ms) == (25_000, 6 * MINUTE - 15_000)


async def test_a_pupil_who_worked_on_all_the_time_is_charged_all_of_it(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 6 * MINUTE
    await answer(laptop, elapsed_ms=6 * MINUTE - LEAST_MS // 2)  # the question was on its way half a second
    assert await settlements(site, laptop) == []
    assert laptop.head["time"]["used_ms"] == 6 * MINUTE - LEAST_MS // 2


async def test_a_clock_that_claims_more_than_the_gap_is_charged_the_gap(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 2 * MINUTE
    await answer(laptop, elapsed_ms=50 * MINUTE)
    assert laptop.head["time"]["used_ms"] == 2 * MINUTE


async def test_an_answer_that_is_sent_again_says_nothing_of_the_present_question(site: Site) -> None:
    clock, laptop = await clocked(site)
    current = laptop.head["current"]
    body = answer_body(current["position"], current["item"], "A", epoch=1, elapsed_ms=20 * MINUTE)
    await laptop.put(1, body)
    clock.now += 6 * MINUTE  # its reply was lost
    await laptop.put(1, body)
    assert await settlements(site, laptop) == [(0, 6 * MINUTE, 0)]


async def test_what_is_more_than_the_policy_gives_back_is_charged(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 25 * MINUTE
    await laptop.look()
    over = 25 * MINUTE - OFFLINE_CREDIT_MS
    assert await settlements(site, laptop) == [(over, OFFLINE_CREDIT_MS, over)]
    clock.now += 5 * MINUTE
    await laptop.look()
    assert (await settlements(site, laptop))[1] == (5 * MINUTE, 0, 5 * MINUTE)
    assert (await folded(site, laptop)).used_ms == over + 5 * MINUTE


async def test_the_policy_is_a_setting(sqlite_site: Site) -> None:
    sqlite_site.sittings.config = replace(sqlite_site.sittings.config, offline_credit_ms=MINUTE)
    clock, laptop = await clocked(sqlite_site)
    clock.now += 3 * MINUTE
    await laptop.look()
    assert await settlements(sqlite_site, laptop) == [(2 * MINUTE, MINUTE, 2 * MINUTE)]


async def test_a_silence_that_is_no_break_is_working_time(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += SILENCE_MS
    assert (await laptop.look()).json()["time"]["used_ms"] == SILENCE_MS
    assert await settlements(site, laptop) == []


async def test_another_laptop_gets_the_time_back_that_the_first_one_lost(site: Site) -> None:
    clock, old = await clocked(site)
    clock.now += 10_000
    await old.look()
    clock.now += 4 * MINUTE  # a dead battery
    new = await site.laptop()
    assert new.head["time"]["used_ms"] == 10_000
    assert await settlements(site, new) == [(10_000, 4 * MINUTE, 0)]
    clock.now += 5 * MINUTE
    await old.look()  # moved: no sign of life of the new one
    assert len(await settlements(site, new)) == 1
    await answer(new, elapsed_ms=MINUTE)
    assert (await settlements(site, new))[1] == (MINUTE, 4 * MINUTE, 0)


async def test_the_answer_of_a_replaced_laptop_ends_the_silence_of_the_new_one(site: Site) -> None:
    clock, old = await clocked(site)
    await site.laptop()
    clock.now += 3 * MINUTE
    assert (await answer(old, elapsed_ms=2 * MINUTE)).json()["code"] == "moved"
    assert await settlements(site, old) == [(0, 3 * MINUTE, 0)]
    assert (await site.kinds(old))[-2:] == ["time_credited", "answered"]


async def test_a_pause_that_comes_while_the_laptop_is_offline_is_settled_when_it_is_back(site: Site) -> None:
    clock, laptop = await clocked(site)
    room = laptop.room
    clock.now += 10_000
    await laptop.look()
    clock.now += 2 * MINUTE
    await pause_room(site.sittings, room.school_id, room.administration_id)
    clock.now += 30 * MINUTE  # a pause is nobody's time
    await resume_room(site.sittings, room.school_id, room.administration_id)
    assert await settlements(site, laptop) == []
    clock.now += MINUTE
    await laptop.look()
    assert await settlements(site, laptop) == [(0, 3 * MINUTE, 0)]
    assert (await folded(site, laptop)).used_ms == 10_000


async def test_nothing_closes_a_pupil_who_is_offline_and_an_answer_after_the_deadline_is_marked(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += TIME_LIMIT_MS + OFFLINE_CREDIT_MS + MINUTE
    assert (await answer(laptop, elapsed_ms=0)).status_code == 200
    answered = json.loads((await site.events(laptop))[-1].payload)
    assert answered["late"] == "deadline"
    assert laptop.head["state"] == "open"
    assert laptop.head["current"]["position"] == 2


async def test_an_answer_within_the_time_that_was_given_back_is_not_late(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 29 * MINUTE
    await answer(laptop, elapsed_ms=29 * MINUTE)
    clock.now += 10 * MINUTE
    await answer(laptop, elapsed_ms=20_000)
    assert not any(json.loads(e.payload)["late"] for e in await site.events(laptop) if e.kind == "answered")


async def test_offline_time_is_settled_also_when_the_room_was_closed_meanwhile(site: Site) -> None:
    clock, laptop = await clocked(site)
    clock.now += 2 * MINUTE
    await close_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
    clock.now += 20 * MINUTE
    await answer(laptop, elapsed_ms=MINUTE)
    assert await settlements(site, laptop) == [(MINUTE, MINUTE, 0)]
    assert json.loads((await site.events(laptop))[-1].payload)["late"] == "closing"


@pytest.mark.parametrize("moves", [False, True])
async def test_the_time_of_a_reopened_test_runs_again_when_a_laptop_is_back(site: Site, *, moves: bool) -> None:
    clock, laptop = await clocked(site)
    clock.now += 10_000
    await laptop.hand_in()
    await reopen_sitting(site.sittings, laptop.ref, Ground("te vroeg ingediend"))
    clock.now += 24 * 60 * MINUTE  # the pupil goes on the next day
    back = await site.laptop() if moves else laptop
    assert (await back.look()).json()["time"]["used_ms"] == 10_000
    assert await settlements(site, back) == [(0, 0, 0)]
    clock.now += 10_000
    assert (await back.look()).json()["time"]["used_ms"] == 20_000
    assert len(await settlements(site, back)) == 1


async def test_two_workers_that_hear_from_a_laptop_at_once_settle_once(site: Site) -> None:
    clock, laptop = await clocked(site)
    journal = site.journal if site.world.name == "sqlite" else site.world.open_journal()
    other = make_site(site.world, journal)
    other.sittings.clock = clock
    elsewhere = replace(laptop, client=other.client)
    await elsewhere.look()  # the second worker knows the sitting
    await answer(laptop, elapsed_ms=0)  # and from now on it knows an older one
    clock.now += 10_000
    await laptop.look()
    await site.contacts_written()
    clock.now += 6 * MINUTE
    await asyncio.gather(elsewhere.look(), laptop.look(), elsewhere.look())
    assert await settlements(site, laptop) == [(10_000, 6 * MINUTE, 0)]
    await other.close()
    if journal is not site.journal:
        await journal.close()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_crash_while_time_is_given_back_gives_it_once(site: Site, moment: str) -> None:
    clock, laptop = await clocked(site)
    current = laptop.head["current"]
    body = answer_body(current["position"], current["item"], "A", epoch=1, elapsed_ms=MINUTE)
    clock.now += 6 * MINUTE
    faulty = FaultyJournal(site.journal)
    faulty.crash = moment
    site.sittings.ledger = Ledger(faulty)
    assert (await laptop.put(1, body)).status_code == 503
    assert (await laptop.put(1, body)).status_code == 200
    assert await settlements(site, laptop) == [(MINUTE, 5 * MINUTE, 0)]
    assert laptop.head["time"]["used_ms"] == MINUTE


async def test_the_proctor_sees_what_was_given_back_and_what_was_not_until_staff_decide(site: Site) -> None:
    clock, laptop = await clocked(site)
    room = laptop.room

    async def seen() -> tuple[int, int, int]:
        overview = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))
        (seat,) = [seat for seat in overview.seats if seat.sitting_id == laptop.ref.sitting_id]
        return seat.credited_ms, seat.uncredited_ms, seat.granted_ms

    assert await seen() == (0, 0, 0)
    clock.now += 25 * MINUTE
    await laptop.look()
    over = 25 * MINUTE - OFFLINE_CREDIT_MS
    assert await seen() == (OFFLINE_CREDIT_MS, over, 0)
    await grant_time(site.sittings, room.school_id, [laptop.ref.sitting_id], 5 * MINUTE, Ground("wifi viel uit"))
    assert await seen() == (OFFLINE_CREDIT_MS, 0, 5 * MINUTE)
    await answer(laptop, elapsed_ms=over + 2 * MINUTE)
    assert await seen() == (OFFLINE_CREDIT_MS - 2 * MINUTE, 0, 5 * MINUTE)


async def test_replay_says_it_in_words(sqlite_site: Site) -> None:
    clock, laptop = await clocked(sqlite_site)
    clock.now += 25 * MINUTE
    await laptop.look()
    await answer(laptop, elapsed_ms=12 * MINUTE)
    told = [one.text for one in await sqlite_site.sittings.in_database(lambda db: replay(db, laptop.ref.sitting_id))]
    assert (
        "the laptop is back; 15.0 minutes of offline time given back; "
        "10.0 minutes not given back: more than the policy allows; 10.0 minutes charged as working time" in told
    )
    assert any(
        text.startswith("the laptop's clock shows work while it was offline; 2.0 minutes of offline time taken back")
        for text in told
    )


# the arithmetic, over everything that may come


def running(limit_ms: int = TIME_LIMIT_MS) -> SittingState:
    """A sitting with an item on the screen since `BEGIN`."""
    state = SittingState(SittingRef(UUID(int=1), UUID(int=2)))
    started = Started(
        at=BEGIN,
        administration="a",
        test="t",
        bank="b",
        calibration="c",
        length=6,
        draw_key="00",
        time_limit_ms=limit_ms,
        accommodations={},
        simulated=True,
    )
    choice = Choice(inputs="", best=(), draw=0.0, binding=(), theta=0.0, standard_error=1.0, fallback=False)
    offer = Offer(position=1, item="T00@1", rendering_hash="", role="next", choice=choice)
    for kind, payload in (
        (EventKind.STARTED, started),
        (EventKind.OPENED, Step(at=BEGIN)),
        (EventKind.CLAIMED, Claimed(at=BEGIN, epoch=1)),
        (EventKind.OFFERED, Offered(at=BEGIN, offer=offer)),
    ):
        state = fold(state, [state.next_entry(kind, payload).event])
    return state


def settle(state: SittingState, moment: Moment, elapsed_ms: int = 0, most_ms: int = OFFLINE_CREDIT_MS) -> SittingState:
    """State after the laptop was heard."""
    entry = decide_credit(state, moment, elapsed_ms, most_ms).entry
    return state if entry is None else fold(state, [entry.event])


SPAN = st.integers(0, 40 * MINUTE)


@given(gap=SPAN, confirmed=SPAN, elapsed=SPAN, most=SPAN)
def test_no_millisecond_is_lost_or_counted_twice(gap: int, confirmed: int, elapsed: int, most: int) -> None:
    moment = Moment(BEGIN + gap, confirmed)
    state = settle(running(), moment, elapsed, most)
    used = state.used_ms + worked_ms(state, moment, elapsed)
    assert gap - LEAST_MS < used + state.credited_ms <= gap
    assert 0 <= state.credited_ms <= most
    assert used >= min(gap, max(confirmed, elapsed)) - LEAST_MS


@given(gap=SPAN, confirmed=SPAN, elapsed=SPAN, most=SPAN)
def test_hearing_twice_is_hearing_once(gap: int, confirmed: int, elapsed: int, most: int) -> None:
    moment = Moment(BEGIN + gap, confirmed)
    once = settle(running(), moment, elapsed, most)
    again = replace(moment, confirmed_ms=0) if once.interval_at == moment.now else moment
    assert settle(once, again, elapsed, most) == once


@given(gap=SPAN, confirmed=SPAN, elapsed=SPAN, most=SPAN)
def test_the_order_of_asking_and_answering_changes_nothing(gap: int, confirmed: int, elapsed: int, most: int) -> None:
    moment = Moment(BEGIN + gap, confirmed)
    at_once = settle(running(), moment, elapsed, most)
    asked = settle(running(), moment, 0, most)
    later = Moment(moment.now, 0) if asked.interval_at == moment.now else moment
    after = settle(asked, later, elapsed, most)
    used = [state.used_ms + worked_ms(state, at, elapsed) for state, at in ((at_once, moment), (after, later))]
    assert abs(used[0] - used[1]) < LEAST_MS
    assert abs(at_once.credited_ms - after.credited_ms) < LEAST_MS
    assert abs(at_once.item_time.over_ms - after.item_time.over_ms) < LEAST_MS


@given(st.lists(SPAN, max_size=4), SPAN)
def test_breaks_and_pauses_in_any_number_add_up(gaps: list[int], most: int) -> None:
    state, now = running(), BEGIN
    for gap in gaps:  # a pause comes while the laptop is silent, and is over at once
        now += gap
        for kind in (EventKind.PAUSED, EventKind.RESUMED):
            state = fold(state, [state.next_entry(kind, make_step(state, "room", Moment(now))).event])
    state = settle(state, Moment(now), 0, most)
    assert state.used_ms + state.credited_ms == sum(gaps)
    assert state.credited_ms == min(most, sum(gap for gap in gaps if gap > SILENCE_MS))


def test_without_a_time_limit_there_is_nothing_to_give_back() -> None:
    assert decide_credit(running(limit_ms=0), Moment(BEGIN + 20 * MINUTE), 0, OFFLINE_CREDIT_MS).entry is None
