"""An audit names the first event that was changed, removed or moved; checkpoints find a tail that was cut off."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlmodel import Session

from delivery import AuditResult, ConfigurationError, audit_log, write_checkpoint
from delivery.rooms import close_room, freeze_room
from delivery.sittings.signing import HeadSigner
from tests.delivery.delivery_world import SECRETS, Laptop, Site

pytestmark = pytest.mark.anyio

KEY = SECRETS.checkpoint_key
FIVE = "event_number = 5 AND sitting_id = '{0}'"
# The second laptop answers as often, so that both logs have the same numbers.
TAMPERINGS = [
    (f"UPDATE delivery_event SET payload = replace(payload, '1500', '1600') WHERE {FIVE}", 5, "changed"),
    (f"UPDATE delivery_event SET kind = 'evidence' WHERE {FIVE}", 5, "changed"),
    (f"UPDATE delivery_event SET schema_version = 9 WHERE {FIVE}", 5, "changed"),
    (f"UPDATE delivery_event SET digest = zeroblob(32) WHERE {FIVE}", 5, "changed"),
    (f"DELETE FROM delivery_event WHERE {FIVE}", 5, "removed"),
    ("DELETE FROM delivery_event WHERE event_number = 1 AND sitting_id = '{0}'", 1, "removed"),
    (
        f"UPDATE delivery_event SET event_number = 99 WHERE {FIVE};"
        "UPDATE delivery_event SET event_number = 5 WHERE event_number = 6 AND sitting_id = '{0}';"
        "UPDATE delivery_event SET event_number = 6 WHERE event_number = 99 AND sitting_id = '{0}'",
        5,
        "moved",
    ),
    ("UPDATE delivery_answer SET body_hash = x'00' WHERE position = 1 AND sitting_id = '{0}'", 5, "answer key"),
    ("DELETE FROM delivery_answer WHERE position = 1 AND sitting_id = '{0}'", 5, "answer key"),
]


@pytest.fixture
async def two(sqlite_site: Site) -> tuple[Laptop, Laptop]:
    """Two laptops with three answers each, in logs of seven events."""
    first, second = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    for laptop in (first, second):
        for _ in range(3):
            await laptop.answer()
    return first, second


def tamper(site: Site, script: str) -> None:
    """Change the file as someone with access to it would: without triggers."""
    with closing(sqlite3.connect(str(site.world.journal_address))) as db:
        for table in ("delivery_event", "delivery_answer"):
            for action in ("update", "delete"):
                db.execute(f"DROP TRIGGER {table}_no_{action}")
        db.executescript(script)
        db.commit()


def audit(site: Site, checkpoints: Path | None = None) -> AuditResult:
    """Audit the world's log."""
    with Session(site.world.database) as db:
        return audit_log(db, checkpoints, KEY)


