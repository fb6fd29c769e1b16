"""Faults of ours: a laptop reads 503 and tries again, an operator reads why."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import structlog
from sqlalchemy import create_engine
from sqlmodel import Session

from delivery import errors
from delivery.errors import JournalError, RefusedError, UnknownRecordError, refusal_of
from delivery.journal import PostgresJournal
from delivery.journal import postgres as postgres_journal
from delivery.people import StaffRole, add_staff
from loadtest.errors import LoadtestError
from loadtest.proctors import VirtualProctor
from tests.delivery.console.test_sheets import HASH, Desk, hidden
from tests.delivery.delivery_world import Site, World, as_role, make_site
from tests.delivery.faulty_journal import FaultyJournal

pytestmark = pytest.mark.anyio


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged while the test runs."""
    errors._reported.clear()
    with structlog.testing.capture_logs() as entries:
        yield entries


async def test_a_fault_of_the_journal_is_logged_on_both_paths_and_says_nothing_of_the_pupil(
    sqlite_site: Site, logged: list[Any]
) -> None:
    laptop = await sqlite_site.laptop()
    journal = FaultyJournal(sqlite_site.journal)
    broken = make_site(sqlite_site.world, journal)
    laptop.client = broken.client
    journal.crash = "before"
    refused = await laptop.answer()
    errors._reported.clear()
    journal.crash = "before"
    also = await laptop.hand_in()
    for reply in (refused, also):
        assert (reply.status_code, reply.json()["code"], reply.headers["Retry-After"]) == (503, "unavailable", "2")
    assert [(entry["event"], entry["kind"], entry["error"]) for entry in logged] == [
        ("request not served", "JournalError", "the worker died before the commit")
    ] * 2
    assert "Voornaam" not in str(logged)
    await broken.close()


async def test_a_management_database_that_is_away_lets_pupils_and_staff_try_again(
    sqlite_site: Site, logged: list[Any]
) -> None:
    laptop = await sqlite_site.laptop()
    with socket.socket() as nobody:  # bound, and not listening: nothing else takes the port
        nobody.bind(("127.0.0.1", 0))
        address = f"postgresql+psycopg://peil_web@127.0.0.1:{nobody.getsockname()[1]}/peil"
        away = create_engine(address, pool_pre_ping=True, hide_parameters=True)
        broken = make_site(replace(sqlite_site.world, database=away), sqlite_site.journal)
        laptop.client = broken.client
        codes = {"room_code": laptop.room.room_code, "seat_code": laptop.room.seat_codes[laptop.seat]}
        for reply in (await broken.client.post("/api/v1/entry", json=codes), await laptop.answer()):
            assert (reply.status_code, reply.json()["code"], reply.headers["Retry-After"]) == (503, "unavailable", "2")
        await _see_that_it_is_away(sqlite_site, broken.client)
        with pytest.raises(LoadtestError, match="503"):
            await VirtualProctor(broken.client).sign_in("iemand@school.example", "geheim")
    assert {entry["event"] for entry in logged} == {"request not served"}
    assert not any(word in str(logged) for word in (*codes.values(), "iemand", "geheim"))
    await broken.client.aclose()


async def _see_that_it_is_away(site: Site, browser: httpx2.AsyncClient) -> None:
    """Staff get a page that asks again by itself, at the address where they were; a script gets JSON."""
    people, room = {"Accept": "text/html,application/xhtml+xml"}, f"/personeel/afnames/{uuid4()}"
    with Session(site.world.owner) as db, db.begin():
        add_staff(db, "p@example.org", HASH, StaffRole.PROCTOR, site.world.rooms[0].school_id)
    await Desk(site.client, "").sign_in("p@example.org")
    browser.cookies.update(site.client.cookies)
    form = {"form_token": hidden((await site.client.get("/personeel")).text, "form_token")}
    for path in ("/personeel?x=1", f"{room}/overzicht", "/personeel/inhaalmoment"):
        reply = await browser.get(path, headers=people)
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "2")
        assert (reply.headers["cache-control"], reply.headers["content-type"][:9]) == ("no-store", "text/html")
        assert f'<a class="button" href="{path}" data-again>' in reply.text
        assert "Verwittig dan de ICT-verantwoordelijke" in reply.text
        assert "niet zeker" not in reply.text
        assert (await browser.get(path)).json()["code"] == "unavailable"
    for referer, again in ((f"http://peil.test{room}?y=2", f"{room}?y=2"), ("http://elsewhere.test/x", "/personeel")):
        reply = await browser.post("/personeel/afmelden", headers=people | {"Referer": referer}, data=form)
        assert (reply.status_code, "Het is niet zeker dat je laatste actie gelukt is" in reply.text) == (503, True)
        assert f'<a class="button" href="{again}" data-again>' in reply.text


