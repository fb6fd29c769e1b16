"""The report of a room and the list for the inhaalmoment: from the log, over HTTP, for who may see them."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from delivery.console.report_words import report_page
from delivery.isolation import in_school
from delivery.rooms import (
    Ground,
    answer_help,
    close_room,
    freeze_room,
    grant_time,
    load_administration,
    pause_room,
    reassign_sitting,
    release_sitting,
    reopen_sitting,
    resume_room,
    skip_item,
)
from delivery.rooms.absentees import absentees
from delivery.rooms.happenings import Happening, What
from delivery.rooms.report import AdministrationReport, Outcome, administration_report
from delivery.tables import PupilRow, SignatureRow
from tests.delivery.console.test_sheets import Desk, School, hidden, room_of
from tests.delivery.delivery_world import Room, Site
from tests.delivery.granting import granted_laptop
from tests.delivery.telling import tell

pytestmark = pytest.mark.anyio
NOON = datetime(2027, 5, 5, 10, tzinfo=UTC)  # 12.00 in Flanders, in summer


def report_of(site: Site, room: Room) -> AdministrationReport:
    """What the log says of a room."""
    with Session(site.world.database) as db:
        return administration_report(db, room.school_id, room.administration_id)


def with_real_pupils(site: Site) -> Site:
    """Let the first room be one of real pupils: others have no inhaalmoment."""
    site.world.rooms[0] = site.world.make_room(site.world.rooms[0].school_id, simulated=False)
    return site


def cells(page: str) -> list[list[str]]:
    """Rows of the tables of a page."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    return [[unescape(cell) for cell in re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", row)] for row in rows]


async def sign(desk: Desk, room: Room, **typed: str) -> tuple[int, str]:
    """Read a report and sign it; the status and the page."""
    return await sign_page((await desk.browser.get(f"{room_of(room)}/verslag")).text, desk, room, **typed)


async def sign_page(page: str, desk: Desk, room: Room, **typed: str) -> tuple[int, str]:
    """Sign a report as this page shows it; the status and the page."""
    form = {"form_token": hidden(page, "form_token"), "shown": hidden(page, "shown"), "remark": ""}
    reply = await desk.browser.post(f"{room_of(room)}/verslag/onderteken", data=form | typed)
    return reply.status_code, reply.text


async def test_a_report_says_who_was_there_what_happened_and_what_staff_did(school: School) -> None:
    site = school.site
    laptop = await site.laptop()
    room, ground = laptop.room, Ground("scherm stuk", school.proctor.staff_id)
    where = (room.school_id, room.administration_id)
    await laptop.answer()
    await laptop.client.post(f"{laptop.url}/help", json={"epoch": laptop.epoch}, headers=laptop.headers)
    await answer_help(site.sittings, laptop.ref, ground)
    await grant_time(site.sittings, room.school_id, [laptop.ref.sitting_id], 300_000, ground)
    await release_sitting(site.sittings, laptop.ref, ground)
    await laptop.enter()
    await skip_item(site.sittings, laptop.ref, laptop.head["current"]["item"], ground)
    await pause_room(site.sittings, *where)
    await resume_room(site.sittings, *where)
    await close_room(site.sittings, *where)
    await freeze_room(site.sittings, *where)
    found = report_of(site, room)
    first, second = found.pupils
    assert (first.outcome, first.answered, first.length) == (Outcome.STOPPED, 1, 6)
    assert (first.n_laptops, first.n_skipped, first.granted_ms) == (2, 1, 300_000)
    assert first.came_at is not None
    assert first.ended_at is not None
    assert first.came_at < first.ended_at
    assert (second.outcome, second.came_at, second.ended_at) == (Outcome.ABSENT, None, None)
    both, one = ("Voornaam0 Achternaam0", "Voornaam1 Achternaam1"), ("Voornaam0 Achternaam0",)
    assert [(each.what, tuple(sorted(each.pupils)), each.amount, each.reason) for each in found.happenings] == [
        (What.OPENED, both, 0, ""),
        (What.HELP, one, 0, ""),
        (What.TIME_GRANTED, one, 5, "scherm stuk"),
        (What.RELEASED, one, 0, "scherm stuk"),
        (What.ITEM_SKIPPED, one, 2, "scherm stuk"),
        (What.PAUSED, both, 0, ""),
        (What.RESUMED, both, 0, ""),
        (What.CLOSED, both, 0, ""),
        (What.FROZEN, one, 0, ""),
    ]
    page = (await school.proctor.browser.get(f"{room_of(room)}/verslag")).text
    rows = cells(page)
    assert [
        rows[1][1],
        rows[1][4],
    ] == ["gestopt bij vraag 2 van 6", "5 min extra tijd, 2 laptops, 1 vraag overgeslagen"]
    assert rows[2][:2] == ["Voornaam1 Achternaam1", "afwezig"]
    assert [row[1:3] for row in rows if row[2:3] == ["pauze"]] == [["Alle leerlingen", "pauze"]]
    assert "1 van 2 leerlingen aanwezig · 1 afwezig · 1 gestopt" in page


