"""The queue of those who arrive: few at a time, class by class, and a place that is kept."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from delivery import admission
from delivery.admission import (
    FEWEST,
    KEEPS_S,
    LONGEST_S,
    MOST_CLASSES,
    MOST_OF_A_CLASS,
    QUANTUM,
    SHORTEST_S,
    TOO_LONG_S,
    Admission,
)
from delivery.config import DeliveryConfig
from delivery.errors import RefusedError
from tests.delivery import wave
from tests.delivery.delivery_world import SECRETS, Laptop, Site
from tests.delivery.wave import WITH_QUEUE

pytestmark = pytest.mark.anyio


class Door:
    """An admission whose order of service is written down."""

    def __init__(self, at_a_time: int = 1) -> None:
        self.now = 0.0
        self.queue = Admission(at_a_time, lambda: self.now)
        self.served: list[str] = []
        self.told_s: list[int] = []
        self.most = self.running = 0

    async def come(self, school_class: str, laptop: str, network: str = "school") -> int:
        """Come in; 0, or the place where one must come back for."""
        try:
            async with self.queue.turn(school_class, f"{school_class}{laptop}", network):
                self.running += 1
                self.most = max(self.most, self.running)
                await asyncio.sleep(0)
                self.served.append(f"{school_class}{laptop}")
                self.running -= 1
        except RefusedError as refused:
            self.told_s.append(int(str(refused.fields["retry_after_s"])))
            return int(str(refused.fields["place"]))
        return 0


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are not held."""
    monkeypatch.setattr(admission, "PATIENCE_S", 0.02)


async def test_no_more_come_in_at_a_time_than_may_and_all_come_in() -> None:
    door = Door(at_a_time=3)
    places = await asyncio.gather(*(door.come("a", str(number)) for number in range(50)))
    assert set(places) == {0}
    assert (door.most, len(door.served), len(door.queue)) == (3, 50, 0)


async def test_classes_come_in_one_after_another_and_a_large_one_lets_others_in_between() -> None:
    door = Door()
    coming = [("a", QUANTUM + 10), ("b", 5), ("c", 5)]
    async with door.queue.turn("z", "first"):  # so that all of them are there before anybody is served
        waiting = [asyncio.create_task(door.come(name, str(number))) for name, n in coming for number in range(n)]
        await asyncio.sleep(0.01)
    await asyncio.gather(*waiting)
    order = [name[0] for name in door.served]
    assert order == ["a"] * QUANTUM + ["b"] * 5 + ["c"] * 5 + ["a"] * 10


@pytest.mark.usefixtures("impatient")
async def test_a_class_hears_its_place_and_keeps_it_while_it_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    async with door.queue.turn("z", "first"):
        assert [await door.come(name, "1") for name in "abc"] == [1, 2, 3]
        assert await door.come("a", "2") == 1  # the class stands there, not the laptop
        assert await door.come("b", "1") == 2  # asking again does not send it to the end
        monkeypatch.setattr(admission, "PATIENCE_S", 60.0)
        later = asyncio.create_task(door.come("d", "1"))
        back = asyncio.create_task(door.come("b", "1"))
        await asyncio.sleep(0.005)
    assert list(await asyncio.gather(later, back)) == [0, 0]
    assert all(SHORTEST_S <= seconds <= LONGEST_S for seconds in door.told_s)
    assert door.served == ["b1", "d1"]  # who kept a place goes before who came later; who is away holds up nobody


@pytest.mark.usefixtures("impatient")
async def test_a_place_that_nobody_comes_back_for_is_forgotten() -> None:
    door = Door()
    async with door.queue.turn("z", "first"):
        assert await door.come("a", "1") == 1
        door.now += KEEPS_S + 1
        assert await door.come("b", "1") == 1
    assert len(door.queue) == 1


@pytest.mark.usefixtures("impatient")
async def test_one_code_cannot_fill_the_queue_and_the_queue_cannot_fill_the_memory() -> None:
    door = Door()
    async with door.queue.turn("z", "first"):
        await asyncio.gather(*(door.come("a", str(number)) for number in range(3 * MOST_OF_A_CLASS)))
        assert len(door.queue) == MOST_OF_A_CLASS
        await asyncio.gather(*(door.come(f"class {number}", "1") for number in range(MOST_CLASSES + 50)))
        assert len(door.queue) == MOST_CLASSES
        assert await door.come("one more", "1") == MOST_CLASSES  # one of which nobody is here makes way


async def come_and_wait(door: Door, n: int, network: str) -> list[asyncio.Task[int]]:
    """Laptops of class a with names that nobody gave them, which all are here."""
    tasks = [asyncio.create_task(door.come("a", f"{network}-{number}", network)) for number in range(n)]
    await asyncio.sleep(0.005)
    return tasks


async def test_laptops_that_are_made_up_elsewhere_take_no_place_of_the_class() -> None:
    door = Door()
    async with door.queue.turn("z", "first"):
        made_up = await come_and_wait(door, 3 * MOST_OF_A_CLASS, "elsewhere")
        own = await come_and_wait(door, 25, "school")
        assert len(door.queue) == MOST_OF_A_CLASS
        assert not any(laptop.done() for laptop in own)
        assert await asyncio.gather(*(laptop for laptop in made_up if laptop.done()))  # told to come back later
    assert set(await asyncio.gather(*own)) == {0}
    assert [name for name in door.served if "school" in name] == [f"aschool-{number}" for number in range(25)]
    served = sum(place == 0 for place in await asyncio.gather(*made_up))
    assert served == MOST_OF_A_CLASS - 25


