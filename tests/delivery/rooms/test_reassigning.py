"""Reserve seats and swapped names: whose sitting it is changes, and nothing that a child did is lost."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from delivery import RefusedError, SittingRef, UnknownRecordError, replay, sealed_sittings, unsealed_sittings
from delivery.errors import JournalError
from delivery.export import UNLINKED
from delivery.isolation import in_school
from delivery.journal import Entry, first_fault
from delivery.people import Enrolment, Pupil, import_roster
from delivery.rooms import (
    Candidate,
    Ground,
    candidates,
    close_room,
    freeze_room,
    open_room,
    pause_room,
    reassign_sitting,
    room_overview,
    settle_reassignments,
    void_sitting,
)
from delivery.tables import PupilRow, ReassignmentRow, SeatRow
from tests.delivery.delivery_world import Laptop, Room, Site, make_roster, make_site

pytestmark = pytest.mark.anyio

GROUND = Ground("briefjes verwisseld", "staff-1")
EXTRA_TIME = {"extra_time": "1.25"}  # of every second pupil of the roster


async def pupil(site: Site, room: Room, discimus: str) -> UUID:
    """Identifier of a pupil of the school."""

    def find(db: Session) -> UUID:
        in_school(db, room.school_id)
        return db.exec(select(PupilRow.pupil_id).where(PupilRow.discimus_id == discimus)).one()

    return await site.sittings.in_database(find)


async def names(site: Site, room: Room) -> dict[UUID, str]:
    """Name at each sitting, as the proctor sees it."""
    overview = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))
    return {seat.sitting_id: seat.pupil for seat in overview.seats}


async def last(site: Site, laptop: Laptop) -> dict[str, Any]:
    """Payload of the last event, with its kind."""
    event = (await site.events(laptop))[-1]
    return {"kind": event.kind, **json.loads(event.payload)}


async def pair(site: Site) -> tuple[Laptop, Laptop]:
    """Two children who sat down under each other's names, and answered two and three questions."""
    one, two = await site.laptop(0), await site.laptop(1)
    for laptop, n in ((one, 2), (two, 3)):
        for _ in range(n):
            assert (await laptop.answer()).status_code == 200
    return one, two


async def test_two_children_are_swapped_in_one_transaction_and_lose_nothing(site: Site) -> None:
    one, two = await pair(site)
    limits = [(await laptop.look()).json()["time"]["limit_ms"] for laptop in (one, two)]
    await reassign_sitting(site.sittings, one.ref, await pupil(site, one.room, "90000000001"), GROUND)
    assert await names(site, one.room) == {
        one.ref.sitting_id: "Voornaam1 Achternaam1",
        two.ref.sitting_id: "Voornaam0 Achternaam0",
    }
    events = [await last(site, laptop) for laptop in (one, two)]
    assert [event["kind"] for event in events] == ["reassigned"] * 2
    assert events[0]["link"] == events[1]["link"]
    assert [event["accommodations"] for event in events] == [EXTRA_TIME, {}]
    assert (events[0]["reason"], events[0]["by"]) == ("briefjes verwisseld", "staff-1")
    heads = [(await laptop.look()).json() for laptop in (one, two)]
    assert [head["pupil"]["first_name"] for head in heads] == ["Voornaam1", "Voornaam0"]
    assert [head["answered"] for head in heads] == [2, 3]
    assert [head["time"]["limit_ms"] for head in heads] == limits[::-1]
    assert [head["accommodations"] for head in heads] == [EXTRA_TIME, {}]
    for laptop in (one, two):
        assert first_fault(await site.events(laptop)) is None
        await laptop.finish()
    with Session(site.world.database) as db:
        found = {sitting.sitting: sitting for sitting in sealed_sittings(db, str)}
        assert found[one.ref.sitting_id].pupil == "90000000001"  # what leaves follows the link
        assert found[two.ref.sitting_id].pupil == "90000000000"
        assert not db.exec(select(ReassignmentRow)).all()
        assert "another pupil's from here on: briefjes verwisseld" in str(replay(db, one.ref.sitting_id))


