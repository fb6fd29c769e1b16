"""Breaks: granted, bounded, the clock stands still, and nobody else's pause or going on is mistaken for one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.access import SittingRef
from delivery.rooms import Ground, close_room, open_room, pause_room, reassign_sitting, resume_room, room_overview
from delivery.rooms.values import RoomOverview
from delivery.sittings.breaks import decide_break, decide_break_end, decide_break_over, rest_ms
from delivery.sittings.claiming import decide_claim
from delivery.sittings.decisions import Decision, Moment, decide, decide_step
from delivery.sittings.events import EventKind, Reassigned, Started
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState, fold
from tests.delivery.delivery_world import Clock, Laptop, Site
from tests.delivery.granting import granted_laptop
from tests.delivery.rooms.test_reassigning import pupil
from tests.delivery.telling import take_break

pytestmark = pytest.mark.anyio
MINUTE = 60_000


@pytest.fixture
def clock(site: Site) -> Clock:
    """The worker's clock, to move."""
    clock = Clock()
    site.sittings.clock = clock
    return clock


async def head(laptop: Laptop) -> dict[str, Any]:
    """What the laptop is told now."""
    found: dict[str, Any] = (await laptop.look()).json()
    return found


async def overview(site: Site, laptop: Laptop) -> RoomOverview:
    """What the proctor sees of the room."""
    where = (laptop.room.school_id, laptop.room.administration_id)
    return await site.sittings.in_database(lambda db: room_overview(db, *where))


async def work(laptop: Laptop, clock: Clock, ms: int) -> dict[str, Any]:
    """Let time pass while the laptop looks every ten seconds, as the player does."""
    until = clock.now + ms
    while clock.now < until:
        clock.now += min(10_000, until - clock.now)
        await head(laptop)
    return await head(laptop)


async def test_in_a_break_the_clock_stands_still_and_the_same_question_comes_back(site: Site, clock: Clock) -> None:
    laptop = await granted_laptop(site, {"breaks": "2x5"})
    assert laptop.head["breaks"] == {"left": 2, "length_ms": 5 * MINUTE, "rest_ms": None}
    before = await work(laptop, clock, MINUTE)
    began = (await take_break(laptop)).json()
    assert (began["state"], began["breaks"]["left"], began["breaks"]["rest_ms"]) == ("paused", 1, 5 * MINUTE)
    assert (await take_break(laptop)).json()["breaks"]["left"] == 1  # pressed twice
    resting = await work(laptop, clock, 3 * MINUTE)
    assert (resting["state"], resting["breaks"]["rest_ms"]) == ("paused", 2 * MINUTE)
    back = (await take_break(laptop, wanted=False)).json()
    assert (back["state"], back["current"], back["breaks"]["rest_ms"]) == ("open", before["current"], None)
    assert back["time"]["used_ms"] == before["time"]["used_ms"] == MINUTE
    assert (await work(laptop, clock, MINUTE))["time"]["used_ms"] == 2 * MINUTE
    assert (await take_break(laptop, wanted=False)).json()["state"] == "open"  # there is none to end


async def test_a_break_that_lasted_as_long_as_it_may_is_over_at_that_instant(site: Site, clock: Clock) -> None:
    laptop = await granted_laptop(site, {"breaks": "1x5"})
    await take_break(laptop)
    late = await work(laptop, clock, 7 * MINUTE)
    assert (late["state"], late["time"]["used_ms"]) == ("open", 2 * MINUTE)
    steps = [json.loads(event.payload) for event in await site.events(laptop) if event.kind in {"paused", "resumed"}]
    assert [step["cause"] for step in steps] == ["break", "break_over"]
    assert steps[1]["at"] - steps[0]["at"] == 5 * MINUTE
    refused = await take_break(laptop)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_break")


async def test_a_break_on_another_laptop_is_over_when_it_is_over(site: Site, clock: Clock) -> None:
    laptop = await granted_laptop(site, {"breaks": "1x5"})
    await take_break(laptop)
    clock.now += 2 * MINUTE
    other = await Laptop(site.client, laptop.room).enter()
    assert (other.head["state"], other.head["breaks"]["rest_ms"]) == ("paused", 3 * MINUTE)
    assert (await take_break(laptop, wanted=False)).json()["code"] == "moved"
    clock.now += 4 * MINUTE
    third = await Laptop(site.client, laptop.room).enter()
    assert third.head["state"] == "open"


async def test_a_pause_of_the_room_ends_a_break_and_only_the_room_ends_the_pause(site: Site, clock: Clock) -> None:
    laptop = await granted_laptop(site, {"breaks": "1x5"})
    where = (laptop.room.school_id, laptop.room.administration_id)
    await take_break(laptop)
    await pause_room(site.sittings, *where)
    paused = (await take_break(laptop, wanted=False)).json()
    assert (paused["state"], paused["breaks"]["rest_ms"]) == ("paused", None)
    assert (await work(laptop, clock, 6 * MINUTE))["state"] == "paused"
    await resume_room(site.sittings, *where)
    assert (await head(laptop))["state"] == "open"


async def test_opening_the_room_once_more_ends_no_break_and_closing_it_does(site: Site) -> None:
    laptop = await granted_laptop(site, {"breaks": "1x5"})
    where = (laptop.room.school_id, laptop.room.administration_id)
    await take_break(laptop)
    await open_room(site.sittings, *where)
    assert (await head(laptop))["state"] == "paused"
    await close_room(site.sittings, *where)
    assert (await head(laptop))["state"] == "closing"
    assert (await take_break(laptop)).json()["state"] == "closing"


