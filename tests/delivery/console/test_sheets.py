"""What staff do for one pupil or for all, over HTTP: who may, on what ground, and what is refused in which words."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import Session

from delivery.people import StaffRole, add_staff
from delivery.rooms import close_room, freeze_room, pause_room
from delivery.sittings import Phase
from tests.delivery.delivery_world import Laptop, Room, Site
from tests.passwords import quick_hash

pytestmark = pytest.mark.anyio

PASSWORD = "een heel gewone zin"
HASH = quick_hash(PASSWORD)
REASON = "brandalarm in de gang"


@dataclass
class Desk:
    """A member of staff at a browser of the own."""

    browser: httpx2.AsyncClient
    staff_id: str

    async def sign_in(self, email: str) -> Desk:
        """Sign in with the form."""
        page = (await self.browser.get("/personeel/aanmelden")).text
        form = {"email": email, "password": PASSWORD, "form_token": hidden(page, "form_token")}
        assert (await self.browser.post("/personeel/aanmelden", data=form)).status_code == 303
        return self

    async def send(self, sheet: str, action: str, **typed: str) -> httpx2.Response:
        """Fill in a sheet and press one of its buttons."""
        page = (await self.browser.get(sheet)).text
        token = re.search(r'name="form_token" value="(\w+)"', page)
        known = {"form_token": token[1] if token else "", "once": hidden(page, "once"), "minutes": "10"}
        return await self.browser.post(f"{sheet}/{action}", data=known | {"reason": REASON} | typed)


def hidden(page: str, name: str) -> str:
    """Value of a hidden field; "" where the page has none."""
    found = re.search(rf'name="{name}" value="([\w-]+)"', page)
    return found[1] if found else ""


def message(reply: httpx2.Response) -> str:
    """What the sheet says is wrong."""
    found = re.search(r'role="alert">([^<]+)<', reply.text)
    assert found is not None, reply.text
    return unescape(found[1])


def room_of(room: Room) -> str:
    """Address of a room."""
    return f"/personeel/afnames/{room.administration_id}"


def sheet_of(laptop: Laptop) -> str:
    """Address of a pupil's sheet."""
    return f"{room_of(laptop.room)}/leerlingen/{laptop.sitting}"


@dataclass
class School:
    """One school's staff, and another one's proctor."""

    site: Site
    proctor: Desk
    coordinator: Desk
    stranger: Desk

    async def last(self, laptop: Laptop) -> dict[str, Any]:
        """Payload of the last event, with its kind."""
        event = (await self.site.events(laptop))[-1]
        return {"kind": event.kind, **json.loads(event.payload)}


@pytest.fixture
async def school(site: Site) -> AsyncIterator[School]:
    """Staff of two schools, signed in."""
    own, other = (room.school_id for room in site.world.rooms)
    accounts = {
        "proctor": (StaffRole.PROCTOR, own),
        "coordinator": (StaffRole.COORDINATOR, own),
        "stranger": (StaffRole.COORDINATOR, other),
    }
    desks = {}
    app = site.world.app(site.journal)
    for name, (role, school_id) in accounts.items():
        with Session(site.world.owner) as db, db.begin():
            member = add_staff(db, f"{name}@example.org", HASH, role, school_id)
        browser = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://peil.test")
        desks[name] = await Desk(browser, str(member.staff_id)).sign_in(f"{name}@example.org")
    yield School(site, **desks)
    for desk in desks.values():
        await desk.browser.aclose()


async def test_a_proctor_gives_extra_time_and_the_log_says_who_and_why(school: School) -> None:
    laptop = await school.site.laptop()
    before = laptop.head["time"]["limit_ms"]
    done = await school.proctor.send(sheet_of(laptop), "extra-tijd", minutes="7", reason="  laptop \n viel   uit ")
    assert (done.status_code, done.headers["location"]) == (303, room_of(laptop.room))
    assert (await laptop.look()).json()["time"]["limit_ms"] == before + 7 * 60_000
    event = await school.last(laptop)
    assert (event["kind"], event["reason"], event["by"]) == (
        "time_granted",
        "laptop viel uit",
        school.proctor.staff_id,
    )
    room = (await school.proctor.browser.get(room_of(laptop.room))).text
    assert "7 min extra tijd" in room


