"""What happened in a room besides answering, by the logs of its sittings: one line for what befell many at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from delivery.errors import UnknownEventError
from delivery.journal.reading import RecordedEvent
from delivery.sittings.events import (
    Claimed,
    EventKind,
    Evidence,
    Help,
    ItemSkipped,
    Payload,
    Reassigned,
    Step,
    TimeCredited,
    TimeGranted,
    read_payload,
)
from delivery.sittings.phases import Phase, phase_after

AT_ONCE = timedelta(seconds=5)
"""What befalls several sittings within so long was one deed."""
LEAST_OFFLINE_MS = 30_000
NOBODY = "iemand van de school"


class What(StrEnum):
    """What can happen."""

    OPENED = "opened"
    PAUSED = "paused"
    RESUMED = "resumed"
    CLOSED = "closed"
    FROZEN = "frozen"
    TIME_GRANTED = "time_granted"
    OFFLINE = "offline"
    REASSIGNED = "reassigned"
    RELEASED = "released"
    OTHER_LAPTOP = "other_laptop"
    ITEM_SKIPPED = "item_skipped"
    HELP = "help"
    HELP_UNANSWERED = "help_unanswered"
    REOPENED = "reopened"
    VOID = "void"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened.

    Attributes
    ----------
    at : when, by the database's clock
    pupils : whom it befell, by name
    amount : minutes given, offline or waited; or the number of the question
    reason : in the words of staff
    by : name of the member of staff, "" where the log names none
    """

    at: datetime
    pupils: tuple[str, ...]
    what: What
    amount: int = 0
    reason: str = ""
    by: str = ""


def happenings_of(
    logs: Sequence[tuple[str, Sequence[RecordedEvent]]], staff: Mapping[str, str]
) -> tuple[Happening, ...]:
    """What happened in a room, in order of time.

    Parameters
    ----------
    logs
        Name of the pupil and log of the sitting; two pupils may have one name.
    staff
        Names by identifier.
    """
    found = [one for pupil, log in logs for one in _of_one(pupil, log, staff)]
    merged: list[Happening] = []
    place: dict[Happening, int] = {}
    for one in sorted(found, key=lambda happening: (happening.at, happening.pupils)):
        deed = replace(one, at=datetime.min, pupils=())
        last = place.get(deed, -1)
        if last >= 0 and one.at - merged[last].at <= AT_ONCE:
            merged[last] = replace(merged[last], pupils=(*merged[last].pupils, *one.pupils))
        else:
            place[deed] = len(merged)
            merged.append(one)
    return tuple(merged)


def _of_one(pupil: str, log: Sequence[RecordedEvent], staff: Mapping[str, str]) -> Iterator[Happening]:
    """What happened to one pupil."""
    called: datetime | None = None
    was_released = False
    phase = Phase.ABSENT
    for recorded in log:
        phase = phase_after(phase, recorded.event.kind)
        try:
            payload = read_payload(recorded.event)
        except UnknownEventError:
            continue
        here = Happening(recorded.recorded_at, (pupil,), What.OPENED)
        if isinstance(payload, Help):
            if payload.wanted:
                called = recorded.recorded_at
            elif called is not None:
                waited = _minutes((recorded.recorded_at - called).total_seconds() * 1000)
                yield replace(here, at=called, what=What.HELP, amount=waited, by=_name(payload.by, staff))
                called = None
        elif isinstance(payload, Claimed):
            yield from _claim(here, payload, staff, was_released=was_released)
            was_released = payload.released
        elif isinstance(payload, Step):
            yield from _step(here, EventKind(recorded.event.kind), payload, staff)
        else:
            yield from _other(here, payload, staff, phase)
    if called is not None:
        yield Happening(called, (pupil,), What.HELP_UNANSWERED)


def _claim(here: Happening, claimed: Claimed, staff: Mapping[str, str], *, was_released: bool) -> Iterator[Happening]:
    """A laptop took over, or staff took the sitting from it."""
    if claimed.released:
        yield replace(here, what=What.RELEASED, reason=claimed.reason, by=_name(claimed.by, staff))
    elif claimed.epoch > 1 and not was_released:
        yield replace(here, what=What.OTHER_LAPTOP)


_OF_THE_ROOM = {
    EventKind.OPENED: What.OPENED,
    EventKind.PAUSED: What.PAUSED,
    EventKind.RESUMED: What.RESUMED,
    EventKind.CLOSING: What.CLOSED,
}


def _step(here: Happening, kind: EventKind, step: Step, staff: Mapping[str, str]) -> Iterator[Happening]:
    """A change of state: of the whole room, or by staff for one pupil."""
    if step.by and kind in {EventKind.REOPENED, EventKind.VOID}:
        yield replace(here, what=What(kind), reason=step.cause, by=_name(step.by, staff))
    elif step.cause == "frozen" and kind is EventKind.SEALED:
        yield replace(here, what=What.FROZEN)
    elif step.cause == "room" and kind in _OF_THE_ROOM:
        yield replace(here, what=_OF_THE_ROOM[kind])


def _other(here: Happening, payload: Payload, staff: Mapping[str, str], phase: Phase) -> Iterator[Happening]:
    """Time, items, names, and bodies that came too late."""
    match payload:
        case TimeGranted():
            minutes, by = _minutes(payload.granted_ms), _name(payload.by, staff)
            yield replace(here, what=What.TIME_GRANTED, amount=minutes, reason=payload.reason, by=by)
        case ItemSkipped():
            by = _name(payload.by, staff)
            yield replace(here, what=What.ITEM_SKIPPED, amount=payload.position, reason=payload.reason, by=by)
        case Reassigned():
            yield replace(here, what=What.REASSIGNED, reason=payload.reason, by=_name(payload.by, staff))
        case TimeCredited(cause="offline") if payload.credited_ms + payload.over_ms >= LEAST_OFFLINE_MS:
            yield replace(here, what=What.OFFLINE, amount=_minutes(payload.credited_ms + payload.over_ms))
        case Evidence() if phase is Phase.SEALED:
            yield replace(here, what=What.EVIDENCE, amount=payload.position)


def _minutes(milliseconds: float) -> int:
    return round(milliseconds / 60_000)


def _name(by: str, staff: Mapping[str, str]) -> str:
    """Name of a member of staff; whose account is gone has none any more."""
    return staff.get(by, NOBODY) if by else ""