async def test_the_log_names_nobody(sqlite_site: Site) -> None:
    site = sqlite_site  # nothing of it depends on the database
    one, two = await pair(site)
    other = await pupil(site, one.room, "90000000001")
    await reassign_sitting(site.sittings, one.ref, other, GROUND)
    written = b"".join([event.payload for laptop in (one, two) for event in await site.events(laptop)])
    for secret in ("Voornaam", "Achternaam", "90000000001", str(other)):
        assert secret.encode() not in written


@pytest.mark.parametrize("state", ["paused", "closing", "sealed", "void", "never came"])
async def test_names_are_swapped_whatever_the_states(sqlite_site: Site, state: str) -> None:
    site = sqlite_site  # nothing of it depends on the database
    one = await site.laptop(0)
    await one.answer()
    room = one.room
    place = (site.sittings, room.school_id, room.administration_id)
    if state == "paused":
        await pause_room(*place)
    elif state == "void":
        await void_sitting(site.sittings, one.ref, GROUND)
    elif state != "never came":
        await close_room(*place)
        if state == "sealed":
            await freeze_room(*place)
    before = {ref: await site.sittings.ledger.load(ref) for ref in await _refs(site, room)}
    await reassign_sitting(site.sittings, one.ref, await pupil(site, room, "90000000001"), GROUND)
    for ref, was in before.items():
        now = await site.sittings.ledger.load(ref)
        assert (now.phase, now.answers, now.used_ms, now.current) == (was.phase, was.answers, was.used_ms, was.current)
        assert now.event_number == was.event_number + 1
    assert (await names(site, room))[one.ref.sitting_id] == "Voornaam1 Achternaam1"


async def _refs(site: Site, room: Room) -> list[SittingRef]:
    """Sittings of a room."""

    def find(db: Session) -> list[UUID]:
        in_school(db, room.school_id)
        return list(db.exec(select(SeatRow.sitting_id).where(SeatRow.administration_id == room.administration_id)))

    return [SittingRef(room.school_id, sitting) for sitting in await site.sittings.in_database(find)]


async def test_swapping_twice_is_once_and_back_again_is_as_it_was(sqlite_site: Site) -> None:
    site = sqlite_site  # nothing of it depends on the database
    one, two = await pair(site)
    first, second = [await pupil(site, one.room, f"9000000000{n}") for n in (0, 1)]
    before = await names(site, one.room)
    for _ in range(2):
        await reassign_sitting(site.sittings, one.ref, second, GROUND)
    assert (await site.kinds(one)).count("reassigned") == (await site.kinds(two)).count("reassigned") == 1
    await reassign_sitting(site.sittings, one.ref, first, GROUND)
    assert await names(site, one.room) == before
    assert (await one.look()).json()["accommodations"] == {}


async def test_another_worker_shows_the_new_name_at_once(sqlite_site: Site) -> None:
    site = sqlite_site  # nothing of it depends on the database
    one, _ = await pair(site)
    other = make_site(site.world, site.journal)
    there = Laptop(other.client, one.room, 0, one.token, one.sitting, one.epoch)
    assert (await there.look()).json()["pupil"]["first_name"] == "Voornaam0"
    await reassign_sitting(site.sittings, one.ref, await pupil(site, one.room, "90000000001"), GROUND)
    there.head = one.head
    assert (await there.answer()).json()["pupil"]["first_name"] == "Voornaam1"
    await other.close()


async def _offered(site: Site, room: Room, ref: SittingRef) -> tuple[Candidate, ...]:
    """Pupils who can be chosen for a seat."""
    place = (room.school_id, room.administration_id, ref.sitting_id)
    return await site.sittings.in_database(lambda db: candidates(db, *place))


