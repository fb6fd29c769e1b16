"""What came after a test was sealed, over HTTP: the room says so, and the coordinator decides."""

from __future__ import annotations

import json

import pytest

from delivery.rooms import close_room, freeze_room
from tests.delivery.console.test_sheets import REASON, School, room_of, sheet_of
from tests.delivery.delivery_world import Laptop, answer_body

pytestmark = pytest.mark.anyio
SAID = "Van Voornaam0 Achternaam0 kwam na het afsluiten nog iets binnen."


async def with_late_answers(school: School) -> Laptop:
    """One answer in time; after sealing another to the same question, and one to the next."""
    laptop = await school.site.laptop()
    first = laptop.head["current"]["item"]
    await laptop.answer()
    room = laptop.room
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    assert SAID not in (await school.proctor.browser.get(room_of(room))).text
    await freeze_room(school.site.sittings, room.school_id, room.administration_id)
    assert (await laptop.answer()).json()["code"] == "sealed"
    assert (await laptop.put(1, answer_body(1, first, "B", epoch=1))).json()["code"] == "already_answered"
    assert SAID in (await school.proctor.browser.get(room_of(room))).text
    return laptop


async def judged(school: School, laptop: Laptop) -> list[tuple[str, str, str]]:
    """Kind, reason and author of each judgement in the log."""
    events = [event for event in await school.site.events(laptop) if event.kind.startswith("evidence_")]
    told = [(event.kind, json.loads(event.payload)) for event in events]
    return [(kind, payload["reason"], payload["by"]) for kind, payload in told]


async def test_a_coordinator_lets_count_what_can_be_an_answer(school: School) -> None:
    laptop = await with_late_answers(school)
    refused = await school.proctor.send(sheet_of(laptop), "laat-meetellen", reason=REASON)
    assert (refused.status_code, await judged(school, laptop)) == (403, [])
    for _ in range(2):  # pressed twice
        done = await school.coordinator.send(sheet_of(laptop), "laat-meetellen", reason=REASON)
        assert (done.status_code, done.headers["location"]) == (303, room_of(laptop.room))
    by = school.coordinator.staff_id
    assert await judged(school, laptop) == [("evidence_rejected", REASON, by), ("evidence_admitted", REASON, by)]
    state = await school.site.sittings.ledger.load(laptop.ref)
    assert [(answer.position, answer.late) for answer in state.answers] == [(1, False), (2, True)]
    assert SAID not in (await school.proctor.browser.get(room_of(laptop.room))).text


async def test_or_nothing_of_it(school: School) -> None:
    laptop = await with_late_answers(school)
    assert "Laat niet meetellen wat te laat kwam" in (await school.coordinator.browser.get(sheet_of(laptop))).text
    await school.coordinator.send(sheet_of(laptop), "niet-meetellen", reason=REASON)
    assert [kind for kind, _, _ in await judged(school, laptop)] == ["evidence_rejected"] * 2
    assert len((await school.site.sittings.ledger.load(laptop.ref)).answers) == 1
    assert "wat te laat kwam" not in (await school.coordinator.browser.get(sheet_of(laptop))).text
