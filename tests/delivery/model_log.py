"""What a sitting's log says of items and answers, told a second time, by other rules than the fold's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from delivery.journal import Event

SHOWN = ("offer", "following", "presented", "showing", "shown")


def payloads(log: Sequence[Event], *kinds: str) -> list[Any]:
    """Payloads of events of some kinds; of all without any."""
    return [json.loads(event.payload) for event in log if not kinds or event.kind in kinds]


def offers(log: Sequence[Event]) -> Iterator[tuple[int, str]]:
    """Position and item of everything that the log says was before a pupil."""
    for payload in payloads(log):
        for name in SHOWN:
            if payload.get(name):
                yield payload[name]["position"], payload[name]["item"]


def named_ahead(log: Sequence[Event]) -> set[str]:
    """Items that the log names with the role *reserve*."""
    sent = [one for payload in payloads(log, "offered") for one in payload["reserve"]]
    return {one["item"] for one in sent if one["role"] == "reserve"}


def accepted(log: Sequence[Event]) -> dict[int, str]:
    """Body hash of every accepted answer."""
    answered = payloads(log, "answered")
    assert len({payload["position"] for payload in answered}) == len(answered)
    return {payload["position"]: payload["body_hash"] for payload in answered}


def shown(log: Sequence[Event]) -> set[str]:
    """Items that were answered, or that a laptop said to show by itself."""
    found = {payload["item"] for payload in payloads(log, "answered")}
    found |= {payload["shown"]["item"] for payload in payloads(log, "presented")}
    return found | {payload["showing"]["item"] for payload in payloads(log, "answered") if payload["showing"]}


def unshown(log: Sequence[Event]) -> set[str]:
    """Items that left the server and that nobody saw; the one that waits for an answer is taken to be seen."""
    chosen = [item for _, item in offers(log)]
    return {*chosen, *named_ahead(log)} - shown(log) - set(chosen[-1:])
