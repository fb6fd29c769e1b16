from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx2
import pypdf
import pytest
from fastapi import FastAPI
from sqlmodel import Session

import delivery
import reports
import scoring
from delivery.people import pupil_names
from delivery.rooms import list_administrations, reserve_list, seat_list
from loadtest.proctors import VirtualProctor
from peil.demo.field_test import copy_scales
from peil.installation import delivery_secrets
from peil.web import DemoNotice, create_app
from scoring import ScoreRecord
from tests.peil.place import Place

WAVE = "Test / 2027"
"""A name that an address must escape."""


def score_of(pupil: str, school: str, group: str) -> ScoreRecord:
    """A score in the middle of the scale."""
    return ScoreRecord(
        uuid4(),
        pupil,
        school,
        group,
        "wiskunde-4",
        0.0,
        0.3,
        250.0,
        15.0,
        "bereikt",
        20,
        "veldtest-wiskunde-4",
        "eap/1",
    )


@pytest.fixture(scope="module")
def names(place: Place) -> list[list[str]]:
    """Names of the pupils of each school, all of whom have a score."""
    pseudonyms = reports.Pseudonyms(place.installation.keys.scoring, "scoring")
    found, scores = [], []
    with Session(place.installation.web) as db:
        for school in delivery.list_schools(db):
            group = delivery.list_classes(db, school.school_id)[0].identifier
            known = pupil_names(db, school.school_id, pseudonyms)
            found.append(list(known.values()))
            scores += [score_of(pupil, school.identifier, group) for pupil in known]
    with Session(place.installation.database) as db, db.begin():
        scoring.store_scores(db, WAVE, scores)
    return found


@pytest.fixture(scope="module")
def app(place: Place, names: list[list[str]]) -> Iterator[FastAPI]:
    """The application as `peil serve` has it, without a demo's notice."""
    assert names
    if not place.installation.settings.scales_folder.exists():
        copy_scales(place.installation)
    made = create_app(place.installation)
    yield made
    asyncio.run(made.state.sittings.ledger.journal.close())


@asynccontextmanager
async def browser(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of its own."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://peil.test") as client:
        yield client


def visit(app: FastAPI, place: Place, who: tuple[str, int | None] | None, path: str) -> httpx2.Response:
    """Load a page as somebody."""

    async def load() -> httpx2.Response:
        async with browser(app) as client:
            if who is not None:
                account = place.account(*who)
                await VirtualProctor(client).sign_in(account.email, account.password)
            return await client.get(path)

    return asyncio.run(load())


@pytest.mark.parametrize("school", [0, 1])
def test_a_coordinator_sees_the_own_school_and_no_other(
    app: FastAPI, place: Place, names: list[list[str]], school: int
) -> None:
    page = visit(app, place, ("coordinator", school), "/rapporten/Test%20%2F%202027")
    assert page.status_code == 200
    assert all(name in page.text for name in names[school])
    assert not any(name in page.text for name in names[1 - school])


def test_the_pdf_is_a_pdf_and_its_name_is_safe(app: FastAPI, place: Place) -> None:
    pdf = visit(app, place, ("coordinator", 0), "/rapporten/Test%20%2F%202027.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"] == 'attachment; filename="demoschool-de-wilg-test-2027.pdf"'


def test_the_report_of_a_room_and_the_slips_are_tagged_files(app: FastAPI, place: Place) -> None:
    with Session(place.installation.web) as db:
        school = delivery.list_schools(db)[0].school_id
        room = next(iter(list_administrations(db, school)))
        asked = (db, school, room.administration_id, delivery_secrets(place.installation.keys))
        slips, reserves = seat_list(*asked), reserve_list(*asked)
    names = [slip.pupil for slip in slips]
    printed = [part for slip in (*slips, *reserves) for part in (slip.pupil, slip.seat_code)]
    address = f"/personeel/afnames/{room.administration_id}"
    for file, holds in (("verslag.pdf", [*names, "Toetsverslag"]), ("codes.pdf", printed)):
        pdf = visit(app, place, ("proctor", 0), f"{address}/{file}")
        assert (pdf.headers["content-type"], pdf.headers["cache-control"]) == ("application/pdf", "no-store")
        read = pypdf.PdfReader(io.BytesIO(pdf.content))
        assert b"/Marked true" in pdf.content  # tagged
        text = "".join(page.extract_text() for page in read.pages).replace(" ", "").replace("\n", "")
        assert [part for part in holds if part.replace(" ", "") not in text] == []
        assert visit(app, place, ("proctor", 1), f"{address}/{file}").status_code == 404
        assert visit(app, place, None, f"{address}/{file}").status_code == 303


