"""A journal whose batches can be watched and disturbed, and places to append to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from delivery.errors import JournalError
from delivery.isolation import in_school
from delivery.journal import Entry, PostgresJournal, SqliteJournal, grouping
from delivery.tables import SittingRow
from tests.delivery.delivery_world import World

Place = tuple[UUID, UUID]


class Watched:
    """A journal of which the size of every batch is noted, when the database begins with it.

    Attributes
    ----------
    sizes : appends of each batch
    delay_s : seconds that a batch waits before the database begins with it
    dies_after : size of the batch whose connection dies between the commit and its outcome, once; 0 for none
    """

    def __init__(self, journal: PostgresJournal | SqliteJournal) -> None:
        self.journal = journal
        self.sizes: list[int] = []
        self.has_begun = asyncio.Event()
        self.delay_s = 0.0
        self.dies_after = 0
        self._store = journal._group._store
        journal._group._store = self._watch

    async def _watch(self, batch: Sequence[grouping.Append]) -> Sequence[bool]:
        self.sizes.append(len(batch))
        self.has_begun.set()
        await asyncio.sleep(self.delay_s)
        stored = await self._store(batch)
        if len(batch) == self.dies_after:
            self.dies_after = 0
            raise JournalError("The connection died before it told what became of the commit.")
        return stored

    def start(self, *entries: Entry) -> asyncio.Task[None]:
        """Begin an append."""
        return asyncio.create_task(self.journal.append(entries))

    async def numbers(self, place: Place) -> list[int]:
        """Numbers of the events that a sitting has."""
        return [event.event_number for event in await self.journal.load(*place)]


def sittings_of(world: World, school_id: UUID) -> list[Place]:
    """Sittings of a school."""
    with Session(world.database) as db:
        in_school(db, school_id)
        rows = db.exec(select(SittingRow).where(SittingRow.school_id == school_id))
        return [(row.school_id, row.sitting_id) for row in rows]


def some_places(world: World) -> list[Place]:
    """Four sittings in each of two schools."""
    for room in world.rooms:
        world.make_room(room.school_id)
    return [place for room in world.rooms for place in sittings_of(world, room.school_id)]


async def outcomes(*appends: Awaitable[None]) -> list[Any]:
    """What became of each: None, or the kind of error."""
    return [error and type(error) for error in await asyncio.gather(*appends, return_exceptions=True)]
