"""What a server writes down of a whole sitting, of all that it refuses meanwhile and of faults: nothing of anybody."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlmodel import Session

from delivery.people import StaffRole, add_staff
from loadtest.errors import LoadtestError
from loadtest.proctors import VirtualProctor
from loadtest.server import ServerProcess
from peil.installation import open_installation
from peil.settings import load_settings
from tests.delivery.delivery_world import Laptop, Room, answer_body, make_roster
from tests.delivery.installing import add_room, install_world
from tests.delivery.sealed.sealing import text_of
from tests.passwords import quick_hash

pytestmark = pytest.mark.anyio
EMAIL, PASSWORD, TYPED = "an.toets@example.org", "een heel gewone zin", "mijn geheime antwoord"
TABLES = ("delivery_pupil", "delivery_seat", "delivery_event", "delivery_staff")
FAULTS = ("request not served", "sealed rows refused")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Heard:
    """Everything that went over the wire, so that the test knows what could have been written down."""

    text: str = ""
    statuses: set[int] = field(default_factory=set)

    async def note(self, reply: httpx2.Response) -> None:
        """Keep a request and its reply."""
        self.text += f"{reply.request.url} {reply.request.headers} {reply.request.content!r} {await reply.aread()!r}"
        self.statuses.add(reply.status_code)


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[Room, httpx2.AsyncClient, Heard]]:
    """A server with one room, and a client whose every word is kept."""
    with open_installation(load_settings(folder / "data")) as installation:
        bank, (school_id, _) = install_world(installation)
        room = add_room(installation, bank, school_id, n_reserves=0)
        with Session(installation.database) as db, db.begin():
            add_staff(db, EMAIL, quick_hash(PASSWORD), StaffRole.PROCTOR, school_id)
    command = (sys.executable, "-m", "peil", "serve", "--data", str(folder / "data"))
    server, heard = ServerProcess(command, folder / "server.log"), Heard()
    try:
        hooks = {"response": [heard.note]}
        async with httpx2.AsyncClient(base_url=server.start(), event_hooks=hooks, timeout=30.0) as client:
            yield room, client, heard
    finally:
        server.stop()


async def refusals(laptop: Laptop, other: Laptop) -> None:
    """Everything that a laptop or a stranger is refused for."""
    client, room, item = laptop.client, laptop.room, laptop.head["current"]["item"]
    await client.post("/api/v1/entry", json={"room_code": room.room_code, "seat_code": "AAAAAA"})
    await client.post("/api/v1/entry", json={"room_code": [room.room_code], "seat_code": room.seat_codes[0]})
    await client.post("/api/v1/entry/confirm", json={"ticket": f"{laptop.token}x"})
    await client.get(laptop.url, headers={"Authorization": f"Bearer {laptop.token}x"})
    await client.get(laptop.url, headers=other.headers)
    for body in (
        answer_body(1, "B99@1", TYPED, epoch=laptop.epoch),
        answer_body(1, item, TYPED, epoch=laptop.epoch),
        answer_body(1, item, "A", epoch=laptop.epoch + 7),
        answer_body(1, item, "A", epoch=laptop.epoch) | {"hash": "0" * 64},
        answer_body(1, item, TYPED * 4000, epoch=laptop.epoch),
        {"item": TYPED},
    ):
        await laptop.put(1, body)
    await laptop.put(9, answer_body(9, item, TYPED, epoch=laptop.epoch))
    await client.put(f"{laptop.url}/drafts/1", json={"response": TYPED}, headers=laptop.headers)
    row = f"1.{laptop.token.partition('.')[0]}.1.{text_of(TYPED.encode() * 9)}.{text_of(bytes(32))}"
    await client.post("/api/v1/sealed", json={"rows": [row, TYPED]})
    await client.post("/personeel/aanmelden", data={"email": EMAIL, "password": TYPED, "form_token": "x"})


async def faults(laptop: Laptop, file: Path) -> None:
    """Tables that are gone for a moment: what the database says of it repeats what it was asked."""
    room = laptop.room
    for table in TABLES:
        with closing(sqlite3.connect(file)) as db:
            db.execute(f"ALTER TABLE {table} RENAME TO gone")
        await laptop.client.post("/api/v1/entry", json={"room_code": room.room_code, "seat_code": room.seat_codes[1]})
        await laptop.client.get(f"/personeel/afnames/{room.administration_id}/overzicht")
        await laptop.client.get(f"/personeel/afnames/{room.administration_id}/codes")
        await laptop.look()
        with suppress(LoadtestError):  # it looks for the address as it was typed
            await VirtualProctor(laptop.client).sign_in(EMAIL, PASSWORD)
        with closing(sqlite3.connect(file)) as db:
            db.execute(f"ALTER TABLE gone RENAME TO {table}")


async def test_nothing_of_anybody_is_written_down_whatever_is_refused_or_fails(tmp_path: Path) -> None:
    async with serving(tmp_path) as (room, client, heard):
        proctor = VirtualProctor(client)
        await proctor.sign_in(EMAIL, PASSWORD)
        await proctor.open_room(str(room.administration_id))
        laptop, other = Laptop(client, room, 0), Laptop(client, room, 1)
        await laptop.enter()
        await other.enter()
        await refusals(laptop, other)
        await faults(laptop, tmp_path / "data" / "peil.sqlite")
        await laptop.finish()
    pupils = make_roster().pupils[:2]
    secrets = [
        *(word for pupil in pupils for word in (pupil.first_name, pupil.last_name)),
        *(room.room_code, *room.seat_codes, laptop.token, laptop.token.partition(".")[0], other.token),
        *(EMAIL, PASSWORD.replace(" ", "+"), PASSWORD, TYPED),
    ]
    written = (tmp_path / "server.log").read_text()
    assert [fault for fault in FAULTS if fault not in written] == []
    assert heard.statuses >= {200, 401, 403, 404, 409, 413, 422, 503}
    assert [secret for secret in (*secrets, *(pupil.discimus_id for pupil in pupils)) if secret in written] == []
    assert [secret for secret in secrets if secret in heard.text] == [one for one in secrets if one != PASSWORD]
