"""Coming in, and what the interface refuses."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import anyio.lowlevel
import pytest

from delivery.access import Claims, SittingRef, sign_ticket, sign_token
from delivery.rooms import close_room, room_overview
from delivery.sittings.bodies import BODY_LIMIT
from tests.delivery.delivery_world import SECRETS, Laptop, Site, answer_body

pytestmark = pytest.mark.anyio


async def enter(site: Site, room_code: str, seat_code: str) -> tuple[int, Any]:
    """Status and body of typing a pair of codes."""
    reply = await site.client.post("/api/v1/entry", json={"room_code": room_code, "seat_code": seat_code})
    return reply.status_code, reply.json()


async def test_right_codes_show_the_own_name_and_start_nothing(site: Site) -> None:
    room = await site.open_room()
    status, body = await enter(site, f" {room.room_code[:3].lower()}-{room.room_code[3:]}", room.seat_codes[1].lower())
    assert status == 200
    assert (body["first_name"], body["last_name"], body["test"]) == ("Voornaam1", "Achternaam1", {"title": "Proef 4A"})
    seats = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id).seats)
    assert {seat.state for seat in seats} == {"not_in"}


async def test_wrong_codes_are_unknown_and_do_not_tell_which_of_the_two(site: Site) -> None:
    room = await site.open_room()
    other = site.world.rooms[1]
    for codes in [("AAAAAA", room.seat_codes[0]), (room.room_code, "AAAAAA"), (room.room_code, other.seat_codes[0])]:
        status, body = await enter(site, *codes)
        assert (status, body["code"]) == (404, "unknown_code")
        assert "kennen we niet" in body["message"]


async def test_a_room_that_is_not_open_or_closed_says_so(site: Site) -> None:
    room = site.world.rooms[0]
    assert (await enter(site, room.room_code, room.seat_codes[0]))[1]["code"] == "room_not_open"
    await site.open_room()
    await close_room(site.sittings, room.school_id, room.administration_id)
    status, body = await enter(site, room.room_code, room.seat_codes[0])
    assert (status, body["code"]) == (409, "room_closed")


async def test_saying_that_is_not_me_starts_nothing_and_shows_until_somebody_comes_in(site: Site) -> None:
    room = await site.open_room()
    _, entered = await enter(site, room.room_code, room.seat_codes[0])
    denied = await site.client.post("/api/v1/entry/deny", json={"ticket": entered["ticket"]})
    assert denied.status_code == 200
    assert "toetsassistent" in denied.json()["message"]

    async def seat_zero() -> Any:
        def look(db: Any) -> Any:
            return room_overview(db, room.school_id, room.administration_id).seats[0]

        return await site.sittings.in_database(look)

    assert ((await seat_zero()).denied, (await seat_zero()).state) == (True, "not_in")
    await Laptop(site.client, room).enter()
    await site.contacts_written()
    assert ((await seat_zero()).denied, (await seat_zero()).state) == (False, "busy")


async def test_a_ticket_expires_and_is_no_token(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    long_ago = sign_ticket(SECRETS.token_key, laptop.ref, sqlite_site.sittings.clock() - 11 * 60_000)
    reply = await sqlite_site.client.post("/api/v1/entry/confirm", json={"ticket": long_ago})
    assert (reply.status_code, reply.json()["code"]) == (401, "ticket_expired")
    laptop.token = sign_ticket(SECRETS.token_key, laptop.ref, sqlite_site.sittings.clock())
    assert (await laptop.look()).json()["code"] == "unknown_token"


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer a.b", "Bearer ééé", "Basic x", "Bearer é.€"])
async def test_without_a_token_of_ours_nobody_gets_in(sqlite_site: Site, authorization: str) -> None:
    laptop = await sqlite_site.laptop()
    headers = {b"Authorization": authorization.encode()}
    looked = await sqlite_site.client.get(laptop.url, headers=headers)
    answered = await sqlite_site.client.put(f"{laptop.url}/answers/1", json={}, headers=headers)
    assert (looked.status_code, looked.json()["code"]) == (401, "unknown_token")
    assert (answered.status_code, answered.json()["code"]) == (401, "unknown_token")


async def test_a_token_that_was_changed_is_not_ours(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    other = sign_token(b"\x09" * 32, Claims(laptop.ref, 2))
    body, _, signature = other.partition(".")
    for token in (other, f"{body}.{laptop.token.partition('.')[2]}", f"{laptop.token.partition('.')[0]}.{signature}"):
        laptop.token = token
        assert (await laptop.look()).status_code == 401


async def test_someone_elses_sitting_is_refused_and_nothing_is_stored(site: Site) -> None:
    first, second = await site.laptop(0), await site.laptop(1)
    before = await site.kinds(second)
    current = second.head["current"]
    body = answer_body(1, current["item"], "A", epoch=1)
    for request in (
        site.client.put(f"{second.url}/answers/1", json=body, headers=first.headers),
        site.client.put(f"{second.url}/drafts/1", json={}, headers=first.headers),
        site.client.get(second.url, headers=first.headers),
        site.client.post(f"{second.url}/hand-in", json={"epoch": 1}, headers=first.headers),
        site.client.post(f"{second.url}/seal", json={"epoch": 1, "position": 0}, headers=first.headers),
    ):
        reply = await request
        assert (reply.status_code, reply.json()["code"]) == (403, "not_yours")
    assert await site.kinds(second) == before


async def test_a_token_for_a_sitting_that_does_not_exist_changes_nothing(site: Site) -> None:
    laptop = await site.laptop()
    laptop.sitting = str(uuid4())
    laptop.token = sign_token(SECRETS.token_key, Claims(SittingRef(laptop.room.school_id, laptop.ref.sitting_id), 1))
    reply = await laptop.put(1, answer_body(1, "T00@1", "A", epoch=1))
    assert (reply.status_code, reply.json()["code"]) == (409, "not_open")


async def call(site: Site, method: str, path: str, headers: dict[str, str], chunks: int) -> tuple[int, int]:
    """Status, and how many chunks of 64 kB of a body the server asked for; straight ASGI, to see every read."""
    read, statuses = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        await anyio.lowlevel.checkpoint()
        return {"type": "http.request", "body": b" " * 65_536, "more_body": read < chunks}

    async def send(message: Any) -> None:
        await anyio.lowlevel.checkpoint()
        statuses.append(message.get("status"))

    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [*encoded, (b"host", b"peil.test")],
        "client": ("127.0.0.1", 1),
        "server": ("peil.test", 80),
    }
    await site.client._transport.app(scope, receive, send)  # type: ignore[attr-defined]  # the ASGI application
    return statuses[0], read


@pytest.mark.parametrize(("method", "path"), [("PUT", "answers/1"), ("PUT", "drafts/1"), ("POST", "hand-in")])
async def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(sqlite_site: Site, method: str, path: str) -> None:
    laptop = await sqlite_site.laptop()
    before = await sqlite_site.kinds(laptop)
    headers = {**laptop.headers, "content-type": "application/json"}
    stated = {**headers, "content-length": str(10 * 1024 * 1024)}
    assert await call(sqlite_site, method, f"{laptop.url}/{path}", stated, 160) == (413, 0)
    status, read = await call(sqlite_site, method, f"{laptop.url}/{path}", headers, 160)  # length not stated
    assert (status, read) == (413, 1 + BODY_LIMIT // 65_536)
    assert await sqlite_site.kinds(laptop) == before


async def test_a_malformed_body_gets_a_sentence_without_repeating_it(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    reply = await sqlite_site.client.post(
        f"{laptop.url}/seal", json={"epoch": "Noor", "position": 1}, headers=laptop.headers
    )
    assert (reply.status_code, reply.json()["code"]) == (422, "malformed")
    assert "Noor" not in reply.text


async def test_a_picture_that_is_not_there_is_not_found(sqlite_site: Site) -> None:
    reply = await sqlite_site.client.get(f"/media/{'0' * 64}.svg")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