@pytest.mark.usefixtures("impatient")
async def test_laptops_that_are_made_up_in_the_classroom_keep_no_place_that_they_do_not_wait_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door()
    async with door.queue.turn("z", "first"):
        made_up = await come_and_wait(door, MOST_OF_A_CLASS, "school")
        await asyncio.gather(*made_up)  # all were told to come back later, and none will
        assert len(door.queue) == MOST_OF_A_CLASS
        monkeypatch.setattr(admission, "PATIENCE_S", 60.0)
        own = [asyncio.create_task(door.come("a", f"own-{number}")) for number in range(25)]
        await asyncio.sleep(0.005)
        assert len(door.queue) == MOST_OF_A_CLASS
    assert list(await asyncio.gather(*own)) == [0] * 25


async def test_fewer_come_in_at_a_time_while_those_at_work_feel_it_and_more_when_they_do_not() -> None:
    queue = Admission(16)
    for _ in range(50):
        queue.feel(2 * TOO_LONG_S)
    assert queue.at_a_time == FEWEST
    for _ in range(100):
        queue.feel(TOO_LONG_S / 2)
    assert queue.at_a_time == 16


async def test_what_is_felt_is_how_long_the_event_loop_takes_to_get_to_something_new() -> None:
    queue = Admission(16)

    async def arrive(work_s: float) -> None:
        async with queue.turn("a", str(id(asyncio.current_task()))):
            await asyncio.sleep(0)
            time.sleep(work_s)

    await asyncio.gather(*(arrive(2 * TOO_LONG_S) for _ in range(20)))
    assert queue.at_a_time < 8
    assert len(queue) == 0


async def test_a_long_wait_is_told_at_once() -> None:
    door = Door()
    async with door.queue.turn("z", "first"):
        door.now += 1000.0  # so slow that nobody could be served within what is held
    async with door.queue.turn("z", "first"):
        first = asyncio.create_task(door.come("a", "1"))
        await asyncio.sleep(0)
        assert await door.come("b", "1") == 2
    assert await first == 0


async def test_who_fails_or_goes_away_gives_the_turn_back() -> None:
    door = Door()
    with pytest.raises(ZeroDivisionError):
        async with door.queue.turn("a", "1"):
            _ = 1 // len(door.served)
    async with AsyncExitStack() as held:
        await held.enter_async_context(door.queue.turn("z", "first"))
        gone = asyncio.create_task(door.come("a", "2"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
    assert await door.come("a", "3") == 0
    assert door.served == ["a3"]


@pytest.mark.usefixtures("impatient")
async def test_over_http_a_class_is_told_its_place_and_those_at_work_do_not_wait(sqlite_site: Site) -> None:
    world = sqlite_site.world
    at_work = await sqlite_site.laptop(0)
    world.config = DeliveryConfig(SECRETS, arrivals_at_a_time=1)
    app = world.app(sqlite_site.journal)
    codes = {"room_code": at_work.room.room_code, "seat_code": at_work.room.seat_codes[1], "device": "x"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://peil.test") as client:
        there = Laptop(client, at_work.room, 0, at_work.token, at_work.sitting, at_work.epoch, at_work.head)
        ticket = (await client.post("/api/v1/entry", json=codes)).json()["ticket"]
        async with app.state.admission.turn("z", "first"):
            replies: list[Any] = [
                await client.post("/api/v1/entry", json=codes),
                await client.post("/api/v1/entry/confirm", json={"ticket": ticket}),
            ]
            for reply in replies:  # a class is one room, whether its laptops type codes or say "ja, dat ben ik"
                assert (reply.status_code, reply.json()["code"], reply.json()["place"]) == (503, "busy", 1)
                assert SHORTEST_S <= int(reply.headers["retry-after"]) <= LONGEST_S
            assert (await there.answer()).status_code == 200
            assert (await there.look()).status_code == 200
            n_waiting = len(app.state.admission)
            for number in range(10):  # codes of rooms that are made up stand nowhere in line
                unknown = await client.post("/api/v1/entry", json=codes | {"room_code": f"AAAAA{number}"})
                assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_code")
            assert len(app.state.admission) == n_waiting == 2
        confirmed = await client.post("/api/v1/entry/confirm", json={"ticket": ticket})
        assert (confirmed.status_code, confirmed.json()["epoch"]) == (200, 1)  # what was refused had done nothing


@pytest.mark.slow
async def test_in_a_real_wave_everybody_comes_in_and_every_answer_of_those_at_work_is_taken(tmp_path: Path) -> None:
    """``python -m tests.delivery.wave`` prints what those at work notice, beside a worker without the queue."""
    found = await wave.notice(WITH_QUEUE, tmp_path / "wave", n_rooms=4)
    assert found.n_in == 4 * (wave.N_A_ROOM + 2)  # and the two pupils of the class
    assert len(found.wave_ms) == len(found.quiet_ms) == wave.N_AT_WORK * wave.N_QUESTIONS
