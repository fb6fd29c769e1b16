"""What can happen in a sitting, and how each event is read: pure functions, one for each kind and version."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from delivery.errors import UNREADABLE, UnknownEventError
from delivery.journal import Event
from delivery.sittings.offers import Offer, Presentation, Reserved

SCHEMA_VERSIONS = {"started": 2, "offered": 3, "answered": 3, "evidence_admitted": 3, "claimed": 2}
"""Version that is written of each kind; 1 of all others. Version 2 knows plans, and of claims those that staff make;
version 3 knows items that are sent ahead."""


class EventKind(StrEnum):
    """Every kind that this release can read; some are written by later ones."""

    STARTED = "started"
    OPENED = "opened"
    OFFERED = "offered"
    PRESENTED = "presented"
    ANSWERED = "answered"
    EVIDENCE = "evidence"
    EVIDENCE_ADMITTED = "evidence_admitted"
    EVIDENCE_REJECTED = "evidence_rejected"
    PAUSED = "paused"
    RESUMED = "resumed"
    TIME_GRANTED = "time_granted"
    TIME_CREDITED = "time_credited"
    CLAIMED = "claimed"
    REASSIGNED = "reassigned"
    ITEM_SKIPPED = "item_skipped"
    HELP = "help"
    ACCOMMODATION_USED = "accommodation_used"
    FOCUS_LOST = "focus_lost"
    CLOSING = "closing"
    SEALED = "sealed"
    REOPENED = "reopened"
    VOID = "void"
    ERASED = "erased"


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What every event says.

    Attributes
    ----------
    at : instant by the worker's clock, in milliseconds since 1970 (UTC); it orders nothing
    """

    at: int


class Started(Payload, frozen=True, kw_only=True):
    """The sitting exists: everything it depends on is pinned here, what is random too.

    Attributes
    ----------
    length : questions of the whole test, field-test items included
    draw_key : hexadecimal; every random number of the sitting follows from it
    plan : items of the first plan, empty where the test has none
    pretest : position and item of each field-test item
    """

    administration: str
    test: str
    bank: str
    calibration: str
    length: int
    draw_key: str
    time_limit_ms: int
    accommodations: dict[str, str]
    simulated: bool
    plan: tuple[str, ...] = ()
    pretest: tuple[tuple[int, str], ...] = ()


class Offered(Payload, frozen=True, kw_only=True):
    """An item was chosen outside an answer: the first one, or the next after a pause; or items are sent ahead.

    Attributes
    ----------
    offer : None where the test turned out to be over: its rules ended it at an answer that came while no item was given
    ended : why it is over, "" where it is not
    reserve : items that are sent ahead from now on; with any, nothing else is said
    """

    offer: Offer | None
    ended: str = ""
    reserve: tuple[Reserved, ...] = ()


class Presented(Payload, frozen=True, kw_only=True):
    """The laptop has an item before the pupil that it had been sent, in place of the one that was chosen."""

    shown: Presentation


class Answered(Payload, frozen=True, kw_only=True):
    """An accepted answer, its score and the choice that followed.

    Attributes
    ----------
    presented : that the laptop had shown this item by itself, in place of the one that was chosen
    showing : the item that the laptop shows by itself by now; then none is chosen
    following : the next item; None while none may be given, where the laptop shows one, and where the test is over
    complete, ended : whether the test is over, and why: a stop reason of the engine in small letters, "" for none

    What was chosen is in the clear in ``response``; what was typed is sealed in ``typed`` (base64).
    """

    position: int
    revision: int
    item: str
    response: dict[str, str | list[str] | None]
    typed: str
    category: int
    score: float
    elapsed_ms: int
    worked_ms: int
    epoch: int
    late: str
    body_hash: str
    following: Offer | None
    complete: bool
    ended: str = ""
    presented: Presentation | None = None
    showing: Presentation | None = None


class Evidence(Payload, frozen=True, kw_only=True):
    """A body that was not accepted, sealed; ``hash`` is keyed by the sitting's key."""

    cause: str
    position: int
    epoch: int
    hash: str
    body: str


class Judged(Payload, frozen=True, kw_only=True):
    """Staff decided on a piece of evidence, and who did; admitted, it holds the answer it became."""

    hash: str
    reason: str
    answer: Answered | None = None
    by: str = ""


class Claimed(Payload, frozen=True, kw_only=True):
    """A device took the sitting over; or staff took it from its device, and the next one that comes gets it.

    Attributes
    ----------
    released : nobody holds it now, and no working time runs
    by : identifier of the member of staff who released it; reason : in the words of staff, "" where none was given
    ticket : name of the ticket that the device came in with, so that a second copy of it takes nothing
    """

    epoch: int
    worked_ms: int = 0
    released: bool = False
    by: str = ""
    reason: str = ""
    ticket: str = ""


class ItemSkipped(Payload, frozen=True, kw_only=True):
    """Staff took the item on the screen away: it does not count, and another one takes its position.

    Attributes
    ----------
    position, item : what was taken away
    reason : in the words of staff; by : identifier of the member of staff
    returned_ms : working time on the item that had been charged, and is given back
    following, complete, ended : as in `Answered`
    """

    position: int
    item: str
    reason: str
    by: str
    returned_ms: int
    following: Offer | None
    complete: bool
    ended: str = ""


