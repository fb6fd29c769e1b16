"""Erasing a pupil: 410 for everything, nothing readable, every digest valid."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from delivery import DeliveryConfig, UnknownRecordError, audit_log, erase_pupil, sealed_sittings, unsealed_sittings
from delivery.access import SittingRef, sign_ticket, unseal
from delivery.config import REMEMBERED_SITTINGS
from delivery.errors import ConfigurationError, RefusedError
from delivery.isolation import in_school
from delivery.journal import Entry, Event, chain_digest
from delivery.journal.checkpoints import read_checkpoints
from delivery.sittings.drafts import save_draft
from delivery.sittings.information import REMEMBER_S, Remembered
from delivery.tables import SittingKeyRow
from tests.delivery.delivery_world import SECRETS, Site, answer_body

pytestmark = pytest.mark.anyio

PUPIL = "90000000000"


async def erase(site: Site) -> int:
    """Erase the pupil on the first seat."""
    return await erase_pupil(site.world.config, site.world.archive, site.journal, PUPIL, "vraag van de ouders")


async def test_after_erasure_every_request_gets_410_and_stores_nothing(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.answer()
    current = laptop.head["current"]
    assert await erase(site) == 1
    log = await site.kinds(laptop)
    assert log[-1] == "erased"
    position, item = current["position"], current["item"]
    draft = {"item": item, "response": {"RESPONSE": "A"}, "epoch": 1}
    for reply in (
        await laptop.look(),
        await laptop.put(position, answer_body(position, item, "A", epoch=1)),
        await laptop.put(1, answer_body(1, item, "A", epoch=1)),
        await laptop.hand_in(),
        await laptop.seal(1),
        await site.client.put(f"{laptop.url}/drafts/{position}", json=draft, headers=laptop.headers),
    ):
        assert (reply.status_code, reply.json()["code"]) == (410, "erased")
    assert await site.kinds(laptop) == log
    with Session(site.world.database) as db:
        in_school(db, laptop.room.school_id)
        assert db.execute(text("SELECT count(*) FROM delivery_draft")).scalar() == 0


async def test_a_draft_that_comes_in_the_middle_of_an_erasure_is_not_stored(site: Site) -> None:
    """A worker with an old memory cannot store a draft without the key."""
    laptop = await site.laptop()
    current = laptop.head["current"]
    key = (await site.sittings.info(laptop.ref)).text_key
    await erase(site)
    with pytest.raises(RefusedError) as refused:
        await save_draft(site.sittings.direct, laptop.ref, key, current["position"], current["item"], {"RESPONSE": "A"})
    assert refused.value.code == "erased"


async def test_the_person_is_gone_and_the_others_stay(site: Site) -> None:
    laptop, other = await site.laptop(0), await site.laptop(1)
    await laptop.answer()
    await erase(site)
    entry = {"room_code": laptop.room.room_code, "seat_code": laptop.room.seat_codes[0]}
    assert (await site.client.post("/api/v1/entry", json=entry)).json()["code"] == "unknown_code"
    assert (await other.answer()).status_code == 200
    tables = inspect(site.world.owner).get_table_names()
    with site.world.owner.connect() as db:
        if site.world.name == "postgresql":
            db.execute(text("SELECT set_config('peil.school', :school, false)"), {"school": laptop.room.school_id.hex})
        for table in tables:
            rows = db.execute(text(f"SELECT * FROM {table}")).fetchall()
            assert not any("Voornaam0" in str(value) or PUPIL in str(value) for row in rows for value in row)


async def test_digests_stay_valid_and_the_sitting_is_neither_exported_nor_listed(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.finish()
    await erase(site)
    with Session(site.world.database) as db:
        assert audit_log(db).findings == ()
        assert list(sealed_sittings(db, str)) == []
        assert laptop.ref.sitting_id not in {sitting.sitting for sitting in unsealed_sittings(db)}


async def test_the_end_is_signed_outside_the_database(site: Site, tmp_path: Path) -> None:
    laptop = await site.laptop()
    file = tmp_path / "heads"
    site.world.config = DeliveryConfig(SECRETS, checkpoints=file)
    await erase(site)
    (head,) = read_checkpoints(file, SECRETS.checkpoint_key).heads[laptop.ref.sitting_id]
    assert head.event_number == len(await site.events(laptop))
    with Session(site.world.database) as db:
        assert audit_log(db, file, SECRETS.checkpoint_key).findings == ()


async def test_what_was_typed_cannot_be_read_any_more(site: Site) -> None:
    laptop = await site.laptop()
    while laptop.head["current"]:
        await laptop.answer("Brussel" if '<input class="text-entry"' in laptop.head["current"]["html"] else "A")
    events = await site.events(laptop)
    assert not any(b"Brussel" in event.payload for event in events)  # not before either: only the key opens it
    assert any(event.kind == "answered" and b'"typed":""' not in event.payload for event in events)
    sealed_key = _sealed_key(site, laptop.room.school_id)
    assert len(sealed_key) == 2
    await erase(site)
    assert len(_sealed_key(site, laptop.room.school_id)) == 1  # the other pupil's
    with pytest.raises(ConfigurationError, match="cannot be decrypted"):
        unseal(SECRETS.text_key, _sealed_key(site, laptop.room.school_id)[0], f"sitting-key/{laptop.ref.sitting_id}")


def _sealed_key(site: Site, school_id: UUID) -> list[bytes]:
    """Wrapped keys of a school's sittings."""
    with Session(site.world.database) as db:
        in_school(db, school_id)
        return list(db.exec(select(SittingKeyRow.sealed_key).where(SittingKeyRow.school_id == school_id)))