async def test_an_untouched_log_passes_on_both_databases(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.answer()
    result = audit(site)
    assert (result.n_sittings, result.n_events, result.findings) == (2, 7, ())


@pytest.mark.parametrize(("script", "number", "fault"), TAMPERINGS)
async def test_the_first_damaged_event_is_named(
    sqlite_site: Site, two: tuple[Laptop, Laptop], script: str, number: int, fault: str
) -> None:
    assert audit(sqlite_site).first is None
    tamper(sqlite_site, script.format(two[0].ref.sitting_id.hex))
    found = audit(sqlite_site).first
    assert found is not None
    assert (found.sitting, found.event_number, found.fault) == (two[0].ref.sitting_id, number, fault)


async def test_an_event_that_was_moved_to_another_sitting_is_named_with_where_it_was(
    sqlite_site: Site, two: tuple[Laptop, Laptop]
) -> None:
    here, there = (laptop.ref.sitting_id for laptop in two)
    tamper(
        sqlite_site,
        f"UPDATE delivery_event SET sitting_id = '{there.hex}', event_number = 8 "
        f"WHERE sitting_id = '{here.hex}' AND event_number = 6",
    )
    findings = {found.sitting: found for found in audit(sqlite_site).findings}
    assert (findings[here].event_number, findings[here].fault) == (6, "removed")
    assert (findings[there].event_number, findings[there].fault) == (8, "moved")
    assert f"event 6 of sitting {here}" in findings[there].detail


async def test_a_tail_that_was_cut_off_is_found_by_a_signed_checkpoint(
    sqlite_site: Site, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    checkpoints = tmp_path / "checkpoints.jsonl"
    with Session(sqlite_site.world.database) as db:
        assert write_checkpoint(db, checkpoints, KEY) == 2
    assert audit(sqlite_site, checkpoints).first is None
    sitting = two[0].ref.sitting_id
    cut = f"DELETE FROM {{}} WHERE event_number = 7 AND sitting_id = '{sitting.hex}';"
    tamper(sqlite_site, cut.format("delivery_answer") + cut.format("delivery_event"))
    assert audit(sqlite_site).first is None  # the chain alone cannot know
    found = audit(sqlite_site, checkpoints).first
    assert found is not None
    assert (found.sitting, found.event_number, found.fault) == (sitting, 7, "removed")


async def test_a_log_that_was_written_anew_is_found_by_a_signed_checkpoint(
    sqlite_site: Site, two: tuple[Laptop, Laptop], tmp_path: Path
) -> None:
    checkpoints = tmp_path / "checkpoints.jsonl"
    with Session(sqlite_site.world.database) as db:
        write_checkpoint(db, checkpoints, KEY)
    sitting = two[0].ref.sitting_id
    before = await sqlite_site.events(two[0])
    cut = f"DELETE FROM {{}} WHERE event_number = 7 AND sitting_id = '{sitting.hex}';"
    tamper(sqlite_site, cut.format("delivery_answer") + cut.format("delivery_event"))
    sqlite_site.sittings.ledger._states.clear()
    two[0].head = (await two[0].look()).json()
    await two[0].answer("B")  # a chain that is sound in itself
    assert (await sqlite_site.events(two[0]))[-1] != before[-1]
    assert audit(sqlite_site).first is None
    found = audit(sqlite_site, checkpoints).first
    assert found is not None
    assert (found.event_number, found.fault) == (7, "changed")


@pytest.mark.parametrize(
    "change", [lambda line: line.replace(b":[7,", b":[6,"), lambda line: line[:-5], lambda _: b"x"]
)
async def test_a_checkpoint_that_was_changed_is_refused_by_line(
    sqlite_site: Site, two: tuple[Laptop, Laptop], tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    assert len(two) == 2
    checkpoints = tmp_path / "checkpoints.jsonl"
    with Session(sqlite_site.world.database) as db:
        write_checkpoint(db, checkpoints, KEY)
        write_checkpoint(db, checkpoints, KEY)
    first, second = checkpoints.read_bytes().splitlines()
    checkpoints.write_bytes(first + b"\n" + change(second) + b"\n")
    with pytest.raises(ConfigurationError, match="line 2"):
        audit(sqlite_site, checkpoints)


def cut_last(site: Site, laptop: Laptop, number: int) -> None:
    """Cut the last event of a log, as someone with access to the file would."""
    tamper(
        site,
        f"DELETE FROM delivery_event WHERE event_number = {number} AND sitting_id = '{laptop.ref.sitting_id.hex}'",
    )


async def test_a_tail_that_was_cut_after_sealing_is_found(sqlite_site: Site, tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints.jsonl"
    sqlite_site.sittings.signer = HeadSigner(checkpoints, KEY)
    laptop = await sqlite_site.laptop()
    await laptop.finish()
    await signed(sqlite_site)
    sealed = await sqlite_site.events(laptop)
    assert sealed[-1].kind == "sealed"
    cut_last(sqlite_site, laptop, sealed[-1].event_number)
    found = audit(sqlite_site, checkpoints).first
    assert found is not None
    assert (found.event_number, found.fault) == (sealed[-1].event_number, "removed")


async def signed(site: Site) -> None:
    """Wait until the heads are signed that are being signed."""
    writing = site.sittings.signer.note([])
    if writing is not None:
        await writing


async def test_what_came_after_freezing_and_was_cut_is_found(sqlite_site: Site, tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints.jsonl"
    sqlite_site.sittings.signer = HeadSigner(checkpoints, KEY)
    laptop = await sqlite_site.laptop()
    await close_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    await freeze_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert (await laptop.answer()).json()["code"] == "sealed"
    await signed(sqlite_site)
    last = (await sqlite_site.events(laptop))[-1]
    assert last.kind == "evidence"
    cut_last(sqlite_site, laptop, last.event_number)
    found = audit(sqlite_site, checkpoints).first
    assert found is not None
    assert (found.event_number, found.fault) == (last.event_number, "removed")


async def test_a_file_of_checkpoints_that_is_gone_fails_once_a_room_was_closed(
    sqlite_site: Site, tmp_path: Path
) -> None:
    checkpoints = tmp_path / "checkpoints.jsonl"
    laptop = await sqlite_site.laptop()
    assert audit(sqlite_site, checkpoints).findings == ()
    await close_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    with pytest.raises(ConfigurationError, match="is not there"):
        audit(sqlite_site, checkpoints)


async def test_closing_a_room_signs_its_heads(sqlite_site: Site, tmp_path: Path) -> None:
    checkpoints = tmp_path / "checkpoints.jsonl"
    sqlite_site.sittings.signer = HeadSigner(checkpoints, KEY)
    laptop = await sqlite_site.laptop()
    await close_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    assert audit(sqlite_site, checkpoints).n_heads == 2