async def test_pupils_who_went_on_elsewhere_by_themselves_and_mistakes_of_staff_are_told(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.enter()
    await laptop.hand_in()
    await reopen_sitting(site.sittings, laptop.ref, Ground("te vroeg ingediend", "who-left"))
    told = [(each.what, each.reason, each.by) for each in report_of(site, laptop.room).happenings[1:]]
    assert told == [(What.OTHER_LAPTOP, "", ""), (What.REOPENED, "te vroeg ingediend", "iemand van de school")]


async def test_of_two_pupils_with_one_name_nothing_is_left_out(sqlite_site: Site) -> None:
    site = sqlite_site
    laptops = [await site.laptop(seat) for seat in (0, 1)]
    with Session(site.world.owner) as db, db.begin():
        db.execute(text("UPDATE delivery_pupil SET first_name = 'Jan', last_name = 'Peeters'"))
    for minutes, laptop in enumerate(laptops, 3):
        ground = Ground("scherm stuk")
        await grant_time(site.sittings, laptop.ref.school_id, [laptop.ref.sitting_id], minutes * 60_000, ground)
    told = report_of(site, laptops[0].room).happenings
    assert sorted(one.amount for one in told if one.what is What.TIME_GRANTED) == [3, 4]


async def test_a_reserve_seat_is_in_the_report_once_somebody_sat_there_and_a_corrected_name_is_told(site: Site) -> None:
    world = site.world
    world.rooms[0] = world.make_room(world.rooms[0].school_id, n_reserves=2, simulated=False)
    laptops = [await site.laptop(seat) for seat in (0, 2)]
    room, ground = laptops[0].room, Ground("briefjes verwisseld", "weg")
    await close_room(site.sittings, room.school_id, room.administration_id)
    report = report_of(site, room)
    assert [(one.pupil, one.outcome) for one in report.pupils] == [
        ("Voornaam0 Achternaam0", Outcome.STOPPED),
        ("Voornaam1 Achternaam1", Outcome.ABSENT),
        ("Reserveplaats 1", Outcome.STOPPED),
    ]
    assert report_page(report).counts[:2] == ("2 van 3 leerlingen aanwezig", "1 afwezig")
    assert {name for one in report.happenings for name in one.pupils} == {one.pupil for one in report.pupils}
    with Session(world.database) as db:
        absent = absentees(db, room.school_id)
    assert [one.record.pupil for one in absent] == [one.pupil for one in report.pupils]
    pupil_id = report.pupils[1].pupil_id
    assert pupil_id is not None
    await reassign_sitting(site.sittings, laptops[1].ref, pupil_id, ground)
    report = report_of(site, room)
    assert [(one.pupil, one.outcome) for one in report.pupils] == [
        ("Voornaam0 Achternaam0", Outcome.STOPPED),
        ("Voornaam1 Achternaam1", Outcome.STOPPED),
    ]
    assert report_page(report).happenings[-1][1:] == (
        "Voornaam1 Achternaam1",
        "kreeg de juiste naam",
        "briefjes verwisseld – iemand van de school",
    )


async def test_only_the_coordinator_signs_and_only_what_is_over(school: School) -> None:
    laptop = await school.site.laptop()
    room = laptop.room
    where = (room.school_id, room.administration_id)
    assert (await sign(school.proctor, room))[0] == 403
    assert (await sign(school.coordinator, room))[0] == 409
    await close_room(school.site.sittings, *where)
    for remark, said in (("Voornaam1 was ziek", "‘Voornaam1’"), ("x" * 1001, "hoogstens 1000 tekens")):
        status, page = await sign(school.coordinator, room, remark=remark)
        assert (status, said in unescape(page), remark in page) == (422, True, True)
    assert (await sign(school.coordinator, room, remark="  Brandalarm om \n tien uur. "))[0] == 303
    signature = report_of(school.site, room).signature
    assert signature is not None
    assert (signature.remark, signature.is_current) == ("Brandalarm om tien uur.", True)
    assert abs(signature.at - datetime.now(UTC)) < timedelta(minutes=1)
    page = (await school.proctor.browser.get(f"{room_of(room)}/verslag")).text
    assert "Opmerking: Brandalarm om tien uur." in page
    assert "onderteken opnieuw" not in page


async def test_what_happens_after_a_signature_is_said_until_it_is_signed_again(school: School) -> None:
    laptop = await school.site.laptop()
    room = laptop.room
    where = (room.school_id, room.administration_id)
    await close_room(school.site.sittings, *where)
    await sign(school.coordinator, room)
    await laptop.seal(0)
    assert "onderteken opnieuw" in (await school.coordinator.browser.get(f"{room_of(room)}/verslag")).text
    await sign(school.coordinator, room)
    signature = report_of(school.site, room).signature
    assert signature is not None
    assert signature.is_current
    with Session(school.site.world.database) as db:
        in_school(db, room.school_id)
        assert sorted(row.number for row in db.exec(select(SignatureRow))) == [1, 2]


async def test_what_arrived_since_the_page_was_opened_is_shown_before_it_is_signed(school: School) -> None:
    site, coordinator = school.site, school.coordinator
    laptop = await site.laptop()
    room, address = laptop.room, f"{room_of(laptop.room)}/verslag"
    await close_room(site.sittings, room.school_id, room.administration_id)
    page = (await coordinator.browser.get(address)).text
    assert "nieuw" not in page
    assert (await laptop.answer()).status_code == 200  # it was under way when the room closed
    status, again = await sign_page(page, coordinator, room, remark="alles goed")
    assert (status, report_of(site, room).signature) == (409, None)
    assert "Intussen veranderde dit verslag" in again
    assert "alles goed" in again
    assert re.findall(r'<tr class="new"><th scope="row">([^<]+) <span', again) == ["Voornaam0 Achternaam0"]
    assert (await sign_page(again, coordinator, room, remark="alles goed"))[0] == 303
    signature = report_of(site, room).signature
    assert signature is not None
    assert (signature.number, signature.remark, signature.is_current) == (1, "alles goed", True)
    for stale in (page, again):  # one signed it before; and a form that shows nothing signs nothing
        assert (await sign_page(stale, coordinator, room))[0] == 409
    assert (await sign_page(again, coordinator, room, shown=""))[0] == 409
    assert report_of(site, room).signature == signature


async def test_accommodations_too_are_signed_as_they_were_shown(school: School) -> None:
    site, coordinator = school.site, school.coordinator
    laptop = await granted_laptop(site, {"contrast": "yes"})
    room = laptop.room
    await laptop.hand_in()
    await close_room(site.sittings, room.school_id, room.administration_id)
    page = (await coordinator.browser.get(f"{room_of(room)}/verslag")).text
    await tell(laptop, offered=["contrast"])  # it was under way, and is no happening
    status, again = await sign_page(page, coordinator, room)
    assert (status, report_of(site, room).signature) == (409, None)
    fresh = re.findall(r'<tr class="new"><th scope="row">([^<]+) <span class="tag">nieuw</span></th><td>([^<]+)', again)
    assert fresh == [("Voornaam0 Achternaam0", "hoog contrast")]
    assert (await sign_page(again, coordinator, room))[0] == 303


async def test_of_two_who_sign_at_the_same_moment_one_reads_that_the_other_did(school: School) -> None:
    room = (await school.site.laptop()).room
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    page = (await school.coordinator.browser.get(f"{room_of(room)}/verslag")).text
    found = await asyncio.gather(*(sign_page(page, school.coordinator, room) for _ in range(4)))
    assert sorted(status for status, _ in found) == [303, 409, 409, 409]
    signature = report_of(school.site, room).signature
    assert signature is not None
    assert signature.number == 1
    assert all("Ondertekend door" in page for status, page in found if status == 409)


async def test_a_signature_stays_as_it_was_given(school: School) -> None:
    room = (await school.site.laptop()).room
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    await sign(school.coordinator, room, remark="alles goed")
    for change in ("UPDATE delivery_signature SET remark = ''", "DELETE FROM delivery_signature"):
        with Session(school.site.world.database) as db:
            in_school(db, room.school_id)
            with pytest.raises(DBAPIError, match=r"append-only|permission denied"):
                db.execute(text(change))


async def test_another_school_sees_no_report_and_signs_none(school: School) -> None:
    laptop = await school.site.laptop()
    room, own = laptop.room, school.site.world.rooms[1]
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    page = await school.stranger.browser.get(f"{room_of(room)}/verslag")
    assert (page.status_code, "Voornaam0" in page.text) == (404, False)
    token = hidden((await school.stranger.browser.get(room_of(own))).text, "form_token")
    form = {"form_token": token, "remark": ""}
    assert (await school.stranger.browser.post(f"{room_of(room)}/verslag/onderteken", data=form)).status_code == 404
    assert report_of(school.site, room).signature is None
    assert "Voornaam" not in (await school.stranger.browser.get("/personeel/inhaalmoment.csv")).text


async def test_a_name_is_no_formula_for_a_spreadsheet(school: School) -> None:
    laptop = await with_real_pupils(school.site).laptop()
    room = laptop.room
    await close_room(school.site.sittings, room.school_id, room.administration_id)
    with Session(school.site.world.database) as db, db.begin():
        in_school(db, room.school_id)
        for pupil in db.exec(select(PupilRow).where(PupilRow.school_id == room.school_id)):
            pupil.first_name = "=HYPERLINK(1)"
    rows = csv.reader(
        io.StringIO((await school.proctor.browser.get("/personeel/inhaalmoment.csv")).text), delimiter=";"
    )
    assert [row[2] for row in rows][1:] == [f"'=HYPERLINK(1) Achternaam{n}" for n in range(2)]


async def test_times_are_those_of_the_clock_in_the_classroom(sqlite_site: Site) -> None:
    room = sqlite_site.world.rooms[0]
    with Session(sqlite_site.world.database) as db:
        administration = load_administration(db, room.school_id, room.administration_id)
    many = tuple(f"P{n}" for n in range(5))
    for pupils, said in ((many[:1], "P0"), (many, "P0, P1, P2 en 2 andere")):
        report = AdministrationReport(administration, (), (Happening(NOON, pupils, What.HELP_UNANSWERED),), None)
        assert report_page(report).happenings == (("12.00", said, "vroeg hulp, niet beantwoord", ""),)


def test_every_happening_has_its_words() -> None:
    from delivery.console.report_words import _SAID

    assert set(_SAID) == set(What)