def test_a_page_that_carries_its_own_styles_has_a_way_back_and_out(app: FastAPI, place: Place) -> None:
    report = visit(app, place, ("coordinator", 0), "/rapporten/Test%20%2F%202027").text
    table = visit(app, place, ("psychometrician", None), "/itembank").text
    assert '<a href="/rapporten">Terug naar Schoolfeedback</a>' in report
    assert '<a href="/">Terug naar het begin</a>' in table
    for page in (report, table):
        assert '<form method="post" action="/personeel/afmelden">' in page
    assert "<title>Itembank – Peil</title>" in table


def test_a_refused_page_still_knows_who_is_signed_in(app: FastAPI, place: Place) -> None:
    page = visit(app, place, ("proctor", 0), "/rapporten")
    assert "Afmelden" in page.text
    assert "Met jouw rol kun je deze pagina niet openen." in page.text
    assert 'href="/rapporten"' not in page.text


def test_an_unknown_address_is_a_page_for_people_and_json_for_scripts(app: FastAPI) -> None:
    async def ask(path: str, accept: str) -> httpx2.Response:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
            return await client.get(path, headers={"Accept": accept})

    page = asyncio.run(ask("/bestaat-niet", "text/html,*/*"))
    assert page.status_code == 404
    assert "Deze pagina bestaat niet" in page.text
    assert 'href="/">Naar het begin</a>' in page.text
    for path in ("/bestaat-niet", "/api/v1/bestaat-niet"):
        reply = asyncio.run(ask(path, "application/json"))
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
        assert reply.json()["message"] == "Deze pagina bestaat niet."


@pytest.mark.parametrize("path", ["/rapporten", "/rapporten/Test%20%2F%202027", "/itembank"])
def test_nobody_gets_in_without_signing_in(app: FastAPI, place: Place, path: str) -> None:
    refused = visit(app, place, None, path)
    assert refused.status_code == 303
    assert refused.headers["location"].startswith("/personeel/aanmelden")


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        (("psychometrician", None), "/rapporten", 403),
        (("psychometrician", None), "/itembank", 200),
        (("psychometrician", None), "/itembank?kalibratie=veldtest-nederlands-4", 200),
        (("psychometrician", None), "/itembank?kalibratie=geen", 404),
        (("psychometrician", None), "/personeel", 303),
        (("proctor", 0), "/rapporten", 403),
        (("proctor", 0), "/rapporten/Test%20%2F%202027", 403),
        (("proctor", 0), "/rapporten/Test%20%2F%202027.pdf", 403),
        (("proctor", 0), "/personeel", 200),
        (("coordinator", 0), "/itembank", 403),
        (("coordinator", 0), "/rapporten/Andere", 404),
    ],
)
def test_everyone_sees_what_the_role_allows(
    app: FastAPI, place: Place, who: tuple[str, int | None], path: str, status: int
) -> None:
    assert visit(app, place, who, path).status_code == status


def test_the_start_page_shows_codes_in_a_demo_only(app: FastAPI, place: Place) -> None:
    room = {"title": "Wiskunde", "room_code": "ROOM99", "seats": [{"name": "Noor", "seat_code": "SEAT77"}]}
    account = {"role": "psychometricus", "email": "a@b.test", "password": "geheim-1", "sees": "de itembank"}
    shown = visit(app, place, None, "/").text
    app.state.demo = DemoNotice([room], [account])
    in_demo = visit(app, place, None, "/").text
    app.state.demo = None
    for secret in ("ROOM99", "SEAT77", "geheim-1", "emonstratie"):
        assert secret in in_demo
        assert secret not in shown


def test_pages_forbid_everything_that_they_do_not_need(app: FastAPI, place: Place) -> None:
    for path in ("/", "/rapporten", "/rapporten/Test%20%2F%202027"):
        policy = visit(app, place, ("coordinator", 0), path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
