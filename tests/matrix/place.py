"""A whole installation for the matrix: two schools with pupils at work, and everybody who may ask for something."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlmodel import Session

from delivery.people import StaffRole, add_staff
from delivery.rooms import open_room
from peil.installation import Installation, open_installation
from peil.settings import load_settings
from peil.web import create_app
from tests.delivery.delivery_world import Laptop, Room, make_roster
from tests.delivery.installing import add_room, install_world
from tests.passwords import quick_hash

PASSWORD = "een heel gewone zin"
VOLATILE = frozenset({"delivery_contact"})
"""When a laptop was last heard of: no event, and anybody's own."""


@dataclass(frozen=True)
class School:
    """One school with a room where two pupils work.

    Attributes
    ----------
    secrets : what nobody outside the school may read; of a pupil, what no other pupil may
    """

    room: Room
    laptops: tuple[Laptop, ...]
    pupils: tuple[str, ...]
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class Actor:
    """Somebody who asks.

    Attributes
    ----------
    kind : nobody, pupil, old (a laptop that was replaced), or a role of staff
    school : whose; None nobody's
    seat : of a pupil
    """

    name: str
    kind: str
    client: httpx2.AsyncClient
    school: int | None = None
    seat: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    epoch: int = 0
    form_token: str = ""


@dataclass
class MatrixPlace:
    """The installation with its people."""

    app: FastAPI
    file: Path
    schools: tuple[School, ...]
    actors: list[Actor]

    def fingerprint(self) -> dict[str, str]:
        """Digest of every table, but for what is nobody's event."""
        with closing(sqlite3.connect(self.file)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                table: hashlib.sha256(
                    repr(sorted(map(repr, db.execute(f'SELECT * FROM "{table}"')))).encode()
                ).hexdigest()
                for table in tables
                if table not in VOLATILE
            }


@asynccontextmanager
async def matrix_place(folder: Path) -> AsyncIterator[MatrixPlace]:
    """Set everything up on SQLite, and take it down."""
    settings = load_settings(folder)
    with open_installation(settings) as installation:
        bank, school_ids = install_world(installation)
        rooms = [add_room(installation, bank, school_id, n_reserves=1) for school_id in school_ids]
        app = create_app(installation)
        clients: list[httpx2.AsyncClient] = []

        def client() -> httpx2.AsyncClient:
            clients.append(httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://peil.test"))
            return clients[-1]

        schools = tuple([await _people(app, client(), number, room) for number, room in enumerate(rooms)])
        actors = [*await _pupils(client, schools), *await _staff(installation, client, schools)]
        yield MatrixPlace(app, settings.database_file, schools, actors)
        for one in clients:
            await one.aclose()
        await app.state.sittings.close()
        await app.state.sittings.ledger.journal.close()


async def _people(app: FastAPI, client: httpx2.AsyncClient, number: int, room: Room) -> School:
    """Pupils of one school, at work."""
    await open_room(app.state.sittings, room.school_id, room.administration_id)
    laptops = tuple([await Laptop(client, room, seat).enter() for seat in (0, 1)])
    pupils = make_roster().pupils[2 * number : 2 * number + 2]
    personal = [value for pupil in pupils for value in (pupil.first_name, pupil.last_name, pupil.discimus_id)]
    codes = [f"{code[:3]} {code[3:]}" for code in (room.room_code, *room.seat_codes)]
    own = (*personal, *codes, str(room.administration_id), *(laptop.sitting for laptop in laptops))
    return School(room, laptops, tuple(pupil.first_name for pupil in pupils), own)


async def _pupils(client: Any, schools: tuple[School, ...]) -> list[Actor]:
    """Pupils of both schools, and a laptop that was replaced by one of them."""
    actors = [Actor("nobody", "nobody", client())]
    first = schools[0].laptops[0]
    actors.append(Actor("old laptop", "old", client(), 0, 0, first.headers, first.epoch))
    await Laptop.enter(first)  # the same pupil on another laptop
    assert (await first.answer()).status_code == 200  # from now on all that the old one sends is evidence
    for number, school in enumerate(schools):
        for seat, laptop in enumerate(school.laptops):
            actors.append(
                Actor(f"pupil {number}.{seat}", "pupil", client(), number, seat, laptop.headers, laptop.epoch)
            )
    return actors


async def _staff(installation: Installation, client: Any, schools: tuple[School, ...]) -> list[Actor]:
    """Every role, of both schools where it belongs to one; each signed in at a browser of its own."""
    hashed, actors = quick_hash(PASSWORD), []
    roles: list[tuple[StaffRole, int | None]] = [
        *((role, number) for number in range(len(schools)) for role in (StaffRole.PROCTOR, StaffRole.COORDINATOR)),
        (StaffRole.PSYCHOMETRICIAN, None),
        (StaffRole.MINISTRY, None),
    ]
    for role, number in roles:
        email = f"{role}-{number}@example.org"
        with Session(installation.database) as db, db.begin():
            add_staff(db, email, hashed, role, None if number is None else schools[number].room.school_id)
        browser = client()
        form = {"email": email, "password": PASSWORD, "form_token": await _token(browser, "/personeel/aanmelden")}
        assert (await browser.post("/personeel/aanmelden", data=form)).status_code == 303
        name = f"{role}" if number is None else f"{role} {number}"
        home = "/itembank/opgaven" if role is StaffRole.PSYCHOMETRICIAN else "/personeel"
        token = await _token(browser, home)
        actors.append(Actor(name, str(role), browser, number, form_token=token))
    return actors


async def _token(browser: httpx2.AsyncClient, address: str) -> str:
    """Hidden token of a page's forms."""
    found = re.search(r'name="form_token" value="(\w+)"', (await browser.get(address)).text)
    assert found is not None, address
    return found[1]
