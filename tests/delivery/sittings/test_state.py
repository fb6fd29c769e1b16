"""The fold: pure, complete, and honest about what it cannot read."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

import delivery
from delivery import JournalError
from delivery.errors import LostRaceError, UnknownEventError
from delivery.journal import Entry, Event, chain_digest
from delivery.sittings import EventKind, Phase, empty_state, fold
from delivery.sittings.events import UPCASTERS, Step, TimeGranted, read_payload, schema_version, write_payload
from delivery.sittings.ledger import ATTEMPTS, Ledger
from delivery.sittings.offers import Offer
from delivery.sittings.phases import phase_after
from delivery.sittings.state import SittingState
from tests.delivery.delivery_world import Site
from tests.delivery.faulty_journal import FaultyJournal

pytestmark = pytest.mark.anyio

SCHOOL, SITTING = UUID(int=1), UUID(int=2)


def test_folding_knows_no_selection_no_clock_and_no_chance() -> None:
    folder = Path(delivery.__file__).parent / "sittings"
    imported = set()
    folding = ("state", "phases", "events", "offers", "kept", "noted")
    for name in folding:
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported |= {*names, node.module or ""} if isinstance(node, ast.ImportFrom) else set(names)
    allowed = {"", "__future__", "collections.abc", "dataclasses", "enum", "msgspec", "typing", "uuid"}
    ours = {"delivery.access", "delivery.errors", "delivery.journal"}
    assert imported - allowed - ours <= {f"delivery.sittings.{name}" for name in folding}


async def test_the_fold_of_the_log_is_what_the_worker_remembers(site: Site) -> None:
    laptop = await site.laptop()
    for _ in range(4):
        await laptop.answer()
    events = await site.events(laptop)
    remembered = site.sittings.ledger._states[laptop.ref]
    for cut in range(len(events) + 1):
        half = fold(empty_state(laptop.ref.school_id, laptop.ref.sitting_id), events[:cut])
        assert fold(half, events[cut:]) == remembered


def step(state: SittingState, kind: EventKind) -> Event:
    """The next event of a kind."""
    return state.next_entry(kind, Step(at=5)).event


def test_an_event_of_a_later_release_makes_the_sitting_read_only_by_name() -> None:
    state = fold(empty_state(SCHOOL, SITTING), [step(empty_state(SCHOOL, SITTING), EventKind.OPENED)])
    paused = step(state, EventKind.PAUSED)
    for unknown in (replace(paused, kind="teleported"), replace(paused, schema_version=2)):
        after = fold(state, [unknown])
        assert (after.phase, after.event_number) == (Phase.READ_ONLY, 2)
        assert after.unreadable == f"{unknown.kind} version {unknown.schema_version}"
        assert fold(after, [step(after, EventKind.RESUMED)]).phase is Phase.READ_ONLY
        with pytest.raises(UnknownEventError):
            read_payload(unknown)


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff", b"[]", b'{"at":"noon"}', b'{"at":5,"x":' + b"[" * 100_000])
def test_a_damaged_event_makes_the_sitting_read_only_by_name(payload: bytes) -> None:
    state = empty_state(SCHOOL, SITTING)
    after = fold(state, [replace(step(state, EventKind.OPENED), payload=payload)])
    assert (after.phase, after.event_number) == (Phase.READ_ONLY, 1)
    assert after.unreadable == "opened version 1, whose bytes are damaged"


def test_a_missing_event_is_noticed() -> None:
    state = empty_state(SCHOOL, SITTING)
    with pytest.raises(JournalError, match="event 1 is missing before 2"):
        fold(state, [replace(step(state, EventKind.OPENED), event_number=2)])


def test_every_kind_can_be_read_in_the_version_that_is_written() -> None:
    written = {(str(kind), schema_version(str(kind))) for kind in EventKind}
    assert written <= UPCASTERS.keys()
    assert {kind for kind, _ in UPCASTERS} == {str(kind) for kind in EventKind}


def test_a_log_from_before_plans_is_folded_as_it_was() -> None:
    """The bytes that the first version wrote: no plan, no field test, no route."""
    state = empty_state(SCHOOL, SITTING)
    payloads = {
        "started": b'{"accommodations":{},"administration":"a","at":1,"bank":"b","calibration":"c","draw_key":"00",'
        b'"length":2,"simulated":false,"test":"t","time_limit_ms":0}',
        "offered": b'{"at":2,"offer":{"choice":{"best":[["x@1",0.5]],"binding":["area y"],"draw":0.25,"fallback":true,'
        b'"inputs":"00","standard_error":1.0,"theta":0.0},"item":"x@1","position":1,"rendering_hash":"0","role":"next"}}',
    }
    for number, (kind, payload) in enumerate(payloads.items(), 1):
        state = fold(state, [Event(SCHOOL, SITTING, number, kind, 1, payload, b"")])
    assert state.phase is Phase.READY
    assert state.current is not None
    assert isinstance(state.current, Offer)
    assert (state.current.item, state.current.choice.route, state.plan) == ("x@1", "", ())


def test_a_log_from_before_items_were_sent_ahead_is_folded_as_it_was() -> None:
    """The bytes that the second version wrote: plans and swaps, and nothing of a reserve."""
    choice = (
        b'{"best":[["x@1",0.5]],"binding":[],"draw":0.25,"fallback":false,"inputs":"00","lifted":false,"route":"plan",'
        b'"standard_error":1.0,"swaps":%s,"theta":0.0}'
    )
    offer = b'{"choice":%s,"item":"%s","position":%d,"rendering_hash":"0","role":"next"}'
    first, second = offer % (choice % b"[]", b"x@1", 1), offer % (choice % b'[["y@1","z@1"]]', b"z@1", 2)
    payloads = {
        "started": b'{"accommodations":{},"administration":"a","at":1,"bank":"b","calibration":"c","draw_key":"00",'
        b'"length":2,"plan":["x@1","y@1"],"pretest":[],"simulated":false,"test":"t","time_limit_ms":0}',
        "offered": b'{"at":2,"ended":"","offer":%s}' % first,
        "answered": b'{"at":3,"body_hash":"00","category":1,"complete":false,"elapsed_ms":5,"ended":"","epoch":0,'
        b'"following":%s,"item":"x@1","late":"","position":1,"response":{},"revision":0,"score":1.0,"typed":"",'
        b'"worked_ms":5}' % second,
    }
    state = empty_state(SCHOOL, SITTING)
    for number, (kind, payload) in enumerate(payloads.items(), 1):
        state = fold(state, [Event(SCHOOL, SITTING, number, kind, 2, payload, b"")])
    assert state.current is not None
    assert (state.current.item, state.plan, state.used_ms) == ("z@1", ("x@1", "z@1"), 5)
    assert (state.reserve, state.passed, state.disclosed, state.exposed) == ((), (), (), ("x@1", "z@1"))


@pytest.mark.parametrize(
    ("kinds", "phase"),
    [
        ("", Phase.ABSENT),
        ("started", Phase.READY),
        ("started opened", Phase.OPEN),
        ("started opened claimed offered answered evidence time_granted", Phase.OPEN),
        ("started opened paused", Phase.PAUSED),
        ("started opened paused resumed", Phase.OPEN),
        ("started opened closing", Phase.CLOSING),
        ("started opened closing sealed", Phase.SEALED),
        ("started opened closing sealed reopened", Phase.OPEN),
        ("started opened void", Phase.VOID),
        ("started opened erased reopened", Phase.ERASED),
        ("started teleported", Phase.READ_ONLY),
    ],
)
def test_the_states_follow_the_protocol(kinds: str, phase: Phase) -> None:
    state = Phase.ABSENT
    for kind in kinds.split():
        state = phase_after(state, kind)
    assert state is phase


def test_a_payload_is_canonical_json() -> None:
    written = write_payload(TimeGranted(at=3, granted_ms=2, reason="één", by="s"))
    assert written == '{"at":3,"by":"s","granted_ms":2,"once":"","reason":"één"}'.encode()


class AlwaysLosing(FaultyJournal):
    """A journal in which somebody else is always first."""

    lost = 0

    async def append(self, entries: Sequence[Entry]) -> None:
        """Lose."""
        self.lost += 1
        raise LostRaceError(f"sitting {entries[0].event.sitting_id}: somebody was first")


async def test_after_five_lost_races_the_laptop_is_told_to_come_back(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    losing = AlwaysLosing(sqlite_site.journal)
    sqlite_site.sittings.ledger = Ledger(losing)
    reply = await laptop.answer()
    assert (reply.status_code, reply.json()["code"], reply.headers["Retry-After"]) == (503, "unavailable", "2")
    assert losing.lost == ATTEMPTS
    sqlite_site.sittings.ledger = Ledger(sqlite_site.journal)
    assert (await laptop.answer()).status_code == 200


def test_a_claim_of_the_first_version_is_one_of_a_laptop() -> None:
    """As the release before this one wrote it: golden bytes."""
    begun = fold(empty_state(SCHOOL, SITTING), [step(empty_state(SCHOOL, SITTING), EventKind.OPENED)])
    payload = b'{"at":7,"epoch":1,"worked_ms":0}'
    digest = chain_digest(begun.digest, SCHOOL, SITTING, 2, "claimed", 1, payload)
    after = fold(begun, [Event(SCHOOL, SITTING, 2, "claimed", 1, payload, digest)])
    assert (after.epoch, after.released, after.n_devices, after.interval_at) == (1, False, 1, 7)
