"""Write golden logs of this release: ``python -m tests.delivery.golden.record FILE [STORY …]``, all stories if none.

What is beside each log is what laptops were told over HTTP, and no part of what the fold says: receipts, the state, how
many answers. A release's file is never written again; a kind of event that comes later is recorded with its release.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from delivery.erasure import erase_pupil
from delivery.isolation import in_school
from delivery.rooms import (
    Ground,
    answer_help,
    close_room,
    freeze_room,
    grant_time,
    pause_room,
    reassign_sitting,
    release_sitting,
    reopen_sitting,
    resume_room,
    skip_item,
    void_sitting,
)
from delivery.sittings.evidence import admit_evidence, list_evidence, reject_evidence
from delivery.tables import PupilRow
from tests.delivery import delivery_world as helpers
from tests.delivery.delivery_world import Clock, Laptop, Site, answer_body
from tests.delivery.granting import granted_laptop
from tests.delivery.telling import take_break, tell

GROUND = Ground("brandalarm in de gang", "00000000-0000-4000-8000-000000000001")
MINUTE = 60_000


@dataclass
class Scribe:
    """A site on SQLite whose clock is moved, and what its laptops were told."""

    site: Site
    clock: Clock
    logs: list[dict[str, Any]] = field(default_factory=list)
    receipts: dict[str, dict[str, str]] = field(default_factory=dict)

    async def answer(self, laptop: Laptop, value: str = "A", *, after_ms: int = 20_000) -> None:
        """Answer what is on the screen a while later, and keep the receipt."""
        self.clock.now += after_ms
        position = laptop.head["current"]["position"]
        reply = await laptop.answer(value)
        assert reply.status_code == 200, reply.text
        self.receipts.setdefault(laptop.sitting, {})[str(position)] = reply.json()["receipt"]

    async def write(self, name: str, laptop: Laptop, **told: Any) -> None:
        """Keep a log, and what its laptop is told now."""
        head = (await laptop.look()).json()
        seen = {key: head[key] for key in ("state", "answered", "epoch", "code") if key in head}
        events = [
            [event.event_number, event.kind, event.schema_version, event.payload.decode(), event.digest.hex()]
            for event in await self.site.events(laptop)
        ]
        place = {"school": str(laptop.ref.school_id), "sitting": laptop.sitting}
        seen |= {"receipts": self.receipts.get(laptop.sitting, {}), **told}
        self.logs.append({"name": name, **place, "seen": seen, "events": events})


async def whole(scribe: Scribe) -> None:
    """Paused, given time, offline, moved, helped, an item skipped, a body that came too late; handed in and sealed."""
    site, clock = scribe.site, scribe.clock
    laptop = await site.laptop(0)
    room = laptop.room
    await scribe.answer(laptop)
    await pause_room(site.sittings, room.school_id, room.administration_id)
    clock.now += MINUTE
    await resume_room(site.sittings, room.school_id, room.administration_id)
    await grant_time(site.sittings, room.school_id, [laptop.ref.sitting_id], 5 * MINUTE, GROUND, "form")
    await laptop.look()
    await scribe.answer(laptop, "B", after_ms=6 * MINUTE)  # offline meanwhile
    await release_sitting(site.sittings, laptop.ref, GROUND)
    other = await Laptop(site.client, room, 0).enter()
    asked = await site.client.post(f"{other.url}/help", json={"epoch": other.epoch}, headers=other.headers)
    assert asked.status_code == 200
    await answer_help(site.sittings, other.ref, GROUND)
    await skip_item(site.sittings, other.ref, other.head["current"]["item"], GROUND)
    other.head = (await other.look()).json()
    await scribe.answer(other)
    current = laptop.head["current"]
    late = answer_body(current["position"], current["item"], "B", epoch=laptop.epoch)
    assert (await laptop.put(current["position"], late)).status_code == 409
    while other.head["current"]:
        await scribe.answer(other)
    assert (await other.hand_in()).status_code == 200
    sealed = await other.seal(other.head["answered"])
    assert sealed.status_code == 200
    await scribe.write("whole", other, evidence=1)


async def frozen(scribe: Scribe) -> None:
    """Closed and frozen by staff; two bodies come later, one is admitted and one rejected; reopened, then void."""
    site = scribe.site
    laptop = await site.laptop(1)
    room = laptop.room
    await scribe.answer(laptop)
    current = laptop.head["current"]
    await close_room(site.sittings, room.school_id, room.administration_id)
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    for value in ("A", "B"):
        body = answer_body(current["position"], current["item"], value, epoch=laptop.epoch)
        assert (await laptop.put(current["position"], body)).status_code in {409, 410}
    with Session(site.world.database) as db:
        first, second = (kept.hash for kept in list_evidence(db, laptop.ref))
    await reject_evidence(site.sittings, laptop.ref, second, "van een ander")
    await admit_evidence(site.sittings, laptop.ref, first, "kwam van de laptop van de leerling")
    await scribe.write("admitted", laptop, evidence=2)
    await reopen_sitting(site.sittings, laptop.ref, GROUND)
    await void_sitting(site.sittings, laptop.ref, GROUND)
    await scribe.write("void", laptop, evidence=2)


async def ahead(scribe: Scribe) -> None:
    """Goes on without a network with items that came ahead; then turns out to be another pupil of the room."""
    site, clock = scribe.site, scribe.clock
    laptop = await site.laptop(1, room=1)
    sent: list[str] = (await laptop.fetch_reserve()).json()["reserve"]
    first = laptop.head["current"]
    clock.now += 4 * MINUTE
    receipts = scribe.receipts.setdefault(laptop.sitting, {})
    assert (await laptop.answer_ahead(1, first["item"])).status_code == 200  # its reply is lost, and it is sent again
    for position, (item, showing) in enumerate(pairwise([first["item"], *sent[:3]]), 1):
        reply = await laptop.answer_ahead(position, item, showing=showing)
        assert reply.status_code == 200, reply.text
        receipts[str(position)] = reply.json()["receipt"]
    with Session(site.world.database) as db:
        in_school(db, laptop.ref.school_id)
        other = db.exec(select(PupilRow.pupil_id).where(PupilRow.discimus_id == "90000000002")).one()
    await reassign_sitting(site.sittings, laptop.ref, other, GROUND)
    await scribe.write("ahead", laptop)


async def erased(scribe: Scribe) -> None:
    """A pupil of the other school who is erased after two answers; the swap of before gave the seat that name."""
    site = scribe.site
    laptop = await site.laptop(0, room=1)
    await scribe.answer(laptop)
    await scribe.answer(laptop, "iets persoonlijks")
    world = site.world
    await erase_pupil(world.config, world.archive, site.journal, "90000000003", "vraag van de ouders")
    await scribe.write("erased", laptop)


async def aided(scribe: Scribe) -> None:
    """Granted a break, that is taken; which aids are there and used; another window before the questions."""
    site, clock = scribe.site, scribe.clock
    site.world.rooms.append(site.world.make_room(site.world.rooms[0].school_id))
    laptop = await granted_laptop(site, {"breaks": "2x5", "read_aloud": "yes", "contrast": "yes"}, seat=1, room=-1)
    noticed = {"offered": ["breaks", "contrast"], "lacking": ["read_aloud"], "used": ["contrast", "lines"]}
    await tell(laptop, **noticed, times=2, away_ms=9_000)
    assert (await take_break(laptop)).status_code == 200
    clock.now += 2 * MINUTE
    assert (await take_break(laptop, wanted=False)).status_code == 200
    await scribe.answer(laptop)
    assert (await take_break(laptop)).status_code == 200
    clock.now += 6 * MINUTE
    await laptop.look()  # it was over by then
    await scribe.write("aided", laptop)


STORIES = {story.__name__: story for story in (whole, frozen, ahead, erased, aided)}


@asynccontextmanager
async def scribbling(folder: Path) -> AsyncIterator[Scribe]:
    """Open a site of its own on SQLite."""
    (folder / "template").mkdir()
    world = helpers.sqlite_world(folder, helpers.make_sqlite_template(folder / "template"), helpers.make_bank())
    world.prepare()
    journal = world.open_journal()
    site = helpers.make_site(world, journal)
    clock = Clock()
    site.sittings.clock = clock
    try:
        yield Scribe(site, clock)
    finally:
        await site.close()
        await world.stop()
        await journal.close()
        world.dispose()


async def record(folder: Path, names: Sequence[str] = tuple(STORIES)) -> list[dict[str, Any]]:
    """Logs of these stories, freshly written by this release."""
    async with scribbling(folder) as scribe:
        for name in names:
            await STORIES[name](scribe)
        return scribe.logs


if __name__ == "__main__":
    target = Path(sys.argv[1])
    if target.exists():
        sys.exit(f"{target} exists: the logs of a release are kept as they were written")
    with tempfile.TemporaryDirectory() as folder:
        logs = asyncio.run(record(Path(folder), sys.argv[2:] or tuple(STORIES)))
    target.write_text(json.dumps(logs, indent=1, ensure_ascii=False) + "\n")
