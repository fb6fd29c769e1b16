"""Where a sitting's time went, told from the log a second time, by other rules than the fold's."""

from __future__ import annotations

import json
from collections.abc import Sequence

from delivery.journal import Event

BOUNDS = {"presented", "answered", "claimed", "offered", "opened", "paused", "resumed", "closing", "time_credited"}


def running_ms(log: Sequence[Event]) -> int:
    """Time in which a sitting was open with a question on the screen, up to the last event that bounds an interval."""
    total, since, has_item, is_in, is_open = 0, 0, False, False, False
    for event in log:
        payload = json.loads(event.payload)
        if event.kind not in BOUNDS or payload.get("reserve") or (event.kind == "presented" and has_item):
            continue
        if since:
            total += payload["at"] - since
        is_in = is_in or event.kind == "claimed"
        is_open = (is_open or event.kind in {"opened", "resumed"}) and event.kind not in {"paused", "closing"}
        if event.kind in {"offered", "answered", "presented"}:
            has_item = any(payload.get(name) for name in ("offer", "following", "showing", "shown"))
        since = payload["at"] if is_in and is_open and has_item else 0
    return total


def settled_ms(log: Sequence[Event]) -> tuple[int, int, int]:
    """What the events charged and gave back, and the silence that none of them settled yet."""
    used = credited = silent = 0
    for event in log:
        payload = json.loads(event.payload)
        used += payload.get("worked_ms", 0)
        if event.kind == "time_credited":
            credited, silent = credited + payload["credited_ms"], 0
        silent += payload.get("silent_ms", 0)
    return used, credited, silent
