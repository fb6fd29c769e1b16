"""The list for the inhaalmoment: who must still take a test, and nobody else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import Session

from delivery.console.report_routes import COLUMNS
from delivery.console.report_words import absentee_row, report_page
from delivery.journal import Event
from delivery.rooms import (
    Ground,
    close_room,
    open_room,
    reopen_sitting,
)
from delivery.rooms.absentees import absentees
from delivery.rooms.report import Outcome
from delivery.sittings.state import SittingState, fold
from tests.delivery.console.test_report import cells, report_of, with_real_pupils
from tests.delivery.console.test_sheets import School
from tests.delivery.delivery_world import Laptop, Site
from tests.delivery.test_damage import tamper

pytestmark = pytest.mark.anyio
NOON = datetime(2027, 5, 5, 10, tzinfo=UTC)  # 12.00 in Flanders, in summer


async def test_the_list_for_the_inhaalmoment_names_who_must_still_take_a_test_and_nobody_else(school: School) -> None:
    site = with_real_pupils(school.site)
    laptop = await site.laptop()
    room = laptop.room
    await laptop.answer()
    assert "Niemand hoeft een toets in te halen" in (await school.proctor.browser.get("/personeel/inhaalmoment")).text
    await close_room(site.sittings, room.school_id, room.administration_id)
    page = (await school.proctor.browser.get("/personeel/inhaalmoment")).text
    assert cells(page)[1:] == [
        ["4A", "Proef 4A", "Voornaam0 Achternaam0", "gestopt bij vraag 2 van 6"],
        ["4A", "Proef 4A", "Voornaam1 Achternaam1", "afwezig"],
    ]
    again = site.world.make_room(room.school_id, simulated=False)
    await open_room(site.sittings, again.school_id, again.administration_id)
    await (await Laptop(site.client, again, 1).enter()).finish()  # took it later
    file = await school.proctor.browser.get("/personeel/inhaalmoment.csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(file.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows == [list(COLUMNS), ["4A", "Proef 4A", "Voornaam0 Achternaam0", "gestopt bij vraag 2 van 6"]]


OF_STARTED = "WHERE sitting_id = '{0}' AND kind = 'started'"


@pytest.mark.parametrize(
    ("spoilt", "spoil"),
    [
        (0, f"UPDATE delivery_event SET payload = x'7b' {OF_STARTED}"),
        (1, f"UPDATE delivery_event SET payload = x'7b' {OF_STARTED}"),
        (1, f"UPDATE delivery_event SET schema_version = 9 {OF_STARTED}"),
        (0, "DELETE FROM delivery_event WHERE sitting_id = '{0}' AND kind = 'opened'"),
    ],
)
@pytest.mark.parametrize("is_closed_before", [True, False])
async def test_a_log_that_cannot_be_read_is_listed_as_that_and_the_others_as_they_are(
    sqlite_site: Site, spoilt: int, spoil: str, *, is_closed_before: bool
) -> None:
    site = with_real_pupils(sqlite_site)
    laptops = [await site.laptop(seat) for seat in (0, 1)]
    for laptop in laptops:
        await laptop.answer()
    room = laptops[0].room
    if not is_closed_before:
        tamper(site, spoil, laptops[spoilt].ref.sitting_id)
        site.sittings.ledger._states.clear()  # as after a restart
    await close_room(site.sittings, room.school_id, room.administration_id)
    if is_closed_before:
        tamper(site, spoil, laptops[spoilt].ref.sitting_id)
    words = ["gestopt bij vraag 2 van 6"] * 2
    words[spoilt] = "niet te lezen: verwittig de ICT-verantwoordelijke"
    listed = [(f"Voornaam{seat} Achternaam{seat}", word) for seat, word in enumerate(words)]
    with Session(site.world.database) as db:
        assert [absentee_row(one)[2:] for one in absentees(db, room.school_id)] == listed
    page = report_page(report_of(site, room))
    assert [row[:2] for row in page.pupils] == listed
    assert page.counts == ("2 van 2 leerlingen aanwezig", "0 afwezig", "1 gestopt", "1 niet te lezen")


async def test_whole_logs_are_read_only_of_those_who_may_have_to_come_back(
    sqlite_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = with_real_pupils(sqlite_site)
    folded: list[UUID] = []

    def counted(state: SittingState, events: Iterable[Event]) -> SittingState:
        folded.append(state.ref.sitting_id)
        return fold(state, events)

    def listed() -> list[tuple[str, Outcome, int]]:
        folded.clear()
        with monkeypatch.context() as patch, Session(site.world.database) as db:
            patch.setattr("delivery.rooms.report.fold", counted)
            return [
                (one.record.pupil, one.record.outcome, one.record.answered) for one in absentees(db, room.school_id)
            ]

    done = await site.laptop()
    room = done.room
    where = (room.school_id, room.administration_id)
    other = await Laptop(site.client, room, 1).enter()
    await other.answer()
    await done.finish()
    assert (listed(), folded) == ([], [])
    await other.hand_in()  # while the room is open nobody must come back
    assert (listed(), folded) == ([], [other.ref.sitting_id])
    await close_room(site.sittings, *where)
    assert listed() == [("Voornaam1 Achternaam1", Outcome.STOPPED, 1)]
    assert folded == [other.ref.sitting_id]
    await reopen_sitting(site.sittings, other.ref, Ground("te vroeg ingediend"))
    assert (listed(), folded) == ([], [])


async def test_virtual_pupils_come_to_no_inhaalmoment(sqlite_site: Site) -> None:
    room = await sqlite_site.open_room()
    await close_room(sqlite_site.sittings, room.school_id, room.administration_id)
    with Session(sqlite_site.world.database) as db:
        assert absentees(db, room.school_id) == ()
