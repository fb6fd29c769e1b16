"""The state of a sitting is the fold of its events; folding never decides, and knows no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec

from delivery.access import SittingRef
from delivery.errors import JournalError, UnknownEventError
from delivery.journal import FIRST_DIGEST, AnswerKey, Entry, Event, chain_digest
from delivery.sittings.events import (
    Answered,
    Claimed,
    EventKind,
    Evidence,
    Judged,
    Offer,
    Offered,
    Payload,
    Reassigned,
    Started,
    Step,
    TimeCredited,
    TimeGranted,
    read_payload,
    schema_version,
    write_payload,
)
from delivery.sittings.phases import Phase, phase_after


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What later requests need to know of an accepted answer."""

    event_number: int
    position: int
    revision: int
    item: str
    category: int
    elapsed_ms: int
    body_hash: str
    late: bool


@dataclass(frozen=True, slots=True)
class ItemTime:
    """Where the time went since the present laptop got the present item, up to the present working interval.

    Attributes
    ----------
    counted_ms : working time, by contacts or by the laptop's clock
    spared_ms : offline time that was given back; over_ms : offline time that was charged because policy gives no more
    silent_ms : time of ended intervals in which nobody heard of the laptop, and that nothing was done with yet
    """

    counted_ms: int = 0
    spared_ms: int = 0
    over_ms: int = 0
    silent_ms: int = 0


@dataclass(frozen=True, slots=True)
class SittingState:
    """One sitting after its first ``event_number`` events.

    Attributes
    ----------
    phase : where it stands
    started : what is pinned; None before the first event
    epoch : which device holds it; 0 none yet
    epoch_answered : the present device had an answer accepted
    current : the item that was offered and is not answered
    answers : accepted answers, one a position, in order
    plan : items planned for the whole test, as the choices so far changed it
    complete : the test has no further question
    evidence : keyed hashes of bodies that are kept though not accepted; judged : those that staff decided on
    evidence_bytes : how much these bodies take
    alarms : how many of them came after sealing or named an item that was never offered
    used_ms : working time so far; granted_ms : what staff added
    grants : forms that gave time, so that none gives it twice
    credited_ms : offline time that was given back, and is no part of ``used_ms``
    item_time : where the time of the present item went
    interval_at : start of the working interval that runs now, milliseconds since 1970; 0 none runs
    links : what staff did that gave this sitting to another pupil; link : the last of it, "" none
    unreadable : the event this release cannot read, by name; "" normally
    """

    ref: SittingRef
    event_number: int = 0
    digest: bytes = FIRST_DIGEST
    phase: Phase = Phase.ABSENT
    started: Started | None = None
    epoch: int = 0
    epoch_answered: bool = False
    current: Offer | None = None
    answers: tuple[KeptAnswer, ...] = ()
    plan: tuple[str, ...] = ()
    complete: bool = False
    evidence: frozenset[str] = frozenset()
    evidence_bytes: int = 0
    judged: frozenset[str] = frozenset()
    alarms: int = 0
    used_ms: int = 0
    granted_ms: int = 0
    grants: frozenset[str] = frozenset()
    credited_ms: int = 0
    item_time: ItemTime = ItemTime()
    interval_at: int = 0
    links: frozenset[str] = frozenset()
    link: str = ""
    unreadable: str = ""

    @property
    def expected(self) -> int:
        """Position of the next answer."""
        return len(self.answers) + 1

    def kept(self, position: int) -> KeptAnswer | None:
        """Accepted answer at a position."""
        return self.answers[position - 1] if 1 <= position <= len(self.answers) else None

    def next_entry(self, kind: EventKind, payload: Payload, answer: AnswerKey | None = None) -> Entry:
        """Make the event that would follow, chained to the last one."""
        data = write_payload(payload)
        number = self.event_number + 1
        school, sitting = self.ref.school_id, self.ref.sitting_id
        version = schema_version(kind)
        digest = chain_digest(self.digest, school, sitting, number, str(kind), version, data)
        return Entry(Event(school, sitting, number, str(kind), version, data, digest), answer)


def empty_state(school_id: UUID, sitting_id: UUID) -> SittingState:
    """State of a sitting without events."""
    return SittingState(SittingRef(school_id, sitting_id))


def fold(state: SittingState, events: Iterable[Event]) -> SittingState:
    """State after more events.

    Raises
    ------
    JournalError
        If an event is missing in between.
    """
    for event in events:
        state = _apply(state, event)
    return state


def _apply(state: SittingState, event: Event) -> SittingState:
    """State after one more event."""
    if event.event_number != state.event_number + 1:
        raise JournalError(
            f"sitting {event.sitting_id}: event {state.event_number + 1} is missing before {event.event_number}. "
            "Run `peil audit`."
        )
    number, digest = event.event_number, event.digest
    if state.phase is Phase.READ_ONLY:
        return replace(state, event_number=number, digest=digest, phase=phase_after(state.phase, event.kind))
    try:
        payload = read_payload(event)
    except UnknownEventError as unknown:
        return replace(state, event_number=number, digest=digest, phase=Phase.READ_ONLY, unreadable=str(unknown))
    kind = EventKind(event.kind)
    state = replace(state, event_number=number, digest=digest, phase=phase_after(state.phase, kind))
    change = _CHANGES.get(kind)
    return change(state, payload) if change else state


