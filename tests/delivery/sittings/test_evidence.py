"""Staff judge what was not accepted."""

from __future__ import annotations

from typing import Any

import pytest

from delivery import RefusedError, UnknownRecordError, audit_log, sealed_sittings
from delivery.rooms import Ground, close_room, freeze_room, judge_late, room_overview, skip_item
from delivery.rooms.happenings import What
from delivery.rooms.report import administration_report
from delivery.sittings import admit_evidence, list_evidence, reject_evidence
from delivery.sittings.answering import MOST_EVIDENCE, MOST_EVIDENCE_BYTES
from tests.delivery.delivery_world import Clock, Laptop, Site, answer_body
from tests.delivery.model_time import running_ms, settled_ms

pytestmark = pytest.mark.anyio


async def sealed_with_a_late_answer(site: Site) -> Laptop:
    """One answer, then the room closes and is frozen, then the second answer comes."""
    laptop = await site.laptop()
    await laptop.answer()
    room = laptop.room
    await close_room(site.sittings, room.school_id, room.administration_id)
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    assert (await laptop.answer()).json()["code"] == "sealed"
    return laptop


async def evidence(site: Site, laptop: Laptop) -> Any:
    return await site.sittings.in_database(lambda db: list_evidence(db, laptop.ref))


async def unjudged(site: Site, laptop: Laptop) -> int:
    room = laptop.room
    look = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))
    return look.seats[0].n_evidence


async def test_an_admitted_answer_counts_and_is_marked_late(site: Site) -> None:
    laptop = await sealed_with_a_late_answer(site)
    (piece,) = await evidence(site, laptop)
    assert (piece.cause, piece.position, piece.is_judged, await unjudged(site, laptop)) == ("sealed", 2, False, 1)
    await admit_evidence(site.sittings, laptop.ref, piece.hash, "laptop stond nog aan")
    assert ((await evidence(site, laptop))[0].is_judged, await unjudged(site, laptop)) == (True, 0)
    (exported,) = await site.sittings.in_database(lambda db: list(sealed_sittings(db, str)))
    assert [(answer.position, answer.late) for answer in exported.answers] == [(1, False), (2, True)]
    assert (await site.sittings.in_database(audit_log)).findings == ()
    with pytest.raises(RefusedError, match="already_answered"):
        await admit_evidence(site.sittings, laptop.ref, piece.hash, "nog eens")
    again = await laptop.answer()  # the laptop now gets its receipt
    assert (again.status_code, len(again.json()["receipt"])) == (200, 64)


async def test_a_rejected_answer_stays_in_the_log_and_does_not_count(site: Site) -> None:
    laptop = await sealed_with_a_late_answer(site)
    (piece,) = await evidence(site, laptop)
    for _ in range(2):
        await reject_evidence(site.sittings, laptop.ref, piece.hash, "na de toets thuis gemaakt")
    assert (await site.kinds(laptop))[-2:] == ["evidence", "evidence_rejected"]
    (exported,) = await site.sittings.in_database(lambda db: list(sealed_sittings(db, str)))
    assert len(exported.answers) == 1


async def test_what_a_laptop_holds_behind_a_skipped_item_is_admitted_where_it_belongs(site: Site) -> None:
    laptop = await site.laptop()
    ahead = (await laptop.fetch_reserve()).json()["reserve"]
    skipped = laptop.head["current"]["item"]
    items = [skipped, *ahead[:2]]
    await skip_item(site.sittings, laptop.ref, skipped, Ground("tekening ontbreekt", "s"))
    room = laptop.room  # the laptop never hears of it: its battery is flat
    await close_room(site.sittings, room.school_id, room.administration_id)
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    for position, item in enumerate(items, 1):
        reply = await laptop.put(position, answer_body(position, item, "A", epoch=laptop.epoch))
        assert reply.json()["code"] == "sealed"
    first, second, third = await evidence(site, laptop)
    with pytest.raises(RefusedError, match="item_skipped"):
        await admit_evidence(site.sittings, laptop.ref, first.hash, "laptop was leeg")
    with pytest.raises(RefusedError, match="not_offered"):  # one after the other
        await admit_evidence(site.sittings, laptop.ref, third.hash, "laptop was leeg")
    for piece in (second, third):
        await admit_evidence(site.sittings, laptop.ref, piece.hash, "laptop was leeg")
    (exported,) = await site.sittings.in_database(lambda db: list(sealed_sittings(db, str)))
    assert [(answer.position, answer.item) for answer in exported.answers] == [(1, items[1]), (2, items[2])]
    assert (await site.sittings.in_database(audit_log)).findings == ()


async def test_what_a_laptop_holds_behind_a_refused_answer_is_admitted_once_that_one_is_judged(site: Site) -> None:
    laptop = await site.laptop()
    first, second, _, fourth = (await laptop.fetch_reserve()).json()["reserve"][:4]
    refused = answer_body(1, laptop.head["current"]["item"], "no option", epoch=laptop.epoch)
    assert (await laptop.put(1, refused)).status_code == 422
    room = laptop.room  # the pupil never gives it again
    await close_room(site.sittings, room.school_id, room.administration_id)
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    for position, item in ((2, first), (3, second), (5, fourth)):  # the fourth did not come
        reply = await laptop.put(position, answer_body(position, item, "A", epoch=laptop.epoch))
        assert reply.json()["code"] == "sealed"
    second_piece = (await evidence(site, laptop))[1]
    with pytest.raises(RefusedError, match="not_offered"):  # the refused one may yet be what counts
        await admit_evidence(site.sittings, laptop.ref, second_piece.hash, "laptop stond nog aan")
    await judge_late(site.sittings, laptop.ref, Ground("laptop stond nog aan", "s"), admit=True)
    (exported,) = await site.sittings.in_database(lambda db: list(sealed_sittings(db, str)))
    assert [(answer.position, answer.item) for answer in exported.answers] == [(1, first), (2, second)]
    assert (await site.kinds(laptop)).count("evidence_rejected") == 2
    assert (await site.sittings.in_database(audit_log)).findings == ()