async def test_a_sheet_that_is_sent_twice_gives_the_time_once(school: School) -> None:
    laptop = await school.site.laptop()
    for _ in range(2):
        assert (await school.proctor.send(sheet_of(laptop), "extra-tijd", once="same")).status_code == 303
    assert (await school.site.kinds(laptop)).count("time_granted") == 1
    await school.proctor.send(sheet_of(laptop), "extra-tijd")  # a new sheet gives it again
    assert (await school.site.kinds(laptop)).count("time_granted") == 2


async def test_what_only_a_forger_sends_does_not_stay_in_the_log(school: School) -> None:
    laptop = await school.site.laptop()
    for once in ("x" * 33, "de naam van een leerling"):
        assert (await school.proctor.send(sheet_of(laptop), "extra-tijd", once=once)).status_code == 303
        assert (await school.last(laptop))["once"] == ""


async def test_minutes_that_cannot_be_meant_are_refused_and_what_was_typed_stays(school: School) -> None:
    laptop = await school.site.laptop()
    for minutes in ("0", "-5", "", "tien", "2.5", "121", "10000", "9" * 40, "\uff11\uff10"):
        refused = await school.proctor.send(sheet_of(laptop), "extra-tijd", minutes=minutes)
        assert (minutes, refused.status_code) == (minutes, 422)
        assert message(refused) == "Geef een aantal hele minuten, van 1 tot en met 120."
        assert REASON in refused.text
    assert "time_granted" not in await school.site.kinds(laptop)


async def test_a_reason_is_needed_and_names_nobody(school: School) -> None:
    laptop = await school.site.laptop()
    before = await school.site.kinds(laptop)
    for action in ("extra-tijd", "heropen", "ongeldig"):
        for reason, said in (
            ("", "Zeg in enkele woorden waarom"),
            ("  \n ", "Zeg in enkele woorden waarom"),
            ("x" * 201, "hoogstens 200 tekens"),
            ("Voornaam0 was ziek", "‘Voornaam0’"),
            ("de kleine Achternaam1.", "‘Achternaam1’"),
            ("nummer 90000000001", "‘90000000001’"),
            ("nr90000000001", "‘90000000001’"),
            ("voornaam0s laptop viel uit", "‘Voornaam0’"),
        ):
            refused = await school.coordinator.send(sheet_of(laptop), action, reason=reason)
            assert (action, reason, refused.status_code) == (action, reason, 422)
            assert said in message(refused)
    assert await school.site.kinds(laptop) == before


async def test_a_reason_holds_nothing_that_cannot_be_printed(school: School) -> None:
    laptop = await school.site.laptop()
    await school.proctor.send(sheet_of(laptop), "extra-tijd", reason="alarm \x1b[31m\u202e in de gang")
    assert (await school.last(laptop))["reason"] == "alarm [31m in de gang"


async def test_a_pupil_who_handed_in_by_mistake_goes_on(school: School) -> None:
    laptop = await school.site.laptop()
    await laptop.answer()
    await laptop.hand_in()
    await laptop.seal(1)
    assert (await school.proctor.send(sheet_of(laptop), "heropen")).status_code == 303
    event = await school.last(laptop)
    assert (event["kind"], event["cause"], event["by"]) == ("reopened", REASON, school.proctor.staff_id)
    again = await school.site.laptop()
    assert again.head["current"]["position"] == 2
    busy = await school.proctor.send(sheet_of(laptop), "heropen")
    assert (busy.status_code, message(busy)) == (409, "Deze leerling is nog bezig: er valt niets te heropenen.")


async def test_a_reopened_sitting_waits_in_a_paused_room(school: School) -> None:
    laptop = await school.site.laptop()
    room = laptop.room
    await laptop.hand_in()
    await pause_room(school.site.sittings, room.school_id, room.administration_id)
    await school.proctor.send(sheet_of(laptop), "heropen")
    assert (await laptop.look()).json()["state"] == "paused"


async def test_a_pupil_who_was_stopped_by_mistake_goes_on_and_nobody_else_does(school: School) -> None:
    laptop, other = await school.site.laptop(0), await school.site.laptop(1)
    room = laptop.room
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    await laptop.seal(0)
    assert (await school.proctor.send(sheet_of(laptop), "heropen")).status_code == 303
    assert (await laptop.enter()).head["current"]["position"] == 1
    assert (await other.look()).json()["state"] == "closing"
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    assert (await laptop.look()).json()["state"] == "closing"


