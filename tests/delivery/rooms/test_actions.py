"""What staff do to a whole room: safe to repeat after a failure, and nobody overwrites anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlmodel import Session

from delivery import JournalError, RefusedError, replay
from delivery.journal import Entry
from delivery.rooms import (
    Ground,
    RoomStatus,
    SeatState,
    close_room,
    freeze_room,
    load_administration,
    open_room,
    pause_room,
    reopen_sitting,
    resume_room,
    room_overview,
)
from delivery.rooms.administrations import set_status
from delivery.sittings import Sittings
from delivery.sittings.phases import Phase
from itembank import Stopping
from tests.delivery import delivery_world as helpers
from tests.delivery.delivery_world import Room, Site, make_site
from tests.delivery.faulty_journal import FaultyJournal

pytestmark = pytest.mark.anyio


async def status(site: Site, room: Room) -> RoomStatus:
    """Where the room stands."""
    found = await site.sittings.in_database(lambda db: load_administration(db, room.school_id, room.administration_id))
    return found.status


async def test_a_close_that_fails_leaves_the_room_open_and_a_second_one_closes_everything(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room
    journal = FaultyJournal(site.journal)
    broken = make_site(site.world, journal)
    for crash in ("before", "after"):
        journal.crash = crash
        with pytest.raises(JournalError):
            await close_room(broken.sittings, room.school_id, room.administration_id)
        assert await status(site, room) is RoomStatus.OPEN
    await close_room(broken.sittings, room.school_id, room.administration_id)
    assert await status(site, room) is RoomStatus.CLOSED
    assert (await site.kinds(laptop)).count("closing") == 1
    await broken.close()


async def test_closing_a_closed_room_again_closes_a_sitting_that_was_left_open(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room

    await site.sittings.in_database(
        lambda db: set_status(db, room.school_id, room.administration_id, RoomStatus.CLOSED, seen=RoomStatus.OPEN)
    )
    await close_room(site.sittings, room.school_id, room.administration_id)
    assert (await site.sittings.ledger.load(laptop.ref)).phase is Phase.CLOSING


@asynccontextmanager
async def interrupted(site: Site, room: Room, other: RoomStatus) -> AsyncIterator[Sittings]:
    """A worker that loses to another proctor: the room changes while its events are being written."""

    class Interrupting(FaultyJournal):
        """Changes the room after the first commit."""

        changed = False

        async def append(self, entries: Sequence[Entry]) -> None:
            await super().append(entries)
            if not self.changed:
                self.changed = True
                await site.sittings.in_database(
                    lambda db: set_status(db, room.school_id, room.administration_id, other, seen=RoomStatus.OPEN)
                )

    slow = make_site(site.world, Interrupting(site.journal))
    yield slow.sittings
    await slow.close()


async def test_a_room_that_another_proctor_closed_meanwhile_stays_closed(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room
    await pause_room(site.sittings, room.school_id, room.administration_id)
    async with interrupted(site, room, RoomStatus.CLOSED) as slow:
        with pytest.raises(RefusedError, match="room_closed"):
            await open_room(slow, room.school_id, room.administration_id)
    assert await status(site, room) is RoomStatus.CLOSED
    assert (await site.sittings.ledger.load(laptop.ref)).phase is Phase.CLOSING  # not open in a closed room


async def test_a_mark_that_somebody_else_changed_is_refused(site: Site) -> None:
    room = await site.open_room()

    def mark(new: RoomStatus, seen: RoomStatus) -> RoomStatus:
        with Session(site.world.database) as db, db.begin():
            return set_status(db, room.school_id, room.administration_id, new, seen=seen)

    assert mark(RoomStatus.PAUSED, RoomStatus.PLANNED) is RoomStatus.OPEN
    assert mark(RoomStatus.PAUSED, RoomStatus.OPEN) is RoomStatus.PAUSED
    assert mark(RoomStatus.CLOSED, RoomStatus.OPEN) is RoomStatus.CLOSED  # closing wins from anywhere
    assert mark(RoomStatus.OPEN, RoomStatus.PAUSED) is RoomStatus.CLOSED


async def test_freezing_seals_a_sitting_that_was_reopened(site: Site) -> None:
    laptop = await site.laptop()
    room = laptop.room
    await laptop.hand_in()
    await reopen_sitting(site.sittings, laptop.ref, Ground("te vroeg ingediend"))
    await site.sittings.in_database(  # whoever closed the room died before its events
        lambda db: set_status(db, room.school_id, room.administration_id, RoomStatus.CLOSED, seen=RoomStatus.OPEN)
    )
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    assert (await site.kinds(laptop))[-3:] == ["reopened", "closing", "sealed"]
    overview = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))
    assert [seat.state for seat in overview.seats] == [SeatState.SEALED, SeatState.NOT_IN]


async def test_a_test_that_ended_during_a_pause_is_complete_afterwards(tmp_path: Path, sqlite_template: Path) -> None:
    """The rule that ends it holds at an answer that came while no item was given: the pupil waits for none."""
    ends_at_two = helpers.make_bank(Stopping(standard_error=9.0), minimum_length=2)
    world = helpers.sqlite_world(tmp_path, sqlite_template, ends_at_two)
    world.prepare()
    journal = world.open_journal()
    site = make_site(world, journal)
    try:
        laptop = await site.laptop()
        assert (await laptop.answer()).status_code == 200
        await pause_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
        assert (await laptop.answer()).status_code == 200
        assert not laptop.head["complete"]
        await resume_room(site.sittings, laptop.room.school_id, laptop.room.administration_id)
        head = (await laptop.look()).json()
        assert (head["current"], head["complete"], head["state"]) == (None, True, "open")
        assert (await site.kinds(laptop))[-3:] == ["answered", "resumed", "offered"]
        await laptop.look()
        assert (await site.kinds(laptop)).count("offered") == 2
        with Session(world.database) as db:
            assert replay(db, laptop.ref.sitting_id)[-1].text == "the ability is precise enough; the test is complete"
    finally:
        await site.close()
        await journal.close()
        world.dispose()