async def test_an_accepted_answer_is_never_replaced(site: Site) -> None:
    laptop = await site.laptop()
    first = laptop.head
    await laptop.answer("A")
    laptop.head = first
    await laptop.answer("B")
    (piece,) = await evidence(site, laptop)
    with pytest.raises(RefusedError, match="already_answered"):
        await admit_evidence(site.sittings, laptop.ref, piece.hash, "toch B")


async def test_unknown_evidence_is_unknown(site: Site) -> None:
    laptop = await site.laptop()
    with pytest.raises(UnknownRecordError, match="holds no evidence"):
        await reject_evidence(site.sittings, laptop.ref, "0" * 64, "?")


async def damaged_answer(site: Site, clock: Clock) -> Laptop:
    """A pupil at work for 40 s, of whom an answer comes damaged after 20 s."""
    laptop = await site.laptop()
    body = answer_body(1, laptop.head["current"]["item"], "A", epoch=1) | {"hash": "0" * 64}
    clock.now += 20_000
    assert (await laptop.put(1, body)).json()["code"] == "hash_mismatch"
    clock.now += 20_000
    return laptop


async def test_admitted_while_the_pupil_is_at_work_it_is_late_all_the_same_and_its_time_counts(site: Site) -> None:
    clock = site.sittings.clock = Clock()
    laptop = await damaged_answer(site, clock)
    (piece,) = await evidence(site, laptop)
    await admit_evidence(site.sittings, laptop.ref, piece.hash, "kwam beschadigd aan")
    state = await site.sittings.ledger.load(laptop.ref)
    assert ([answer.late for answer in state.answers], state.used_ms, state.credited_ms) == ([True], 40_000, 0)
    assert (await laptop.look()).json()["current"]["position"] == 2


async def test_admitting_settles_the_time_in_which_the_laptop_was_silent(site: Site) -> None:
    """Point 18: what nobody confirms is given back; that staff admit something is no sign of life."""
    clock = site.sittings.clock = Clock()
    laptop = await damaged_answer(site, clock)
    clock.now += 80_000
    (piece,) = await evidence(site, laptop)
    await admit_evidence(site.sittings, laptop.ref, piece.hash, "kwam beschadigd aan")
    state = await site.sittings.ledger.load(laptop.ref)
    assert (state.used_ms, state.credited_ms) == (20_000, 100_000)
    assert settled_ms(await site.events(laptop)) == (20_000, 100_000, 0)
    assert running_ms(await site.events(laptop)) == 120_000


async def late(site: Site, laptop: Laptop) -> tuple[int, int]:
    """Alarms by the log, and what the console says of late bodies."""
    room = laptop.room
    look = await site.sittings.in_database(lambda db: room_overview(db, room.school_id, room.administration_id))
    return (await site.sittings.ledger.load(laptop.ref)).alarms, look.seats[0].n_late


async def test_whatever_comes_after_sealing_is_an_alarm_until_it_is_judged(site: Site) -> None:
    laptop = await site.laptop()
    first = laptop.head
    await laptop.answer("A")
    laptop.head = first
    assert (await laptop.answer("B")).json()["code"] == "already_answered"
    assert await late(site, laptop) == (0, 0)  # while the pupil works that is no alarm
    room = laptop.room
    await close_room(site.sittings, room.school_id, room.administration_id)
    await freeze_room(site.sittings, room.school_id, room.administration_id)
    laptop.head = first
    assert (await laptop.answer(None)).json()["code"] == "already_answered"  # a third answer to the same question
    assert await late(site, laptop) == (1, 1)
    await site.client.put(f"{laptop.url}/answers/1", content=b"{", headers=laptop.headers)
    assert await late(site, laptop) == (2, 2)
    for piece in await evidence(site, laptop):
        await reject_evidence(site.sittings, laptop.ref, piece.hash, "een ander antwoord telt")
    assert await late(site, laptop) == (2, 0)
    report = await site.sittings.in_database(
        lambda db: administration_report(db, room.school_id, room.administration_id)
    )
    assert [happening.amount for happening in report.happenings if happening.what is What.EVIDENCE] == [1]  # twice


async def test_a_flood_of_bodies_is_stopped_and_nothing_that_was_kept_is_lost(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    for number in range(MOST_EVIDENCE):
        assert (await laptop.put(1, {"nonsense": number})).status_code == 422
    log = await sqlite_site.kinds(laptop)
    assert log.count("evidence") == MOST_EVIDENCE
    refused = await laptop.put(1, {"nonsense": "one too many"})
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_bodies")
    assert int(refused.headers["Retry-After"]) > 0
    assert (await laptop.put(1, {"nonsense": 0})).status_code == 422  # one that is kept already
    assert await sqlite_site.kinds(laptop) == log
    assert (await laptop.answer()).status_code == 200  # an answer is no evidence


async def test_large_bodies_fill_the_budget_sooner(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    replies = [await laptop.put(1, {"nonsense": str(number) * 60_000}) for number in range(10)]
    replies += [await laptop.put(1, {"more": str(number) * 60_000}) for number in range(10)]
    n_kept = (await sqlite_site.kinds(laptop)).count("evidence")
    assert [reply.status_code for reply in replies] == [422] * n_kept + [429] * (20 - n_kept)
    assert 8 <= n_kept <= MOST_EVIDENCE_BYTES // 60_000
