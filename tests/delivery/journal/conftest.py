"""Fixtures of the journal's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from delivery.journal import PostgresJournal, SqliteJournal
from tests.delivery.delivery_world import World
from tests.delivery.journal.watched import Place, Watched, some_places


@pytest.fixture
async def watched(world: World) -> AsyncIterator[Watched]:
    made = world.open_journal()
    assert isinstance(made, PostgresJournal | SqliteJournal)
    yield Watched(made)
    await made.close()


@pytest.fixture
def places(world: World) -> list[Place]:
    """Sittings without events (see `some_places`)."""
    return some_places(world)