async def test_a_whole_test_is_not_reopened(school: School) -> None:
    laptop = await school.site.laptop()
    await laptop.finish()
    refused = await school.proctor.send(sheet_of(laptop), "heropen")
    assert (refused.status_code, message(refused).partition(":")[0]) == (
        409,
        "Deze leerling heeft alle vragen beantwoord",
    )


async def test_only_the_coordinator_makes_a_test_invalid_and_valid_again(school: School) -> None:
    laptop = await school.site.laptop()
    room = laptop.room
    await laptop.finish()
    assert (await school.proctor.send(sheet_of(laptop), "ongeldig")).status_code == 403
    assert "Maak de toets ongeldig" not in (await school.proctor.browser.get(sheet_of(laptop))).text
    assert "Maak de toets ongeldig" in (await school.coordinator.browser.get(sheet_of(laptop))).text
    assert (await school.coordinator.send(sheet_of(laptop), "ongeldig")).status_code == 303
    event = await school.last(laptop)
    assert (event["kind"], event["cause"], event["by"]) == ("void", REASON, school.coordinator.staff_id)
    assert (await school.proctor.send(sheet_of(laptop), "geldig")).status_code == 403
    refused = await school.proctor.send(sheet_of(laptop), "extra-tijd")
    assert (refused.status_code, message(refused).partition(".")[0]) == (409, "Deze toets is ongeldig")
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    assert (await school.coordinator.send(sheet_of(laptop), "geldig")).status_code == 303
    assert (await school.site.kinds(laptop))[-2:] == ["reopened", "closing"]  # it follows its room
    await freeze_room(school.site.sittings, room.school_id, room.administration_id)
    assert (await school.site.sittings.ledger.load(laptop.ref)).phase is Phase.SEALED
    refused = await school.coordinator.send(sheet_of(laptop), "geldig")
    assert (refused.status_code, message(refused)) == (409, "Deze toets is niet ongeldig.")


async def test_making_invalid_twice_is_making_invalid_once(school: School) -> None:
    laptop = await school.site.laptop()
    for _ in range(2):
        assert (await school.coordinator.send(sheet_of(laptop), "ongeldig")).status_code == 303
    assert (await school.site.kinds(laptop)).count("void") == 1


async def test_everybody_gets_extra_time_at_once_but_not_who_is_done(school: School) -> None:
    done, busy = await school.site.laptop(0), await school.site.laptop(1)
    await done.hand_in()
    page = f"{room_of(busy.room)}/extra-tijd"
    form = (await school.proctor.browser.get(page)).text
    typed = {"form_token": hidden(form, "form_token"), "once": hidden(form, "once"), "reason": REASON}
    for minutes, status in (("0", 422), ("5", 303), ("5", 303)):
        reply = await school.proctor.browser.post(page, data={**typed, "minutes": minutes})
        assert (minutes, reply.status_code) == (minutes, status)
    assert "time_granted" not in await school.site.kinds(done)
    granted = [json.loads(event.payload) for event in await school.site.events(busy) if event.kind == "time_granted"]
    assert [(event["granted_ms"], event["by"]) for event in granted] == [(300_000, school.proctor.staff_id)]


async def test_in_a_room_that_is_not_open_nobody_gets_time(school: School) -> None:
    room = school.site.world.rooms[0]
    page = f"{room_of(room)}/extra-tijd"
    form = (await school.proctor.browser.get(room_of(room))).text
    token = hidden(form, "form_token")
    refused = await school.proctor.browser.post(page, data={"form_token": token, "minutes": "5", "reason": REASON})
    assert (refused.status_code, message(refused)) == (409, "De toets is nog niet open. Open eerst het toetsmoment.")


async def test_another_school_finds_nothing_and_changes_nothing(school: School) -> None:
    laptop = await school.site.laptop()
    own = school.site.world.rooms[1]
    before = await school.site.kinds(laptop)
    token = hidden((await school.stranger.browser.get(room_of(own))).text, "form_token")
    form = {"form_token": token, "minutes": "5", "reason": REASON, "once": "x"}
    sheets = (sheet_of(laptop), f"{room_of(own)}/leerlingen/{laptop.sitting}")
    for sheet in sheets:
        page = await school.stranger.browser.get(sheet)
        assert (page.status_code, "Voornaam0" in page.text) == (404, False)
        for action in ("extra-tijd", "heropen", "ongeldig", "geldig", "verplaats", "sla-over", "ik-kom"):
            reply = await school.stranger.browser.post(f"{sheet}/{action}", data=form)
            assert (action, reply.status_code, "Voornaam0" in reply.text) == (action, 404, False)
    for_all = f"{room_of(laptop.room)}/extra-tijd"
    assert (await school.stranger.browser.get(for_all)).status_code == 404
    assert (await school.stranger.browser.post(for_all, data=form)).status_code == 404
    assert await school.site.kinds(laptop) == before


