"""``POST /api/v1/sealed``: rows of an earlier pupil become what the answers themselves would have become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from delivery.access import Claims, SittingRef, sign_token
from delivery.config import OFFLINE_CREDIT_MS
from delivery.erasure import erase_pupil
from delivery.rooms import close_room, freeze_room, room_overview
from delivery.sealed.routes import MOST_ROWS, PATH, REQUESTS, SEALED_LIMIT
from delivery.sealed.rows import OpenRow, RowOpener
from delivery.sealed.taking import _with_showing
from delivery.sittings.bodies import read_answer
from tests.delivery.delivery_world import SECRETS, Clock, Laptop, Site, World, answer_body, make_site
from tests.delivery.faulty_journal import FaultyJournal
from tests.delivery.sealed.sealing import seal_row

pytestmark = pytest.mark.anyio

POINT = RowOpener(SECRETS).public_point


def row_of(laptop: Laptop, value: Any = "A", *, position: int = 0, item: str = "", **changed: Any) -> str:
    """A laptop's row: an answer to the item on its screen, or to another."""
    current = laptop.head["current"]
    position, item = position or current["position"], item or current["item"]
    return seal_row(POINT, laptop.token, position, answer_body(position, item, value, epoch=laptop.epoch) | changed)


async def send(site: Site, *rows: str) -> list[dict[str, Any]]:
    """Send rows without signing in; what became of each."""
    reply = await site.client.post(PATH, json={"rows": rows})
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store"), reply.text
    told: list[dict[str, Any]] = reply.json()["rows"]
    return told


async def test_a_left_over_answer_counts_as_if_its_own_laptop_had_sent_it(site: Site) -> None:
    laptop = await site.laptop()
    row = row_of(laptop)
    [told] = await send(site, row)
    assert (told["status"], told["settled"], told["sealed"]) == (200, True, False)
    again = await laptop.answer()
    assert (again.status_code, again.json()["receipt"]) == (200, told["receipt"])
    assert (await site.kinds(laptop)).count("answered") == 1


async def test_sending_it_again_changes_nothing_and_brings_the_same_receipt(site: Site) -> None:
    laptop = await site.laptop()
    row = row_of(laptop)
    first, before = await send(site, row), await site.events(laptop)
    assert await send(site, row, row) == first * 2
    assert await site.events(laptop) == before


async def test_rows_of_several_pupils_and_in_any_order_are_all_taken(sqlite_site: Site) -> None:
    one, other = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    rows, reference = [row_of(one)], await sqlite_site.laptop(0, 1)
    while len(rows) < 3:  # what the engine will give next, as a reserve would have it
        await reference.answer()
        rows.append(row_of(one, position=len(rows) + 1, item=reference.head["current"]["item"]))
    told = await send(sqlite_site, rows[2], row_of(other), rows[1], rows[0])
    assert [row["status"] for row in told] == [200, 200, 200, 200]
    assert len({row["receipt"] for row in told}) == 4
    assert (await one.look()).json()["answered"] == 3


