"""What staff do for a pupil at work, over HTTP: another laptop, another item, an answer to a call for help."""

from __future__ import annotations

import re

import pytest

from tests.delivery.console.test_sheets import REASON, School, hidden, message, room_of, sheet_of

pytestmark = pytest.mark.anyio


async def test_moving_a_pupil_takes_one_click_and_shows_the_codes(school: School) -> None:
    laptop = await school.site.laptop()
    done = await school.proctor.send(sheet_of(laptop), "verplaats", reason="")
    assert (done.status_code, done.headers["location"]) == (303, sheet_of(laptop))
    event = await school.last(laptop)
    assert (event["kind"], event["released"], event["by"]) == ("claimed", True, school.proctor.staff_id)
    sheet = (await school.proctor.browser.get(sheet_of(laptop))).text
    shown = [code.replace(" ", "") for code in re.findall(r"<strong>([A-Z0-9 ]+)</strong>", sheet)]
    assert shown == [laptop.room.room_code, laptop.room.seat_codes[0]]
    page = (await school.proctor.browser.get(room_of(laptop.room))).text
    assert "Voornaam0 Achternaam0 gaat verder op een andere laptop." in page
    assert "naar een andere laptop, bij vraag 1" in page
    assert (await laptop.look()).json()["code"] == "moved"
    await laptop.enter()
    assert "andere laptop" not in (await school.proctor.browser.get(room_of(laptop.room))).text


async def test_the_reason_of_a_move_is_checked_where_one_is_given(school: School) -> None:
    laptop = await school.site.laptop()
    refused = await school.proctor.send(sheet_of(laptop), "verplaats", reason="Voornaam0 heeft een kapot scherm")
    assert (refused.status_code, "‘Voornaam0’" in message(refused)) == (422, True)
    await school.proctor.send(sheet_of(laptop), "verplaats", reason="scherm stuk")
    assert (await school.last(laptop))["reason"] == "scherm stuk"


async def test_a_sheet_skips_the_item_that_it_was_made_for_and_no_other(school: School) -> None:
    laptop = await school.site.laptop()
    item = laptop.head["current"]["item"]
    sheet = (await school.proctor.browser.get(sheet_of(laptop))).text
    typed = {name: hidden(sheet, name) for name in ("form_token", "once")} | {"item": item, "reason": REASON}
    assert f'name="item" value="{item}"' in sheet
    for _ in range(2):  # pressed twice
        reply = await school.proctor.browser.post(f"{sheet_of(laptop)}/sla-over", data=typed)
        assert reply.status_code == 303
    assert (await school.site.kinds(laptop)).count("item_skipped") == 1
    event = await school.last(laptop)
    assert (event["item"], event["position"], event["reason"], event["by"]) == (
        item,
        1,
        REASON,
        school.proctor.staff_id,
    )
    assert "1 vraag overgeslagen" in (await school.proctor.browser.get(room_of(laptop.room))).text
    other = await school.proctor.browser.post(f"{sheet_of(laptop)}/sla-over", data=typed | {"item": "T99@1"})
    assert (other.status_code, message(other).partition(":")[0].partition(".")[0]) == (
        409,
        "Deze leerling is intussen bij een andere vraag",
    )


async def test_a_call_for_help_is_answered_with_one_click(school: School) -> None:
    laptop = await school.site.laptop()
    asked = await laptop.client.post(f"{laptop.url}/help", json={"epoch": laptop.epoch}, headers=laptop.headers)
    assert (asked.status_code, asked.json()["help"]) == (200, True)
    page = (await school.proctor.browser.get(room_of(laptop.room))).text
    assert "Voornaam0 Achternaam0 vraagt hulp." in page
    button = re.search(r'form="answer"[^>]*formaction="([^"]+)"', page)
    assert button is not None
    token = hidden(page, "form_token")
    done = await school.proctor.browser.post(button[1], data={"form_token": token})
    assert (done.status_code, done.headers["location"]) == (303, room_of(laptop.room))
    event = await school.last(laptop)
    assert (event["kind"], event["wanted"], event["by"]) == ("help", False, school.proctor.staff_id)
    assert (await laptop.look()).json()["help"] is False
    assert "vraagt hulp" not in (await school.proctor.browser.get(room_of(laptop.room))).text


async def test_the_coordinator_sees_in_the_list_of_rooms_that_somebody_waits_too_long(school: School) -> None:
    laptop = await school.site.laptop()
    now = school.site.sittings.clock()
    await laptop.client.post(f"{laptop.url}/help", json={"epoch": laptop.epoch}, headers=laptop.headers)
    said = "1 leerling wacht al langer dan 2 minuten op hulp"
    assert said not in (await school.coordinator.browser.get("/personeel")).text
    other = await school.site.laptop(1)
    school.site.sittings.clock = lambda: now - 121_000
    await other.client.post(f"{other.url}/help", json={"epoch": other.epoch}, headers=other.headers)
    assert said in (await school.coordinator.browser.get("/personeel")).text
    assert "vraagt hulp en wacht al 2 minuten." in (await school.proctor.browser.get(room_of(laptop.room))).text
