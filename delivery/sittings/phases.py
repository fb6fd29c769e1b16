"""The states of a sitting: which event leads where."""

from __future__ import annotations

from enum import StrEnum

from delivery.sittings.events import EventKind


class Phase(StrEnum):
    """Where a sitting stands; ``absent`` before its first event, ``read_only`` after one we cannot read."""

    ABSENT = "absent"
    READY = "ready"
    OPEN = "open"
    PAUSED = "paused"
    CLOSING = "closing"
    SEALED = "sealed"
    VOID = "void"
    ERASED = "erased"
    READ_ONLY = "read_only"


ANSWERABLE = frozenset({Phase.OPEN, Phase.PAUSED, Phase.CLOSING})
"""Phases in which an answer to an offered item counts."""
SHOWN_IN = frozenset({Phase.OPEN, Phase.PAUSED})
"""Phases in which a laptop gets to see the item that is before the pupil."""

_LEADS_TO = {
    EventKind.STARTED: Phase.READY,
    EventKind.OPENED: Phase.OPEN,
    EventKind.PAUSED: Phase.PAUSED,
    EventKind.RESUMED: Phase.OPEN,
    EventKind.CLOSING: Phase.CLOSING,
    EventKind.SEALED: Phase.SEALED,
    EventKind.REOPENED: Phase.OPEN,
    EventKind.VOID: Phase.VOID,
    EventKind.ERASED: Phase.ERASED,
}
STEPS = frozenset(_LEADS_TO)
"""Kinds that say where a sitting stands."""


def phase_after(phase: Phase, kind: str) -> Phase:
    """Phase after an event of a kind; most kinds change nothing, and an erased sitting stays erased.

    One that cannot be read stays so, until it is erased.
    """
    if phase is Phase.ERASED or (phase is Phase.READ_ONLY and kind != EventKind.ERASED):
        return phase
    try:
        return _LEADS_TO.get(EventKind(kind), phase)
    except ValueError:
        return Phase.READ_ONLY