def test_the_same_fault_is_logged_once_in_a_while_and_its_detail_never(logged: list[Any]) -> None:
    for _ in range(20):
        assert refusal_of(JournalError("duplicate key\nDETAIL: Key (first_name)=(Lotte)")).status == 503
    assert [entry["error"] for entry in logged] == ["duplicate key"]
    refusal_of(RefusedError("gap"))
    refusal_of(UnknownRecordError("no such room"))
    assert len(logged) == 1
    for number in range(2 * errors.MOST_REPORTS):
        refusal_of(JournalError(f"fault {number}"))
    assert len(errors._reported) <= errors.MOST_REPORTS


@pytest.mark.postgres
async def test_a_role_that_could_change_the_log_is_refused_at_the_start(postgres_world: World) -> None:
    assert isinstance(postgres_world.journal_address, str)
    wrong = PostgresJournal(as_role(postgres_world.journal_address, "peil_owner"))
    with pytest.raises(errors.ConfigurationError, match="Connect as peil_journal"):
        await wrong.open()
    right = postgres_world.open_journal()
    await right.open()
    await right.close()


async def test_a_database_that_takes_no_connection_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_journal, "CONNECT_S", 0.2)
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        journal = PostgresJournal(f"postgresql://peil_journal@127.0.0.1:{silent.getsockname()[1]}/peil")
        with pytest.raises(JournalError, match="Check that the server runs"):
            await journal.load(uuid4(), uuid4())
        await journal.close()


async def test_a_body_nested_too_deep_is_kept_as_evidence(site: Site) -> None:
    laptop = await site.laptop()
    deep = b'{"revision":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    reply = await site.client.put(f"{laptop.url}/answers/1", content=deep, headers=laptop.headers)
    assert (reply.status_code, reply.json()["code"]) == (422, "malformed")
    evidence = [json.loads(event.payload) for event in await site.events(laptop) if event.kind == "evidence"]
    assert [piece["cause"] for piece in evidence] == ["malformed"]
    draft = await site.client.put(f"{laptop.url}/drafts/1", content=deep, headers=laptop.headers)
    assert (draft.status_code, draft.json()["code"]) == (422, "malformed")


@pytest.mark.parametrize("path", ["/media/%00.svg", "/personeel%00", "/personeel/aanmelden?next=%00"])
async def test_the_character_nul_in_an_address_is_found_nowhere(site: Site, path: str) -> None:
    assert (await site.client.get(path)).status_code == 404


async def test_the_character_nul_in_a_body_cannot_be_read(site: Site) -> None:
    room = await site.open_room()
    codes = {"room_code": room.room_code + "\0", "seat_code": "\0"}
    assert (await site.client.post("/api/v1/entry", json=codes)).status_code == 422
    form = {"email": "a\0@peil.test", "password": "\0"}
    assert (await site.client.post("/personeel/aanmelden", data=form)).status_code == 422
    laptop = await site.laptop()
    for _ in range(2):  # one question is chosen, the next one typed, or the other way round
        assert (await laptop.answer("A\0")).status_code in {200, 422}
        await laptop.answer()
    draft = {"item": laptop.head["current"]["item"], "response": {"RESPONSE": "a\0"}, "epoch": laptop.epoch}
    position = laptop.head["current"]["position"]
    kept = await site.client.put(f"{laptop.url}/drafts/{position}", json=draft, headers=laptop.headers)
    assert kept.status_code in {204, 422}
