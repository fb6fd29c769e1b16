"""What leaves delivery: sealed sittings under a pseudonym; the rest is listed. And replay tells why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session

from delivery import UnknownRecordError, replay, sealed_sittings, unsealed_sittings
from tests.delivery.delivery_world import Site

pytestmark = pytest.mark.anyio


async def test_sealed_sittings_leave_under_a_pseudonym_and_all_others_are_listed(site: Site) -> None:
    laptop, busy = await site.laptop(0), await site.laptop(1)
    await busy.answer()
    await laptop.finish()
    with Session(site.world.database) as db:
        (exported,) = sealed_sittings(db, lambda discimus: f"P-{discimus[::-1]}")
        others = {other.sitting: other for other in unsealed_sittings(db)}
    assert (exported.sitting, exported.pupil) == (laptop.ref.sitting_id, "P-00000000009")
    assert (exported.school, exported.school_class, exported.test) == ("s0", "c0", "proef")
    assert (exported.bank, exported.calibration, exported.simulated) == (site.world.bank.hash, "c1", True)
    assert [answer.position for answer in exported.answers] == [1, 2, 3, 4, 5, 6]
    assert [answer.category for answer in exported.answers] == [1] * 6  # "A" is always right
    assert {answer.elapsed_ms for answer in exported.answers} == {1500}
    assert not any(answer.late for answer in exported.answers)
    assert exported.started_at <= exported.sealed_at <= datetime.now(UTC) + timedelta(seconds=1)
    assert "Voornaam" not in repr(exported)
    assert len(others) == 3
    assert (others[busy.ref.sitting_id].state, others[busy.ref.sitting_id].n_answers) == ("open", 1)
    assert sorted((other.school, other.state, other.is_begun) for other in others.values()) == [
        ("s0", "open", True),
        ("s1", "absent", False),
        ("s1", "absent", False),
    ]


async def test_wrong_answers_get_category_zero(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    while laptop.head["current"]:
        await laptop.answer("B")
    await laptop.hand_in()
    await laptop.seal(6)
    with Session(sqlite_site.world.database) as db:
        (exported,) = sealed_sittings(db, str)
    assert {answer.category for answer in exported.answers} == {0}
    assert {answer.chosen for answer in exported.answers} == {(("RESPONSE", ("B",)),), ()}  # every second one is typed


async def test_what_is_typed_does_not_leave_and_what_is_left_open_does(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    while laptop.head["current"]:
        await laptop.answer(None)
    await laptop.hand_in()
    await laptop.seal(6)
    with Session(sqlite_site.world.database) as db:
        (exported,) = sealed_sittings(db, str)
    assert {answer.chosen for answer in exported.answers} == {(("RESPONSE", ()),), ()}


async def test_replay_tells_why_every_item_was_chosen(site: Site) -> None:
    laptop = await site.laptop()
    shown = []
    while laptop.head["current"]:
        shown.append(laptop.head["current"]["item"])
        await laptop.answer()
    with Session(site.world.database) as db:
        told = replay(db, laptop.ref.sitting_id)
    choices = [line.text for line in told if "best of what could be given" in line.text]
    assert [item for item, text in zip(shown, choices, strict=True) if f"is {item}, at ability" in text] == shown
    assert told[-1].text.endswith("the test is complete")
    assert [line.event_number for line in told] == list(range(1, len(told) + 1))


async def test_replay_of_an_unknown_sitting_says_so(site: Site) -> None:
    with Session(site.world.database) as db, pytest.raises(UnknownRecordError, match="has no log"):
        replay(db, uuid4())