async def test_a_form_without_its_token_or_an_unknown_action_does_nothing(school: School) -> None:
    laptop = await school.site.laptop()
    before = await school.site.kinds(laptop)
    form = {"minutes": "5", "reason": REASON, "once": "x"}
    for token in ({}, {"form_token": "0" * 64}):
        reply = await school.coordinator.browser.post(f"{sheet_of(laptop)}/ongeldig", data=form | token)
        assert reply.status_code == 403
    assert (await school.coordinator.send(sheet_of(laptop), "wis")).status_code == 404
    stranger = f"{room_of(laptop.room)}/leerlingen/{uuid4()}"
    assert (await school.coordinator.browser.get(stranger)).status_code == 404
    assert await school.site.kinds(laptop) == before


async def test_a_sheet_offers_what_applies(school: School) -> None:
    laptop = await school.site.laptop()

    async def offered(desk: Desk) -> list[str]:
        return re.findall(r'formaction="[^"]+/([\w-]+)"', (await desk.browser.get(sheet_of(laptop))).text)

    name = "andere-leerling"
    assert await offered(school.proctor) == ["verplaats", "extra-tijd", "sla-over", name]
    assert await offered(school.coordinator) == ["verplaats", "extra-tijd", "sla-over", "ongeldig", name]
    await laptop.hand_in()
    assert await offered(school.proctor) == ["heropen", name]
    assert await offered(school.coordinator) == ["heropen", "ongeldig", name]
    await school.coordinator.send(sheet_of(laptop), "ongeldig")
    assert (await offered(school.proctor), await offered(school.coordinator)) == ([name], ["geldig", name])


async def test_two_names_are_swapped_from_the_sheet_and_a_reason_may_name_neither(school: School) -> None:
    laptop = await school.site.laptop()
    page = (await school.proctor.browser.get(sheet_of(laptop))).text
    (other,) = re.findall(r'<option value="([\w-]+)">Voornaam1 Achternaam1<', page)
    send = partial(school.proctor.send, sheet_of(laptop), "andere-leerling")
    for typed, said in (
        ({"pupil": ""}, "Kies de leerling die aan deze laptop zit."),
        ({"pupil": "onzin"}, "Kies de leerling die aan deze laptop zit."),
        ({"pupil": other, "reason": "voornaam1 had een ander briefje"}, "In de reden staat ‘Voornaam1’"),
        ({"pupil": other, "reason": ""}, "Zeg in enkele woorden waarom"),
    ):
        refused = await send(**typed)
        assert (refused.status_code, message(refused).startswith(said)) == (422, True)
    assert (await send(pupil=str(uuid4()))).status_code == 404
    done = await send(pupil=other)
    assert (done.status_code, done.headers["location"]) == (303, room_of(laptop.room))
    event = await school.last(laptop)
    assert (event["kind"], event["reason"], event["by"]) == ("reassigned", REASON, school.proctor.staff_id)
    assert "Voornaam1 Achternaam1" in (await school.proctor.browser.get(sheet_of(laptop))).text


async def test_the_slips_hold_reserve_codes_and_the_room_says_who_has_no_name_yet(school: School) -> None:
    world = school.site.world
    world.rooms[0] = room = world.make_room(world.rooms[0].school_id, n_reserves=2)
    slips = (await school.proctor.browser.get(f"{room_of(room)}/codes")).text
    for number, code in enumerate(room.seat_codes[2:], 1):
        assert re.search(rf"Reserveplaats {number}<.*?{code[:3]} {code[3:]}<", slips, re.DOTALL)
    laptop = await school.site.laptop(seat=2)
    page = (await school.proctor.browser.get(room_of(room))).text
    assert "Reserveplaats 1 wordt gebruikt door een leerling zonder naam." in page
    assert "Reserveplaats 2" not in page
    assert "Zet de juiste naam" in (await school.proctor.browser.get(sheet_of(laptop))).text