class Help(Payload, frozen=True, kw_only=True):
    """A pupil asks for help, or staff say that they come.

    Attributes
    ----------
    wanted : the pupil asks; False where staff answer
    by : identifier of the member of staff who answers
    """

    wanted: bool
    by: str = ""


class Reassigned(Payload, frozen=True, kw_only=True):
    """Another pupil sits here than was thought; the answers stay, and whose they are is written in the seat only.

    Attributes
    ----------
    link : names what staff did; the same in both sittings where two pupils had each other's
    reason, by : in the words of staff, and the identifier of the member of staff
    accommodations : of the pupil whose sitting it is from now on; None leaves them
    """

    link: str = ""
    reason: str = ""
    by: str = ""
    accommodations: dict[str, str] | None = None


class Step(Payload, frozen=True, kw_only=True):
    """A change of state: opened, paused, resumed, closing, sealed, reopened, void, erased.

    Attributes
    ----------
    cause : what led to it, or the reason that staff gave
    worked_ms : working time of the interval that ends here
    silent_ms : the rest of that interval, in which nobody heard of the laptop; its next contact settles it
    by : identifier of the member of staff who did this to one sitting; "" otherwise
    """

    cause: str = ""
    worked_ms: int = 0
    silent_ms: int = 0
    by: str = ""


class TimeGranted(Payload, frozen=True, kw_only=True):
    """Staff gave more working time, in milliseconds.

    Attributes
    ----------
    by : identifier of the member of staff
    once : names the form that was sent, so that sending it twice gives the time once; "" is never compared
    """

    granted_ms: int
    reason: str
    by: str = ""
    once: str = ""


class TimeCredited(Payload, frozen=True, kw_only=True):
    """A laptop is back: what becomes of the time in which nobody heard of it, in milliseconds.

    Attributes
    ----------
    cause : ``offline`` where it is back; ``clock`` where its own clock then shows that the pupil had worked meanwhile
    worked_ms : working time that is charged here; a new working interval begins, the first one after a reopening too
    credited_ms : offline time that is given back; below 0 where the laptop's clock takes it back
    over_ms : offline time beyond what policy gives back; it is charged, and counted in ``worked_ms``
    """

    cause: str
    worked_ms: int
    credited_ms: int
    over_ms: int


class AccommodationUsed(Payload, frozen=True, kw_only=True):
    """What a laptop, or the server for it, says of accommodations for the first time; kinds, in alphabetical order.

    Attributes
    ----------
    epoch : the laptop
    offered : really there; lacking : granted, and this laptop cannot offer them; used : by the pupil
    """

    epoch: int = 0
    offered: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    used: tuple[str, ...] = ()


class FocusLost(Payload, frozen=True, kw_only=True):
    """The page of a question was hidden, or another window before it: all of it so far, on one laptop.

    Attributes
    ----------
    epoch : the laptop
    times, away_ms : how often so far, and for how many milliseconds in all
    """

    epoch: int = 0
    times: int = 0
    away_ms: int = 0


_STRUCTS: dict[EventKind, type[Payload]] = dict.fromkeys(EventKind, Payload) | {
    EventKind.STARTED: Started,
    EventKind.OFFERED: Offered,
    EventKind.PRESENTED: Presented,
    EventKind.ANSWERED: Answered,
    EventKind.EVIDENCE: Evidence,
    EventKind.EVIDENCE_ADMITTED: Judged,
    EventKind.EVIDENCE_REJECTED: Judged,
    EventKind.CLAIMED: Claimed,
    EventKind.REASSIGNED: Reassigned,
    EventKind.ITEM_SKIPPED: ItemSkipped,
    EventKind.HELP: Help,
    EventKind.ACCOMMODATION_USED: AccommodationUsed,
    EventKind.FOCUS_LOST: FocusLost,
    EventKind.TIME_GRANTED: TimeGranted,
    EventKind.TIME_CREDITED: TimeCredited,
    **dict.fromkeys(
        (
            EventKind.OPENED,
            EventKind.PAUSED,
            EventKind.RESUMED,
            EventKind.CLOSING,
            EventKind.SEALED,
            EventKind.REOPENED,
            EventKind.VOID,
            EventKind.ERASED,
        ),
        Step,
    ),
}


def schema_version(kind: str) -> int:
    """Version in which events of a kind are written."""
    return SCHEMA_VERSIONS.get(kind, 1)


UPCASTERS: dict[tuple[str, int], Callable[[bytes], Any]] = {
    (str(kind), version): msgspec.json.Decoder(struct).decode
    for kind, struct in _STRUCTS.items()
    for version in range(1, schema_version(kind) + 1)  # what versions 2 and 3 added has defaults
}
"""(kind, version) → the payload as this release understands it; a second version keeps the reader of the first."""


def read_payload(event: Event) -> Payload:
    """Payload of an event.

    Raises
    ------
    UnknownEventError
        If this release knows no such kind or version, or its bytes are damaged.
    """
    reader = UPCASTERS.get((event.kind, event.schema_version))
    if reader is None:
        raise UnknownEventError(f"{event.kind} version {event.schema_version}")
    try:
        payload: Payload = reader(event.payload)
    except UNREADABLE as damaged:
        raise UnknownEventError(f"{event.kind} version {event.schema_version}, whose bytes are damaged") from damaged
    return payload


def write_payload(payload: Payload) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return msgspec.json.encode(payload, order="sorted")
