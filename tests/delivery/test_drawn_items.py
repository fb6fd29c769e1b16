"""Items that are drawn for every pupil anew, over HTTP: one draw for a reload, another laptop, scoring and the log."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest

from delivery import audit_log, erase_pupil
from delivery.replay import replay
from delivery.sittings.events import Answered, Offered, read_payload
from itembank import CalibratedItem, CalibrationVersion, CompiledBank, compile_bank, read_item
from tests.delivery.delivery_world import LENGTH, N_ITEMS, Laptop, Site, make_site
from tests.designs import area_design
from tests.itembank.drawn_samples import drawn_item

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def bank() -> CompiledBank:
    """Twelve products of two drawn numbers, of which a pupil gets six."""
    names = [f"T{number:02d}" for number in range(N_ITEMS)]
    items = [read_item(drawn_item(name), area="x") for name in names]
    known = [CalibratedItem(item.name, 1.0, (n - 6) / 3, 0.1, 0.1, 500, 0.5) for n, item in enumerate(items)]
    design = area_design("proef", "Proef", LENGTH, {"x": (0, LENGTH)}, time_limit_ms=60_000)
    return compile_bank(design, items, CalibrationVersion("c1", "2pl", {}, tuple(known)))


def numbers(head: dict[str, Any]) -> tuple[int, ...]:
    """Return the two numbers on the screen."""
    text = re.sub("<[^>]*>", " ", head["current"]["html"])
    found = tuple(int(number) for number in re.findall(r"\d+", text))
    assert len(found) == 2
    return found


async def run_through(laptop: Laptop) -> list[tuple[int, ...]]:
    """Answer every item, the even positions wrongly; return the numbers that were seen."""
    seen: list[tuple[int, ...]] = []
    while laptop.head["current"]:
        one, other = numbers(laptop.head)
        seen.append((one, other))
        slip = 1 - laptop.head["current"]["position"] % 2
        assert (await laptop.answer(str(one * other + slip))).status_code == 200
    return seen


async def test_a_whole_sitting_is_shown_and_scored_from_one_draw_of_each_item(site: Site) -> None:
    laptop = await site.laptop()
    seen = await run_through(laptop)
    answered = [read_payload(event) for event in await site.events(laptop) if event.kind == "answered"]
    assert [answer.category for answer in answered if isinstance(answer, Answered)] == [1, 0, 1, 0, 1, 0]
    assert len(set(seen)) > 1
    assert (await laptop.hand_in()).status_code == 200
    assert (await laptop.seal(LENGTH)).status_code == 200


async def test_a_reload_another_laptop_and_another_worker_see_the_same_numbers(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.answer("0")
    before = laptop.head["current"]
    assert (await laptop.look()).json()["current"] == before
    fresh = make_site(site.world, site.journal)  # a worker that remembers nothing
    assert (await fresh.client.get(laptop.url, headers=laptop.headers)).json()["current"] == before
    other = await Laptop(fresh.client, laptop.room, laptop.seat).enter()
    assert other.head["current"] == before
    one, factor = numbers(other.head)
    assert (await other.answer(str(one * factor))).status_code == 200
    events = [read_payload(event) for event in await site.events(laptop) if event.kind == "answered"]
    assert [event.category for event in events if isinstance(event, Answered)] == [0, 1]
    await fresh.close()


async def test_two_pupils_see_other_numbers_in_the_same_item(site: Site) -> None:
    pairs: dict[str, set[tuple[int, ...]]] = {}
    for seat in (0, 1):
        laptop = await site.laptop(seat)
        while laptop.head["current"]:
            pairs.setdefault(laptop.head["current"]["item"], set()).add(numbers(laptop.head))
            await laptop.answer("0")
    assert max(len(drawn) for drawn in pairs.values()) == 2


async def test_an_item_ahead_is_the_draw_that_is_shown_and_scored(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    first = laptop.head["current"]["item"]
    (ahead, *_) = (await laptop.fetch_reserve()).json()["items"]
    await laptop.answer_ahead(1, first, "0", ahead["item"])
    other = await Laptop(sqlite_site.client, laptop.room).enter()
    assert other.head["current"]["html"] == ahead["html"]
    one, factor = numbers({"current": ahead})
    assert (await other.answer(str(one * factor))).status_code == 200
    answered = [json.loads(event.payload) for event in await sqlite_site.events(laptop) if event.kind == "answered"]
    assert [answer["category"] for answer in answered] == [0, 1]
    sent = [json.loads(event.payload) for event in await sqlite_site.events(laptop) if event.kind == "offered"][-1]
    assert sent["reserve"][0]["rendering_hash"] == hashlib.sha256(ahead["html"].encode() + b"\x00").hexdigest()


async def test_the_log_proves_what_was_shown_and_holds_no_key(site: Site) -> None:
    laptop = await site.laptop()
    html = laptop.head["current"]["html"]
    one, factor = numbers(laptop.head)
    await laptop.answer("0")
    events = await site.events(laptop)
    (offered,) = [read_payload(event) for event in events if event.kind == "offered"]
    assert isinstance(offered, Offered)
    assert offered.offer is not None
    assert offered.offer.rendering_hash == hashlib.sha256(html.encode() + b"\x00").hexdigest()
    served = json.dumps(laptop.head) + html
    assert not {str(one * factor)} & set(re.findall(r"\b\d{2}\b", re.sub("<[^>]*>", " ", html)))
    assert "\ufdd0" not in served
    assert await site.sittings.in_database(lambda db: audit_log(db).findings) == ()
    told = await site.sittings.in_database(lambda db: replay(db, laptop.ref.sitting_id))
    assert any("category 0" in word for step in told for word in step.words)


async def test_an_erased_pupil_leaves_a_log_that_is_sound(site: Site) -> None:
    laptop = await site.laptop()
    assert (await laptop.fetch_reserve()).json()["items"]
    await run_through(laptop)
    world = site.world
    assert await erase_pupil(world.config, world.archive, site.journal, "90000000000", "vraag van de ouders") == 1
    assert (await laptop.look()).status_code == (await laptop.fetch_reserve()).status_code == 410
    assert await site.sittings.in_database(lambda db: audit_log(db).findings) == ()
