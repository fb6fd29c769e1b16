"""Whatever was done to the log, an audit names it, and nothing of that sitting is told or exported."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session

from delivery import JournalError, audit_log, replay, sealed_sittings, unsealed_sittings, write_checkpoint
from tests.delivery.delivery_world import SECRETS, Laptop, Site

pytestmark = pytest.mark.anyio

KEY = SECRETS.checkpoint_key
FIVE = "event_number = 5 AND sitting_id = '{0}'"
WRONG_TYPES = [
    f"""UPDATE delivery_event SET payload = replace(payload, '"at":1', '"at":2') WHERE {FIVE}""",
    f"UPDATE delivery_event SET payload = CAST(payload AS TEXT) WHERE {FIVE}",
    f"UPDATE delivery_event SET payload = 5 WHERE {FIVE}",
    f"UPDATE delivery_event SET digest = hex(digest) WHERE {FIVE}",
    f"UPDATE delivery_event SET digest = 1.5 WHERE {FIVE}",
    f"UPDATE delivery_event SET kind = CAST(kind AS BLOB) WHERE {FIVE}",
    f"UPDATE delivery_event SET schema_version = 'one' WHERE {FIVE}",
    f"UPDATE delivery_event SET schema_version = -1 WHERE {FIVE}",
    f"UPDATE delivery_event SET schema_version = 9999999999 WHERE {FIVE}",
]


def tamper(site: Site, script: str, sitting: UUID, *more: object) -> None:
    """Change the file as someone with access to it would: without triggers."""
    with closing(sqlite3.connect(str(site.world.journal_address))) as db:
        for table in ("delivery_event", "delivery_answer"):
            for action in ("update", "delete"):
                db.execute(f"DROP TRIGGER IF EXISTS {table}_no_{action}")
        db.executescript(script.format(sitting.hex, *more))
        db.commit()


@pytest.mark.parametrize("script", WRONG_TYPES)
async def test_a_value_of_the_wrong_type_is_a_changed_event(sqlite_site: Site, script: str) -> None:
    laptop = await sqlite_site.laptop()
    await laptop.finish()
    tamper(sqlite_site, script, laptop.ref.sitting_id)
    with Session(sqlite_site.world.database) as db:
        found = audit_log(db).first
    assert found is not None
    assert (found.sitting, found.event_number, found.fault) == (laptop.ref.sitting_id, 5, "changed")


@pytest.mark.parametrize("number", ["'five'", "-5", "99"])
async def test_an_impossible_number_leaves_a_gap(sqlite_site: Site, number: str) -> None:
    laptop = await sqlite_site.laptop()
    await laptop.finish()
    tamper(sqlite_site, f"UPDATE delivery_event SET event_number = {number} WHERE {FIVE}", laptop.ref.sitting_id)
    with Session(sqlite_site.world.database) as db:
        (found,) = audit_log(db).findings
    assert (found.sitting, found.fault) == (laptop.ref.sitting_id, "removed")


async def test_a_sitting_is_found_once_with_its_first_fault(sqlite_site: Site, tmp_path: Path) -> None:
    laptop, other = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    await laptop.finish()
    await other.finish()
    checkpoints = tmp_path / "checkpoints.jsonl"
    with Session(sqlite_site.world.database) as db:
        write_checkpoint(db, checkpoints, KEY)
    tamper(sqlite_site, f"DELETE FROM delivery_event WHERE {FIVE}", laptop.ref.sitting_id)
    with Session(sqlite_site.world.database) as db:
        (found,) = audit_log(db, checkpoints, KEY).findings
    assert (found.sitting, found.event_number, found.fault) == (laptop.ref.sitting_id, 5, "removed")


@pytest.mark.parametrize("script", [WRONG_TYPES[0], f"DELETE FROM delivery_event WHERE {FIVE}"])
async def test_a_damaged_sitting_is_not_exported_and_the_others_are(sqlite_site: Site, script: str) -> None:
    laptop, other = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    await laptop.finish()
    await other.finish()
    tamper(sqlite_site, script, laptop.ref.sitting_id)
    with Session(sqlite_site.world.database) as db:
        assert [sitting.sitting for sitting in sealed_sittings(db, str)] == [other.ref.sitting_id]
        states = {sitting.sitting: sitting.state for sitting in unsealed_sittings(db)}
    assert states[laptop.ref.sitting_id] == "damaged"
    assert other.ref.sitting_id not in states


async def test_a_damaged_log_is_not_replayed(sqlite_site: Site) -> None:
    laptop: Laptop = await sqlite_site.laptop()
    await laptop.answer()
    change = f"UPDATE delivery_event SET payload = CAST(replace(payload, '1500', '1600') AS BLOB) WHERE {FIVE}"
    tamper(sqlite_site, change, laptop.ref.sitting_id)
    with Session(sqlite_site.world.database) as db, pytest.raises(JournalError, match=r"event 5.*peil audit"):
        replay(db, laptop.ref.sitting_id)