def _start(state: SittingState, payload: Started) -> SittingState:
    return replace(state, started=payload, plan=payload.plan)


def _offer(state: SittingState, payload: Offered) -> SittingState:
    offer = payload.offer
    return replace(
        state,
        current=offer,
        plan=_plan_after(state.plan, offer),
        complete=offer is None,
        interval_at=payload.at if offer else 0,
        item_time=ItemTime(),
    )


def _plan_after(plan: tuple[str, ...], offer: Offer | None) -> tuple[str, ...]:
    """Plan after the swaps of a choice."""
    for out, into in offer.choice.swaps if offer else ():
        plan = tuple(into if item == out else item for item in plan)
    return plan


def _answer(state: SittingState, payload: Answered) -> SittingState:
    kept = KeptAnswer(
        event_number=state.event_number,
        position=payload.position,
        revision=payload.revision,
        item=payload.item,
        category=payload.category,
        elapsed_ms=payload.elapsed_ms,
        body_hash=payload.body_hash,
        late=bool(payload.late),
    )
    return replace(
        state,
        answers=(*state.answers, kept),
        current=payload.following,
        plan=_plan_after(state.plan, payload.following),
        complete=payload.complete,
        epoch_answered=state.epoch_answered or payload.epoch == state.epoch,
        used_ms=state.used_ms + payload.worked_ms,
        interval_at=payload.at if payload.following else 0,
        item_time=ItemTime(),
    )


def _keep_evidence(state: SittingState, payload: Evidence) -> SittingState:
    alarm = payload.cause in {"sealed", "not_offered"}
    return replace(
        state,
        evidence=state.evidence | {payload.hash},
        evidence_bytes=state.evidence_bytes + len(payload.body),
        alarms=state.alarms + alarm,
    )


def _judge(state: SittingState, payload: Judged) -> SittingState:
    state = replace(state, judged=state.judged | {payload.hash})
    return state if payload.answer is None else _answer(state, payload.answer)


def _claim(state: SittingState, payload: Claimed) -> SittingState:
    used = state.used_ms + payload.worked_ms
    starts = payload.at if state.phase is Phase.OPEN else 0
    state = replace(state, epoch=payload.epoch, epoch_answered=False, used_ms=used, interval_at=starts)
    return replace(state, item_time=ItemTime())  # the clock of the new laptop begins at 0


def _reassign(state: SittingState, payload: Reassigned) -> SittingState:
    started = state.started
    if started is not None and payload.accommodations is not None:
        started = msgspec.structs.replace(started, accommodations=payload.accommodations)
    return replace(state, started=started, links=state.links | {payload.link}, link=payload.link)


def _stop_clock(state: SittingState, payload: Step) -> SittingState:
    spent = state.item_time
    counted, silent = spent.counted_ms + payload.worked_ms, spent.silent_ms + payload.silent_ms
    spent = replace(spent, counted_ms=counted, silent_ms=silent)
    return replace(state, used_ms=state.used_ms + payload.worked_ms, interval_at=0, item_time=spent)


def _start_clock(state: SittingState, payload: Step) -> SittingState:
    return replace(state, interval_at=payload.at if state.epoch else 0)


def _wait_for_laptop(state: SittingState, _payload: Step) -> SittingState:
    return replace(state, interval_at=0)  # staff reopen it today, the pupil goes on tomorrow


def _grant(state: SittingState, payload: TimeGranted) -> SittingState:
    grants = state.grants | {payload.once} if payload.once else state.grants
    return replace(state, granted_ms=state.granted_ms + payload.granted_ms, grants=grants)


def _credit(state: SittingState, payload: TimeCredited) -> SittingState:
    spent = state.item_time
    return replace(
        state,
        used_ms=state.used_ms + payload.worked_ms,
        credited_ms=state.credited_ms + payload.credited_ms,
        interval_at=payload.at if state.phase is Phase.OPEN else 0,
        item_time=ItemTime(
            counted_ms=spent.counted_ms + payload.worked_ms - payload.over_ms,
            spared_ms=spent.spared_ms + payload.credited_ms,
            over_ms=spent.over_ms + payload.over_ms,
        ),
    )


_CHANGES: dict[EventKind, Callable[[SittingState, Any], SittingState]] = {
    EventKind.STARTED: _start,
    EventKind.OFFERED: _offer,
    EventKind.ANSWERED: _answer,
    EventKind.EVIDENCE: _keep_evidence,
    EventKind.EVIDENCE_ADMITTED: _judge,
    EventKind.EVIDENCE_REJECTED: _judge,
    EventKind.CLAIMED: _claim,
    EventKind.REASSIGNED: _reassign,
    EventKind.OPENED: _start_clock,
    EventKind.RESUMED: _start_clock,
    EventKind.REOPENED: _wait_for_laptop,
    EventKind.PAUSED: _stop_clock,
    EventKind.CLOSING: _stop_clock,
    EventKind.SEALED: _stop_clock,
    EventKind.VOID: _stop_clock,
    EventKind.TIME_GRANTED: _grant,
    EventKind.TIME_CREDITED: _credit,
}