async def test_another_answer_to_the_same_question_is_kept_apart_and_gets_no_receipt(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    row = row_of(laptop, "B")
    await laptop.answer("A")
    [told] = await send(sqlite_site, row)
    assert (told["status"], told["code"], told["receipt"], told["settled"]) == (409, "already_answered", None, True)
    assert (await sqlite_site.kinds(laptop)).count("evidence") == 1
    assert await send(sqlite_site, row) == [told]
    assert (await sqlite_site.kinds(laptop)).count("evidence") == 1


async def test_an_earlier_epoch_is_treated_as_one(site: Site) -> None:
    old = await site.laptop()
    row, late = row_of(old), row_of(old, "B")
    new = await Laptop(site.client, old.room).enter()
    [told] = await send(site, row)
    assert (told["status"], told["code"], told["settled"]) == (409, "moved", True)
    assert told["receipt"] == (await new.answer()).json()["receipt"]
    [told] = await send(site, late)
    assert (told["status"], told["code"], told["receipt"]) == (409, "moved", None)


async def test_a_row_may_go_when_its_own_receipt_came_and_the_sitting_is_sealed(site: Site) -> None:
    laptop = await site.laptop()
    row, other = row_of(laptop), row_of(laptop, "B")
    await laptop.finish()
    mine, others = await send(site, row, other)
    assert (mine["status"], mine["sealed"], bool(mine["receipt"])) == (200, True, True)
    assert (others["sealed"], others["receipt"]) == (True, None)


async def test_after_sealing_it_is_evidence_and_an_alarm(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    row = row_of(laptop)
    await close_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    await freeze_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    [told] = await send(sqlite_site, row)
    assert (told["status"], told["code"], told["receipt"], told["settled"]) == (409, "sealed", None, True)
    assert (await sqlite_site.sittings.ledger.load(laptop.ref)).alarms == 1


async def test_after_sealing_all_that_waited_is_evidence_and_no_gap_throws_any_of_it_away(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    rows = [row_of(laptop, position=position) for position in (1, 2, 3)]
    await close_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    await freeze_room(sqlite_site.sittings, laptop.room.school_id, laptop.room.administration_id)
    told = await send(sqlite_site, *rows)
    assert [(one["code"], one["settled"]) for one in told] == [("sealed", True)] * 3
    state = await sqlite_site.sittings.ledger.load(laptop.ref)
    assert (len(state.evidence), state.alarms) == (3, 3)


async def test_a_gap_and_a_room_that_is_not_open_keep_the_row_waiting(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    nobody = Claims(SittingRef(laptop.room.school_id, uuid4()), 1)
    unknown = seal_row(POINT, sign_token(SECRETS.token_key, nobody), 1, answer_body(1, "T00@1", "A", epoch=1))
    before = await sqlite_site.events(laptop)
    gap, absent = await send(sqlite_site, row_of(laptop, position=5), unknown)
    assert (gap["status"], gap["code"], gap["settled"]) == (409, "gap", False)
    assert (absent["status"], absent["code"], absent["settled"]) == (409, "not_open", False)
    assert await sqlite_site.events(laptop) == before


async def test_an_erased_pupils_row_is_refused_for_good(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    row = row_of(laptop)
    discimus = "90000000000"
    await erase_pupil(
        sqlite_site.world.config, sqlite_site.world.archive, sqlite_site.journal, discimus, "op vraag van de ouders"
    )
    [told] = await send(sqlite_site, row)
    assert (told["status"], told["code"], told["receipt"], told["settled"]) == (410, "erased", None, True)


def forgeries(mine: Laptop, other: Laptop) -> dict[str, tuple[str, int, str]]:
    """Rows that prove nothing: (row, status, code), by what is wrong with them."""
    row = row_of(mine)
    parts = row.split(".")
    claims = other.token.partition(".")[0]
    stranger = sign_token(b"z" * 32, Claims(mine.ref, 1))
    wrong_point = seal_row(RowOpener(replace(SECRETS, row_key=b"z" * 32)).public_point, mine.token, 1, b"{}")
    flipped = "A" if parts[3][200] != "A" else "B"
    return {
        "changed box": (".".join([*parts[:3], parts[3][:200] + flipped + parts[3][201:], parts[4]]), 403, "not_yours"),
        "changed proof": (row[:-1] + ("A" if row[-1] != "A" else "Q"), 403, "not_yours"),
        "proof of another": (".".join([*parts[:4], row_of(other).split(".")[4]]), 403, "not_yours"),
        "another sitting": (".".join([parts[0], claims, *parts[2:]]), 403, "not_yours"),
        "another position": (".".join([*parts[:2], "2", *parts[3:]]), 403, "not_yours"),
        "another installation's token": (seal_row(POINT, stranger, 1, b"{}"), 403, "not_yours"),
        "another installation's key": (wrong_point, 422, "broken_seal"),
        "no row": ("1.2.3", 422, "malformed"),
    }


async def test_what_proves_nothing_is_refused_by_row_and_changes_nothing(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = await site.laptop(0), await site.laptop(1)
    before = await site.events(mine), await site.events(other)
    cases = forgeries(mine, other)
    capsys.readouterr()
    told = await send(site, *(row for row, _, _ in cases.values()))
    expected = {"receipt": None, "settled": False, "sealed": False}
    for name, reply, (_, status, code) in zip(cases, told, cases.values(), strict=True):
        assert reply == expected | {"status": status, "code": code}, name
    assert (await site.events(mine), await site.events(other)) == before
    [line] = [line for line in capsys.readouterr().out.splitlines() if "sealed rows refused" in line]
    assert "not_yours=6" in line
    assert not [word for word in ("Voornaam", "T00", mine.sitting, other.sitting, *cases) if word in line]


async def test_a_sound_row_between_broken_ones_is_taken(sqlite_site: Site) -> None:
    mine, other = await sqlite_site.laptop(0), await sqlite_site.laptop(1)
    broken = [row for row, _, _ in forgeries(mine, other).values()]
    told = await send(sqlite_site, *broken, row_of(mine), *broken)
    assert [row["status"] for row in told].count(200) == 1
    assert told[len(broken)]["receipt"]


async def test_a_body_that_cannot_be_read_is_kept_as_evidence(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    [told] = await send(sqlite_site, seal_row(POINT, laptop.token, 1, b"\xff{"))
    assert (told["status"], told["code"], told["settled"]) == (422, "malformed", True)
    assert (await sqlite_site.kinds(laptop)).count("evidence") == 1


@pytest.mark.parametrize("body", [{}, {"rows": []}, {"rows": "1.a"}, {"rows": [1]}, {"rows": ["x"] * (MOST_ROWS + 1)}])
async def test_what_is_no_batch_is_malformed(sqlite_site: Site, body: Any) -> None:
    reply = await sqlite_site.client.post(PATH, json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "malformed")


async def test_a_batch_that_is_too_large_is_refused_and_the_longest_row_is_not(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    text = "é" * 20_000  # twice the longest that a field takes: refused as an answer, kept as a body
    [told] = await send(sqlite_site, row_of(laptop, text))
    assert (told["status"], told["code"], told["settled"]) == (422, "invalid_response", True)
    reply = await sqlite_site.client.post(PATH, content=b" " * (SEALED_LIMIT + 1))
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")


async def test_a_flood_waits_and_those_at_work_notice_nothing(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    row, budget = row_of(laptop), sqlite_site.client._transport.app.state.sealed_budget  # type: ignore[attr-defined]  # the ASGI application
    for _ in range(REQUESTS - 1):
        assert budget.draw([("127.0.0.1", REQUESTS)]) == 0
    assert (await send(sqlite_site, "1.2.3"))[0]["code"] == "malformed"
    reply = await sqlite_site.client.post(PATH, json={"rows": [row]})
    assert (reply.status_code, reply.json()["code"], reply.headers["retry-after"]) == (429, "too_many_rows", "60")
    assert (await laptop.answer()).status_code == 200


async def test_bringing_somebody_elses_answer_is_no_sign_of_life(site: Site) -> None:
    """Two minutes after the laptop died the next pupil brings its row: it stays silent, and time is given back."""
    clock = site.sittings.clock = Clock()
    laptop = await site.laptop()
    row = row_of(laptop)
    clock.now += 120_000
    [told] = await send(site, row)
    assert told["status"] == 200
    await site.contacts_written()
    room = laptop.room
    [seat, _] = await site.sittings.in_database(
        lambda db: room_overview(db, room.school_id, room.administration_id).seats
    )
    assert seat.last_contact is not None
    assert round(seat.last_contact.timestamp() * 1000) == clock.now - 120_000
    assert 118_000 <= (await site.sittings.ledger.load(laptop.ref)).credited_ms <= min(120_000, OFFLINE_CREDIT_MS)


def test_in_a_batch_each_answer_says_what_the_laptop_went_on_with() -> None:
    claims = Claims(SittingRef(UUID(int=1), UUID(int=2)), 1)

    def row(position: int, item: str, of: Claims = claims) -> OpenRow:
        return OpenRow(of, position, msgspec.json.encode(answer_body(position, item, "A", epoch=1)))

    other = Claims(SittingRef(UUID(int=1), UUID(int=3)), 1)
    unreadable = OpenRow(claims, 4, b"{")
    rows = [row(3, "C"), row(1, "A"), unreadable, row(2, "B"), row(2, "Z", other)]
    ordered = _with_showing(enumerate(rows))
    assert [number for number, _ in ordered] == [1, 3, 0, 2, 4]
    shown = [
        body.showing and (body.showing.position, body.showing.item)
        for _, one in ordered
        if (body := read_answer(one.raw))
    ]
    assert shown == [(2, "B"), (3, "C"), None, None]
    before = {body.hash for one in rows if (body := read_answer(one.raw)) is not None}
    after = {body.hash for _, one in ordered if (body := read_answer(one.raw)) is not None}
    assert before == after


@pytest.mark.fault
@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_worker_that_dies_in_a_batch_loses_and_doubles_nothing(world: World, moment: str) -> None:
    journal = world.open_journal()
    faulty = FaultyJournal(journal)
    site = make_site(world, faulty)
    one, other = await site.laptop(0), await site.laptop(1)
    rows = [row_of(one), row_of(other)]
    faulty.crash = moment
    broken = await site.client.post(PATH, json={"rows": rows})
    assert (broken.status_code, broken.json()["code"], broken.headers["retry-after"]) == (503, "unavailable", "2")
    await site.close()
    restarted = make_site(world, journal)
    told = await send(restarted, *rows)
    assert [(row["status"], bool(row["receipt"])) for row in told] == [(200, True)] * 2
    for laptop in (one, other):
        assert (await restarted.kinds(laptop)).count("answered") == 1
    await restarted.close()
    await world.stop()
    await journal.close()
