"""A batch of rows of many pupils: what is wrong with one of them, or with its sitting, keeps no other waiting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from delivery import errors
from delivery.sealed.rows import ROW_LIMIT
from tests.delivery.delivery_world import Laptop, Site, make_site
from tests.delivery.sealed.test_taking import row_of, send
from tests.delivery.test_damage import tamper

pytestmark = pytest.mark.anyio

LAST = "sitting_id = '{0}' AND event_number = 4"
DAMAGE = {
    "removed": f"DELETE FROM delivery_event WHERE {LAST}",
    "no JSON": f"UPDATE delivery_event SET payload = CAST('[' AS BLOB) WHERE {LAST}",
    "other JSON": f"UPDATE delivery_event SET payload = CAST('{{{{}}}}' AS BLOB) WHERE {LAST}",
    "no bytes": f"UPDATE delivery_event SET payload = 5 WHERE {LAST}",
    "no digest": "UPDATE delivery_event SET digest = 'none' WHERE sitting_id = '{0}'",
    "a number as digest": "UPDATE delivery_event SET digest = 1.5 WHERE sitting_id = '{0}'",
    "no number": f"UPDATE delivery_event SET event_number = 'four' WHERE {LAST}",
}


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged while the test runs."""
    errors._reported.clear()
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.mark.parametrize("how", DAMAGE)
async def test_a_sitting_whose_log_is_damaged_keeps_its_own_rows_waiting_and_nobody_elses(
    sqlite_site: Site, how: str, logged: list[Any]
) -> None:
    broken, sound = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    await broken.fetch_reserve()  # an event after the one that is damaged
    rows = [row_of(broken), row_of(sound)]
    tamper(sqlite_site, DAMAGE[how], broken.ref.sitting_id)
    fresh = make_site(sqlite_site.world, sqlite_site.journal)  # a worker that reads the log anew
    for _ in range(2):
        lost, taken = await send(fresh, *rows)
        assert (lost["status"], lost["code"], lost["receipt"], lost["settled"]) == (409, "read_only", None, False), how
        assert (taken["status"], bool(taken["receipt"])) == (200, True)
    own = Laptop(fresh.client, broken.room, 0, broken.token, broken.sitting, broken.epoch, broken.head)
    reply = await own.answer()
    assert (reply.status_code, reply.json()["code"]) == (409, "read_only")
    assert str(broken.ref.sitting_id) in str(logged)
    assert "peil audit" in str(logged)
    await fresh.close()


async def test_a_row_that_is_too_long_is_refused_by_itself(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    row = row_of(laptop)
    long, taken = await send(sqlite_site, row + "A" * (ROW_LIMIT + 1), row)
    assert (long["status"], long["code"], long["settled"]) == (422, "malformed", False)
    assert (taken["status"], bool(taken["receipt"])) == (200, True)