async def reserve(site: Site) -> tuple[Room, Laptop]:
    """A child that is missing from the list works on a reserve seat."""
    room = site.world.make_room(site.world.rooms[0].school_id, n_reserves=2)
    site.world.rooms[0] = room
    laptop = await site.laptop(seat=2)
    await laptop.answer()
    return room, laptop


async def test_a_child_that_is_missing_from_the_list_works_on_a_reserve_seat(site: Site) -> None:
    room, laptop = await reserve(site)
    assert laptop.head["pupil"]["first_name"] == "Reserveplaats 1"
    assert laptop.head["accommodations"] == {}
    overview = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))
    assert [seat.pupil for seat in overview.seats if not seat.is_linked] == [
        "Reserveplaats 1"
    ]  # the empty one is nobody
    assert overview.administration.n_pupils == 2
    await laptop.finish()
    with Session(site.world.database) as db:
        assert [one.sitting for one in sealed_sittings(db, str)] == []
        states = {one.sitting: one.state for one in unsealed_sittings(db)}
    assert states[laptop.ref.sitting_id] == UNLINKED
    assert len(states) == 5 + 2  # pupils of both schools: two in each first room, two in this one; and this child


async def test_a_reserve_seat_is_linked_to_a_pupil_who_is_imported_later(site: Site) -> None:
    room, laptop = await reserve(site)
    await laptop.finish()
    await close_room(site.sittings, room.school_id, room.administration_id)
    roster = make_roster()
    late = Pupil("late", "90000000077", "Nieuwe", "Leerling", EXTRA_TIME)
    with Session(site.world.owner) as db, db.begin():
        later = type(roster)(
            roster.schools, roster.classes, (*roster.pupils, late), (*roster.enrolments, Enrolment("late", "c0"))
        )
        import_roster(db, later)
    found = await pupil(site, room, "90000000077")
    offered = await _offered(site, room, laptop.ref)
    assert offered[-1] == Candidate(found, "Nieuwe Leerling", "4A", is_here=False)
    await reassign_sitting(site.sittings, laptop.ref, found, GROUND)
    with Session(site.world.database) as db:
        assert {one.pupil for one in sealed_sittings(db, str)} == {"90000000077"}
    assert (await last(site, laptop))["accommodations"] == EXTRA_TIME


async def test_a_pupil_who_lost_the_slip_and_took_a_reserve_seat_gets_the_own_name(sqlite_site: Site) -> None:
    site = sqlite_site  # nothing of it depends on the database
    room, laptop = await reserve(site)
    await reassign_sitting(site.sittings, laptop.ref, await pupil(site, room, "90000000001"), GROUND)
    assert (await laptop.look()).json()["pupil"]["first_name"] == "Voornaam1"
    shown = await names(site, room)
    assert shown[laptop.ref.sitting_id] == "Voornaam1 Achternaam1"
    assert len(shown) == 2  # the seat that was left is nobody's, and empty


async def absent(site: Site) -> tuple[Room, Room, Laptop, UUID]:
    """The first room and another one, where one pupil of the first has no seat; and a child on a reserve seat there."""
    first, (room, laptop) = site.world.rooms[0], await reserve(site)
    moved = await pupil(site, room, "90000000001")
    with Session(site.world.owner) as db, db.begin():
        in_school(db, room.school_id)
        for seat in db.exec(select(SeatRow).where(SeatRow.administration_id == room.administration_id)):
            seat.pupil_id = None if seat.pupil_id == moved else seat.pupil_id
    return first, room, laptop, moved


