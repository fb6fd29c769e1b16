"""Fixtures of the journal's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from delivery.journal import PostgresJournal, SqliteJournal
from tests.delivery.delivery_world import World
from tests.delivery.journal.watched import Place, Watched, sittings_of


@pytest.fixture
async def watched(world: World) -> AsyncIterator[Watched]:
    made = world.open_journal()
    assert isinstance(made, PostgresJournal | SqliteJournal)
    yield Watched(made)
    await made.close()


@pytest.fixture
def places(world: World) -> list[Place]:
    """Four sittings in each of two schools."""
    for room in world.rooms:
        world.make_room(room.school_id)
    return [place for room in world.rooms for place in sittings_of(world, room.school_id)]