async def test_after_erasure_nobody_can_say_that_it_is_not_them(site: Site) -> None:
    laptop = await site.laptop()
    ticket = sign_ticket(SECRETS.token_key, laptop.ref, site.sittings.clock())
    await erase(site)
    for path in ("deny", "confirm"):
        reply = await site.client.post(f"/api/v1/entry/{path}", json={"ticket": ticket})
        assert (reply.status_code, reply.json()["code"]) == (410, "erased")


async def test_a_sitting_that_this_release_cannot_read_is_erased_all_the_same(site: Site) -> None:
    laptop = await site.laptop()
    state = await site.sittings.ledger.load(laptop.ref)
    number, payload = state.event_number + 1, b"{}"
    place = (laptop.ref.school_id, laptop.ref.sitting_id, number, "of_a_later_release", 1, payload)
    await site.journal.append([Entry(Event(*place, chain_digest(state.digest, *place)))])
    site.sittings.ledger._states.clear()
    assert (await laptop.look()).json()["code"] == "read_only"
    await erase(site)
    for reply in (await laptop.look(), await laptop.answer(), await laptop.hand_in()):
        assert (reply.status_code, reply.json()["code"]) == (410, "erased")


async def test_the_sqlite_file_holds_nothing_more_of_the_person(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    key = _sealed_key(sqlite_site, laptop.room.school_id)
    await erase(sqlite_site)
    (kept,) = _sealed_key(sqlite_site, laptop.room.school_id)
    erased_key = next(one for one in key if one != kept)
    file = Path(sqlite_site.world.journal_address)
    for part in (file, file.with_name(file.name + "-wal")):
        held = part.read_bytes() if part.exists() else b""
        assert not any(trace in held for trace in (b"Voornaam0", PUPIL.encode(), erased_key)), part.name


async def test_another_worker_forgets_the_person_too(sqlite_site: Site) -> None:
    now = [0.0]
    remembered = Remembered(lambda: now[0])
    laptop, other = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    info = await sqlite_site.sittings.info(laptop.ref)
    remembered.keep(laptop.ref, info)
    assert remembered.get(laptop.ref) is info
    now[0] = REMEMBER_S
    assert remembered.get(other.ref) is None  # whoever is asked for, what is too old goes
    assert len(remembered) == 0
    for number in range(REMEMBERED_SITTINGS + 10):
        remembered.keep(SittingRef(UUID(int=1), UUID(int=number)), info)
    assert len(remembered) == REMEMBERED_SITTINGS


async def test_erasing_twice_after_a_crash_is_harmless_and_a_stranger_is_unknown(site: Site) -> None:
    await site.laptop()
    await erase(site)
    with pytest.raises(UnknownRecordError, match="nothing was erased"):
        await erase(site)