@pytest.mark.parametrize("is_over", [True, False])
async def test_who_was_absent_takes_the_test_on_a_reserve_seat_of_another_room(site: Site, is_over: bool) -> None:
    first, room, laptop, moved = await absent(site)
    await open_room(site.sittings, first.school_id, first.administration_id)
    if is_over:
        await close_room(site.sittings, first.school_id, first.administration_id)
    assert moved in {candidate.pupil_id for candidate in await _offered(site, room, laptop.ref)}
    await reassign_sitting(site.sittings, laptop.ref, moved, GROUND)
    assert (await names(site, room))[laptop.ref.sitting_id] == "Voornaam1 Achternaam1"
    assert (
        "Voornaam1 Achternaam1" in (await names(site, first)).values()
    )  # who was not there, by the report of the first
    await laptop.finish()
    with Session(site.world.database) as db:
        assert [one.pupil for one in sealed_sittings(db, str)] == ["90000000001"]


async def test_pupils_of_another_room_or_school_are_refused_and_not_offered(site: Site) -> None:
    first, room, laptop, moved = await absent(site)
    await open_room(site.sittings, first.school_id, first.administration_id)
    await Laptop(site.client, first, 1).enter()
    stranger = await pupil(site, site.world.rooms[1], "90000000002")
    offered = await _offered(site, room, laptop.ref)
    assert [candidate.name for candidate in offered] == ["Voornaam0 Achternaam0"]
    number = len(await site.events(laptop))
    with pytest.raises(RefusedError, match="seated_elsewhere"):
        await reassign_sitting(site.sittings, laptop.ref, moved, GROUND)
    for unknown in (stranger, uuid4()):
        with pytest.raises(UnknownRecordError):
            await reassign_sitting(site.sittings, laptop.ref, unknown, GROUND)
    foreign = SittingRef(site.world.rooms[1].school_id, laptop.ref.sitting_id)
    with pytest.raises(UnknownRecordError):
        await reassign_sitting(site.sittings, foreign, stranger, GROUND)
    assert len(await site.events(laptop)) == number


async def test_a_pupil_keeps_a_seat(sqlite_site: Site) -> None:
    site = sqlite_site  # nothing of it depends on the database
    room, _ = await reserve(site)
    taken = await Laptop(site.client, room, 0).enter()
    with Session(site.world.owner) as db, db.begin():
        import_roster(db, _with_one_more())
    with pytest.raises(RefusedError, match="no_seat_for_both"):
        await reassign_sitting(site.sittings, taken.ref, await pupil(site, room, "90000000077"), GROUND)


def _with_one_more() -> Any:
    """The roster with one more pupil in the first class."""
    roster = make_roster()
    late = Pupil("late", "90000000077", "Nieuwe", "Leerling", {})
    enrolments = (*roster.enrolments, Enrolment("late", "c0"))
    return type(roster)(roster.schools, roster.classes, (*roster.pupils, late), enrolments)


async def test_a_room_that_is_not_open_has_nothing_to_swap(sqlite_site: Site) -> None:
    site = sqlite_site  # nothing of it depends on the database
    room = site.world.rooms[0]
    ref = (await _refs(site, room))[0]
    other = (await _offered(site, room, ref))[0]
    with pytest.raises(RefusedError, match="not_open"):
        await reassign_sitting(site.sittings, ref, other.pupil_id, GROUND)


async def test_what_a_crash_left_half_done_is_finished_by_whoever_looks_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await pair(site)

    async def fail(_entries: list[Entry]) -> None:
        raise JournalError("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(site.journal, "append", fail)
        with pytest.raises(JournalError):
            await reassign_sitting(site.sittings, one.ref, await pupil(site, one.room, "90000000001"), GROUND)
    assert (await names(site, one.room))[one.ref.sitting_id] == "Voornaam1 Achternaam1"
    assert "reassigned" not in await site.kinds(one)
    for _ in range(2):
        await settle_reassignments(site.sittings, one.room.school_id, one.room.administration_id)
    for laptop in (one, two):
        assert (await site.kinds(laptop)).count("reassigned") == 1
    assert (await last(site, one))["reason"] == "briefjes verwisseld"
    with Session(site.world.database) as db:
        in_school(db, one.room.school_id)
        assert not db.exec(select(ReassignmentRow).where(col(ReassignmentRow.school_id).is_not(None))).all()