async def test_an_answer_that_was_under_way_counts_in_a_break_and_the_next_question_waits(site: Site) -> None:
    laptop = await granted_laptop(site, {"breaks": "1x5"})
    await take_break(laptop)
    assert (await laptop.answer()).status_code == 200
    assert (laptop.head["answered"], laptop.head["current"]) == (1, None)
    assert (await take_break(laptop, wanted=False)).json()["current"]["position"] == 2


async def test_the_right_name_in_a_break_charges_nothing_of_it_and_brings_its_own_breaks(
    site: Site, clock: Clock
) -> None:
    laptop = await granted_laptop(site, {"breaks": "2x5"})  # the roster grants the other pupil none
    before = await work(laptop, clock, MINUTE)
    await take_break(laptop)
    await work(laptop, clock, 4 * MINUTE)
    other = await pupil(site, laptop.room, "90000000001")
    await reassign_sitting(site.sittings, laptop.ref, other, Ground("briefjes verwisseld"))
    resting = await head(laptop)
    assert (resting["state"], resting["breaks"]["left"], resting["breaks"]["rest_ms"]) == ("paused", 0, MINUTE)
    seen = {seat.sitting_id: seat for seat in (await overview(site, laptop)).seats}[laptop.ref.sitting_id]
    assert seen.break_until == datetime.fromtimestamp((clock.now + MINUTE) / 1000, UTC)
    back = await work(laptop, clock, MINUTE)
    assert (back["state"], back["breaks"], back["time"]["used_ms"]) == ("open", None, before["time"]["used_ms"])
    assert (await take_break(laptop)).json()["code"] == "no_break"


async def test_who_is_granted_no_break_takes_none(site: Site) -> None:
    laptop = await site.laptop()
    assert laptop.head["breaks"] is None
    assert (await take_break(laptop)).json()["code"] == "no_break"
    assert (await take_break(laptop, epoch=9)).json()["code"] == "not_yours"
    assert "paused" not in await site.kinds(laptop)


NAMES = {"of two": (2, 5), "of one": (1, 10), "of none": (0, 0)}
"""Pupils whose sitting it turns out to be: how many breaks each may take, and how many minutes of each."""
DEEDS = st.lists(
    st.sampled_from(["break", "back", "pause", "resume", "claim", "look", "minute", "five minutes", *NAMES])
)


@given(DEEDS)
def test_whatever_happens_breaks_are_bounded_and_only_the_room_lifts_the_pause_of_the_room(deeds: list[str]) -> None:
    """Beside a small model: what the room did last, how long a break may go on, how many there were, and may be."""
    state, now, granted = running(), 1_000, NAMES["of two"]
    room_waits, until, n_breaks = False, -1, 0
    for deed in deeds:
        now += {"minute": MINUTE, "five minutes": 5 * MINUTE}.get(deed, 0)
        if deed in {"break", "back", "look", "claim"}:  # the laptop is heard of: what is over is settled first
            state = after(state, decide_break_over(state, now))
            until = -1 if until <= now else until
        rests = until >= 0
        if deed == "break" and not room_waits and not rests and n_breaks < granted[0]:
            until, n_breaks = now + granted[1] * MINUTE, n_breaks + 1
        elif deed == "back":
            until = -1
        elif deed in {"pause", "resume"} and not (deed == "resume" and not room_waits):
            room_waits, until = deed == "pause", -1
        granted = NAMES.get(deed, granted)
        state = after(state, decision_on(deed, state, now))
        assert state.is_on_break == (until >= 0)
        assert (state.phase is Phase.PAUSED) == (room_waits or until >= 0)
        assert state.noted.n_breaks == n_breaks <= 2
        assert not state.interval_at or state.phase is Phase.OPEN
        if state.is_on_break:
            assert rest_ms(state, now) == until - now


def decision_on(deed: str, state: SittingState, now: int) -> Decision:
    """What is decided; time alone decides nothing."""
    moment = Moment(now)
    if deed in NAMES:
        number, minutes = NAMES[deed]
        own = {"breaks": f"{number}x{minutes}"} if number else {}
        return decide(state, EventKind.REASSIGNED, Reassigned(at=now, accommodations=own))
    ways: dict[str, Callable[[], Decision]] = {
        "break": lambda: decide_break(state, state.epoch, moment),
        "back": lambda: decide_break_end(state, state.epoch, now),
        "pause": lambda: decide_step(state, EventKind.PAUSED, "room", moment),
        "resume": lambda: decide_step(state, EventKind.RESUMED, "room", moment),
        "claim": lambda: decide_claim(state, moment),
    }
    return ways.get(deed, Decision)()


def running() -> SittingState:
    """A sitting that is open, on its first laptop."""
    started = Started(
        at=0,
        administration="a",
        test="t",
        bank="b",
        calibration="c",
        length=1,
        draw_key="00",
        time_limit_ms=0,
        accommodations={"breaks": "2x5"},
        simulated=True,
    )
    state = after(empty(), decide(empty(), EventKind.STARTED, started))
    state = after(state, decide_step(state, EventKind.OPENED, "room", Moment(0)))
    return after(state, decide_claim(state, Moment(0)))


def empty() -> SittingState:
    """A sitting without events."""
    return SittingState(SittingRef(UUID(int=1), UUID(int=2)))


def after(state: SittingState, decision: Decision) -> SittingState:
    """State after what was decided."""
    return fold(state, [decision.entry.event]) if decision.entry else state
