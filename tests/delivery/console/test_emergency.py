"""The emergency file: what staff read of it, per pupil, and that reading it twice changes nothing."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx2
import pytest
from sqlmodel import Session

from delivery.console.emergency import FILE_LIMIT, MOST_ROWS, NO_FILE, NOT_OURS, PATH, TOO_LARGE, UPLOAD_LIMIT
from delivery.erasure import erase_pupil
from delivery.people import StaffRole, add_staff
from delivery.sealed import RowOpener
from tests.delivery.delivery_world import SECRETS, Laptop, Site, answer_body
from tests.delivery.sealed.sealing import seal_row
from tests.passwords import quick_hash

pytestmark = pytest.mark.anyio

PASSWORD = "een heel gewone zin"
HASH = quick_hash(PASSWORD)
POINT = RowOpener(SECRETS).public_point
HEADING = "Noodbestand van Peil. Geef dit aan je toetsassistent. Alleen Peil kan het lezen."


class Staff:
    """A member of staff at a browser."""

    def __init__(self, browser: httpx2.AsyncClient) -> None:
        self.browser = browser

    async def sign_in(self, email: str) -> None:
        """Sign in with the form."""
        form = {"email": email, "password": PASSWORD, "form_token": await self.token("/personeel/aanmelden")}
        assert (await self.browser.post("/personeel/aanmelden", data=form)).status_code == 303

    async def token(self, path: str) -> str:
        """Token in the form of a page; "" where there is none."""
        found = re.search(r'name="form_token" value="(\w+)"', (await self.browser.get(path)).text)
        return found[1] if found else ""

    async def read(self, *lines: str, content: bytes | None = None, token: str = "") -> httpx2.Response:
        """Send a file with the form."""
        data = "\n".join([HEADING, *lines]).encode() if content is None else content
        fields = {"form_token": token or await self.token(PATH)}
        return await self.browser.post(PATH, data=fields, files={"bestand": ("noodbestand-x.peil", data)})


@pytest.fixture
async def proctor(site: Site) -> AsyncIterator[Staff]:
    """A proctor of the first school, signed in."""
    async for staff in signed_in(site, 0, StaffRole.PROCTOR):
        yield staff


async def signed_in(site: Site, room: int, role: StaffRole) -> AsyncIterator[Staff]:
    """Somebody of a school, signed in."""
    with Session(site.world.owner) as db, db.begin():
        add_staff(db, "staff@example.org", HASH, role, site.world.rooms[room].school_id)
    transport = httpx2.ASGITransport(app=site.world.app(site.journal))
    async with httpx2.AsyncClient(transport=transport, base_url="http://peil.test") as browser:
        staff = Staff(browser)
        await staff.sign_in("staff@example.org")
        yield staff


def row_of(laptop: Laptop, value: Any = "A", position: int = 0) -> str:
    """A laptop's row: an answer to the item on its screen."""
    current = laptop.head["current"]
    position = position or current["position"]
    return seal_row(POINT, laptop.token, position, answer_body(position, current["item"], value, epoch=laptop.epoch))


def said(reply: httpx2.Response) -> dict[str, str]:
    """What the page says of each pupil."""
    found = re.findall(r"<li><strong>([^<]+)</strong> <span>([^<]+)</span>", reply.text)
    return {unescape(name): unescape(what) for name, what in found}


def messages(reply: httpx2.Response) -> list[str]:
    """What the page says is wrong."""
    return [unescape(text) for text in re.findall(r'class="message"[^>]*>([^<]+)<', reply.text)]


async def test_a_file_is_read_per_pupil_and_a_second_time_changes_nothing(site: Site, proctor: Staff) -> None:
    one, other = await site.laptop(0), await site.laptop(1)
    known, kept, new = row_of(one), row_of(one, "B"), row_of(other)
    await one.answer()
    rows = (known, row_of(one), kept, new, row_of(other, position=5))
    reply = await proctor.read(*rows)
    assert reply.status_code == 200
    assert said(reply) == {
        "Voornaam0 Achternaam0": "1 nieuw, 1 al bekend, 1 apart bewaard",
        "Voornaam1 Achternaam1": "1 nieuw, 1 nog niet bruikbaar",
    }
    assert not messages(reply)
    assert "er ontbreekt een eerder antwoord" in reply.text
    before = await site.events(one), await site.events(other)
    again = await proctor.read(*rows)
    assert said(again) == {
        "Voornaam0 Achternaam0": "2 al bekend, 1 apart bewaard",
        "Voornaam1 Achternaam1": "1 al bekend, 1 nog niet bruikbaar",
    }
    assert (await site.events(one), await site.events(other)) == before


async def test_damaged_foreign_and_erased_rows_are_told_apart_and_change_nothing(site: Site, proctor: Staff) -> None:
    mine, gone, theirs = await site.laptop(0), await site.laptop(1), await site.laptop(0, room=1)
    cut, erased, foreign = row_of(mine)[:-1], row_of(gone), row_of(theirs)
    await erase_pupil(site.world.config, site.world.archive, site.journal, "90000000001", "op vraag van de ouders")
    before = await site.events(mine), await site.events(theirs)
    reply = await proctor.read(cut, erased, foreign, "1.2")
    assert said(reply) == {"Een leerling van wie de gegevens gewist zijn": "1 niet ingelezen"}
    assert sorted(messages(reply)) == [
        "1 antwoord hoort bij een andere school. Bezorg het bestand aan die school.",
        "1 antwoord is beschadigd. Bewaar het bestand op de laptop opnieuw, als dat nog kan.",
        "1 antwoord komt niet uit deze Peil-omgeving, of is veranderd. Kijk na of je het juiste bestand koos.",
    ]
    assert "Voornaam2" not in reply.text
    assert (await site.events(mine), await site.events(theirs)) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", NO_FILE),
        (b"PK\x03\x04\0\0\xff\xfe", NOT_OURS),
        (b"een brief\n", NOT_OURS),
        (b"1." + b"x" * FILE_LIMIT, TOO_LARGE),
        (b"\n".join(b"1.%d" % n for n in range(MOST_ROWS + 1)), TOO_LARGE),
    ],
)
async def test_what_is_no_emergency_file_gets_a_sentence(sqlite_site: Site, content: bytes, message: str) -> None:
    async for proctor in signed_in(sqlite_site, 0, StaffRole.COORDINATOR):
        reply = await proctor.read(content=content)
        assert (reply.status_code, messages(reply)) == (422, [message])


async def test_only_staff_of_a_school_with_the_pages_own_form_read_one(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    row, before = row_of(laptop), await sqlite_site.events(laptop)
    stranger = Staff(sqlite_site.client)
    assert (await stranger.browser.get(PATH)).status_code == 303
    assert (await stranger.read(row, token="x")).status_code == 403
    async for proctor in signed_in(sqlite_site, 0, StaffRole.PROCTOR):
        assert (await proctor.read(row, token="x")).status_code == 403
        two = {"bestand": ("a.peil", row.encode()), "nog": ("b.peil", row.encode())}
        reply = await proctor.browser.post(PATH, data={"form_token": await proctor.token(PATH)}, files=two)
        assert reply.status_code == 422
        oversize = await proctor.read(content=b"x" * (UPLOAD_LIMIT + 1), token="x")
        assert oversize.status_code == 413
    assert await sqlite_site.events(laptop) == before


async def test_somebody_who_works_on_items_reads_none(sqlite_site: Site) -> None:
    async for staff in signed_in(sqlite_site, 0, StaffRole.PSYCHOMETRICIAN):
        assert (await staff.browser.get(PATH)).status_code == 403
