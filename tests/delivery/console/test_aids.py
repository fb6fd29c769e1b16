"""Granted, there, used: what the sheet of a pupil, the room, the report and the export say of accommodations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session

from delivery import replay, sealed_sittings
from delivery.rooms import Ground, SeatState, grant_time, reassign_sitting
from delivery.rooms.overview import _look
from delivery.rooms.seat_logs import SeatLog
from delivery.rooms.seated import Seat
from delivery.sittings import Phase
from delivery.sittings.noted import Noted
from tests.delivery.console.test_report import cells
from tests.delivery.console.test_sheets import School, room_of, sheet_of
from tests.delivery.delivery_world import TIME_LIMIT_MS, Clock, Laptop, Site
from tests.delivery.granting import grant, granted_laptop
from tests.delivery.guessing import ask
from tests.delivery.rooms.test_entry import from_network, spend
from tests.delivery.rooms.test_reassigning import pupil
from tests.delivery.telling import take_break, tell

pytestmark = pytest.mark.anyio
MINUTE = 60_000
GRANTED = {"extra_time": "1.5", "read_aloud": "yes", "simplified": "yes", "breaks": "2x5", "at_home": "yes"}


async def test_sheet_and_report_say_what_was_granted_there_and_used(school: School) -> None:
    site = school.site
    grant(site, {"glossary": "yes", "transcript": "yes", "items": "braille"}, seat=1)  # who never comes in
    laptop = await granted_laptop(site, GRANTED)
    await tell(laptop, offered=["simplified", "breaks"], lacking=["read_aloud"], used=["simplified", "lines"])
    await take_break(laptop)
    await take_break(laptop, wanted=False)
    await grant_time(site.sittings, laptop.room.school_id, [laptop.ref.sitting_id], 5 * MINUTE, Ground("stil lokaal"))
    rows = [
        ["extra tijd (× 1,5)", "school", "ja", "nee"],
        ["voorlezen", "school", "nee", "nee"],
        ["eenvoudige weergave", "school", "ja", "ja"],
        ["pauzes (2 van hoogstens 5 min)", "school", "ja", "ja, 1 keer"],
        ["thuis, onder toezicht", "school", "–", "–"],
        ["extra tijd tijdens de toets (5 min)", "toetsassistent", "ja", "nee"],
        ["leeslineaal", "voor iedereen", "ja", "ja"],
    ]
    sheet = cells((await school.proctor.browser.get(sheet_of(laptop))).text)
    assert sheet[1:] == rows
    report = cells((await school.proctor.browser.get(f"{room_of(laptop.room)}/verslag")).text)
    told = [row for row in report if len(row) == 5 and row[2] in {"school", "toetsassistent", "voor iedereen"}]
    one, other = "Voornaam0 Achternaam0", "Voornaam1 Achternaam1"
    absent = [
        [other, "extra tijd (× 1,25)", "school", "–", "–"],
        [other, "uitleg bij woorden", "school", "–", "–"],
        [other, "tekst van opnames", "school", "–", "–"],
        [other, "aangepaste vragen (braille)", "school", "–", "–"],
    ]
    assert told == [*([one, *row] for row in rows), *absent]
    page = (await school.proctor.browser.get(room_of(laptop.room))).text
    assert "werkt thuis, onder toezicht" in page
    assert "Op deze laptop lukt voorlezen niet: Voornaam0 Achternaam0." in page


async def test_where_a_laptop_said_nothing_the_report_does_not_say_no(school: School) -> None:
    site = school.site
    laptop = await granted_laptop(site, GRANTED | {"items": "braille"})

    async def said() -> dict[str, list[str]]:
        """Of each accommodation, whether it was there and whether it was used."""
        rows = cells((await school.proctor.browser.get(sheet_of(laptop))).text)[1:]
        return {what.partition(" (")[0]: known for what, _, *known in rows}

    own = {"extra tijd": ["ja", "nee"], "thuis, onder toezicht": ["–", "–"]}  # the server needs no laptop to know
    asked = ("voorlezen", "eenvoudige weergave", "aangepaste vragen")
    unknown, told = ({what: [word, word] for what in asked} for word in ("–", "nee"))
    assert await said() == own | unknown | {"pauzes": ["–", "nee"]}
    await tell(laptop, offered=["breaks"], lacking=["read_aloud"])
    assert await said() == own | told | {"pauzes": ["ja", "nee"]}
    other = await Laptop(site.client, laptop.room).enter()  # which may have what the first lacked
    assert await said() == own | unknown | {"aangepaste vragen": ["nee", "nee"], "pauzes": ["ja", "nee"]}
    await tell(other, offered=["read_aloud"])
    assert await said() == own | told | {"voorlezen": ["ja", "nee"], "pauzes": ["ja", "nee"]}
    for discimus in ("90000000001", "90000000000"):
        named = await pupil(site, laptop.room, discimus)
        await reassign_sitting(site.sittings, laptop.ref, named, Ground("verwisseld"))
    assert (await said())["eenvoudige weergave"] == ["–", "–"]  # what was said then, was of another's list


async def test_extra_time_is_used_by_who_works_longer_than_others_may(site: Site) -> None:
    site.sittings.clock = clock = Clock()
    laptop = await granted_laptop(site, {"extra_time": "1.5"})
    await grant_time(site.sittings, laptop.room.school_id, [laptop.ref.sitting_id], MINUTE, Ground("stil lokaal"))
    worked = 0
    while laptop.head["current"]:
        worked += 6 * MINUTE
        for _ in range(36):
            clock.now += 10_000
            await laptop.look()
        await laptop.answer()
    await laptop.hand_in()
    await laptop.seal(6)
    assert TIME_LIMIT_MS < worked < TIME_LIMIT_MS * 3 // 2  # of 45 minutes, 36
    with Session(site.world.owner) as db:
        (exported,) = sealed_sittings(db, str)
    assert [(one.kind, one.granted_by, one.offered, one.used) for one in exported.accommodations] == [
        ("extra_time", "school", True, True),
        ("granted_time", "staff", True, False),
    ]


@pytest.mark.parametrize(("after", "state"), [(4, SeatState.BUSY), (6, SeatState.DISCONNECTED)])
def test_a_laptop_that_is_closed_in_a_break_is_not_missed_until_the_break_is_over(after: int, state: SeatState) -> None:
    began = datetime(2027, 5, 5, 12, tzinfo=UTC)
    at = int(began.timestamp() * 1000)
    log = SeatLog(phase=Phase.PAUSED, claimed_at=at, noted=Noted(break_at=at, break_granted="1x5"))
    seat = Seat(UUID(int=1), UUID(int=2), UUID(int=3), "Lotte", denied=False)
    seen = _look(seat, log, None, began + timedelta(minutes=after))
    assert (seen.state, seen.break_until) == (state, began + timedelta(minutes=5))


async def test_who_works_at_home_comes_in_from_there_and_guesses_from_elsewhere_do_not_keep_them_out(
    sqlite_site: Site,
) -> None:
    """A network on which a pupil of the room once worked is one of the room's; before that, one click lets it in."""
    grant(sqlite_site, {"at_home": "yes"})
    room, home = await sqlite_site.open_room(), "203.0.113.9"
    codes = room.seat_codes[0]
    async with from_network(sqlite_site, home) as client:
        laptop = await Laptop(client, room).enter()
        assert (await laptop.answer()).status_code == 200
        await spend(sqlite_site, room)
        assert (await (await Laptop(client, room).enter()).look()).json()["answered"] == 1
    assert await ask(sqlite_site, room, codes, "198.51.100.4", "elsewhere") == "waits"


async def test_replay_tells_what_was_noticed(site: Site) -> None:
    laptop = await granted_laptop(site, {"contrast": "yes", "read_aloud": "yes"})
    await tell(laptop, offered=["contrast"], lacking=["read_aloud"], used=["contrast"], times=2, away_ms=5_500)
    with Session(site.world.owner) as db:
        told = {one.kind: one.text for one in replay(db, laptop.ref.sitting_id)}
    assert told["accommodation_used"] == "there: contrast; cannot be offered: read_aloud; used: contrast"
    assert told["focus_lost"] == "the page lost the focus 2 times so far on device 1; 5.5 s in all"
