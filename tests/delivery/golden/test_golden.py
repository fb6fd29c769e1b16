"""Golden logs: what an earlier release wrote is folded, proven and told by this one, for ever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from delivery.journal import Event, first_fault
from delivery.sittings.events import EventKind, read_payload, schema_version
from delivery.sittings.heads import make_receipt
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState, empty_state, fold
from tests.delivery.delivery_world import SECRETS
from tests.delivery.golden.record import record

pytestmark = pytest.mark.anyio

FILES = sorted(Path(__file__).parent.glob("*.json"))
LOGS = [pytest.param(log, id=f"{file.stem}-{log['name']}") for file in FILES for log in json.loads(file.read_text())]


def events_of(log: dict[str, Any]) -> list[Event]:
    """The log as a journal gives it."""
    place = (UUID(log["school"]), UUID(log["sitting"]))
    return [
        Event(*place, number, kind, version, payload.encode(), bytes.fromhex(digest))
        for number, kind, version, payload, digest in log["events"]
    ]


def folded(log: dict[str, Any]) -> SittingState:
    """The state after all of it."""
    return fold(empty_state(UUID(log["school"]), UUID(log["sitting"])), events_of(log))


@pytest.mark.parametrize("log", LOGS)
def test_an_old_log_is_whole_and_every_event_of_it_is_read(log: dict[str, Any]) -> None:
    events = events_of(log)
    assert first_fault(events) is None
    for event in events:
        read_payload(event)


@pytest.mark.parametrize("log", LOGS)
def test_the_state_is_what_the_laptop_was_told_then_and_its_receipts_still_hold(log: dict[str, Any]) -> None:
    state, seen = folded(log), log["seen"]
    if "code" in seen:
        assert (seen["code"], state.phase) == ("erased", Phase.ERASED)
    else:
        assert (seen["state"], seen["answered"], seen["epoch"]) == (str(state.phase), len(state.answers), state.epoch)
    assert len(state.evidence) == seen.get("evidence", 0)
    for position, receipt in seen["receipts"].items():
        kept = state.kept(int(position))
        assert kept is not None
        assert make_receipt(SECRETS.receipt_key, state.ref, kept) == receipt


@pytest.mark.parametrize("log", LOGS)
def test_one_changed_sign_in_an_old_log_is_noticed(log: dict[str, Any]) -> None:
    for number, event in enumerate(log["events"]):
        changed = {**log, "events": [list(each) for each in log["events"]]}
        changed["events"][number][3] = event[3].replace('"at":1', '"at":2')
        assert first_fault(events_of(changed)) == number


async def test_every_kind_that_this_release_writes_is_recorded(tmp_path: Path) -> None:
    """Written anew, the logs hold the kinds and versions that are kept: a new one asks for a recording of its own."""
    kept = {
        (kind, version)
        for file in FILES
        for log in json.loads(file.read_text())
        for _, kind, version, *_ in log["events"]
    }
    written = {(kind, version) for log in await record(tmp_path) for _, kind, version, *_ in log["events"]}
    assert written <= kept
    assert {(str(kind), schema_version(kind)) for kind in EventKind} <= kept
