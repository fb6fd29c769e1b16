"""The state of a sitting is the fold of its events; folding never decides, and knows no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec

from delivery.access import SittingRef
from delivery.errors import DamagedLogError, UnknownEventError
from delivery.journal import FIRST_DIGEST, AnswerKey, Entry, Event, chain_digest
from delivery.sittings.events import (
    AccommodationUsed,
    Answered,
    Claimed,
    EventKind,
    Evidence,
    FocusLost,
    Help,
    ItemSkipped,
    Judged,
    Offered,
    Payload,
    Presented,
    Reassigned,
    Started,
    Step,
    TimeCredited,
    TimeGranted,
    read_payload,
    schema_version,
    write_payload,
)
from delivery.sittings.kept import NO_TIME, ItemTime, KeptAnswer
from delivery.sittings.noted import (
    NOTHING_NOTED,
    Noted,
    after_absence,
    after_pause,
    after_resuming,
    after_use,
    on_other_laptop,
)
from delivery.sittings.offers import Offer, Presentation, plan_after
from delivery.sittings.phases import Phase, phase_after


@dataclass(frozen=True, slots=True)
class SittingState:
    """One sitting after its first ``event_number`` events.

    Attributes
    ----------
    phase : where it stands
    started : what is pinned; None before the first event
    epoch : which device holds it; 0 none yet
    tickets : names of the tickets that devices came in with, one for each epoch; "" where there was none
    epoch_answered : the present device had an answer accepted
    released : staff took it from its device, and none came yet; n_devices : that held it, one after another
    current : the item that was offered, or that the laptop shows by itself, and that is not answered
    reserve : items that were sent ahead and that nobody has before them yet, in order of sending
    passed : items that were chosen, or shown, and that the laptop went past with another one
    presented : items that laptops showed by themselves
    answers : accepted answers, one a position, in order
    skipped : items that staff took away; they count for nothing and never come back
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
    help_at : since when the pupil waits for help, milliseconds since 1970; 0 waits for none
    noted : aids, breaks and the focus of the page
    unreadable : the event this release cannot read, by name; "" normally
    """

    ref: SittingRef
    event_number: int = 0
    digest: bytes = FIRST_DIGEST
    phase: Phase = Phase.ABSENT
    started: Started | None = None
    epoch: int = 0
    tickets: tuple[str, ...] = ()
    epoch_answered: bool = False
    released: bool = False
    n_devices: int = 0
    current: Offer | Presentation | None = None
    reserve: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    presented: frozenset[str] = frozenset()
    answers: tuple[KeptAnswer, ...] = ()
    skipped: tuple[str, ...] = ()
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
    item_time: ItemTime = NO_TIME
    interval_at: int = 0
    links: frozenset[str] = frozenset()
    link: str = ""
    help_at: int = 0
    noted: Noted = NOTHING_NOTED
    unreadable: str = ""

    @property
    def expected(self) -> int:
        """Position of the next answer."""
        return len(self.answers) + 1

    def kept(self, position: int) -> KeptAnswer | None:
        """Accepted answer at a position."""
        return self.answers[position - 1] if 1 <= position <= len(self.answers) else None

    @property
    def is_on_break(self) -> bool:
        """Whether the pupil takes a break."""
        return self.phase is Phase.PAUSED and self.noted.break_at > 0

    @property
    def disclosed(self) -> tuple[str, ...]:
        """Items that were sent and not shown."""
        return (*self.reserve, *self._unseen)

    @property
    def exposed(self) -> tuple[str, ...]:
        """Items that were shown, each once; the one that is before the pupil among them."""
        current = () if self.current is None else (self.current.item,)
        shown = (*(answer.item for answer in self.answers), *self.skipped, *sorted(self.presented), *current)
        return tuple(dict.fromkeys(shown))

    @property
    def _unseen(self) -> tuple[str, ...]:
        """Items that were chosen, and that the laptop never showed."""
        return tuple(item for item in self.passed if item not in self.presented)

    def may_answer(self, position: int, item: str) -> bool:
        """Whether an item was offered, is not answered, and can stand at the position of the next answer."""
        if self.started is None or position != self.expected or position > self.started.length:
            return False
        return item in self.disclosed or (self.current is not None and item == self.current.item)

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
    DamagedLogError
        If an event is missing in between.
    """
    for event in events:
        state = _apply(state, event)
    return state


def _apply(state: SittingState, event: Event) -> SittingState:
    """State after one more event."""
    if event.event_number != state.event_number + 1:
        raise DamagedLogError(
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
    if payload.reserve:
        return _send_ahead(state, tuple(sent.item for sent in payload.reserve))
    offer = payload.offer
    state = replace(
        state, complete=offer is None, interval_at=payload.at if offer else 0, item_time=ItemTime(), current=None
    )
    return _show(state, offer)


def _send_ahead(state: SittingState, items: tuple[str, ...]) -> SittingState:
    passed = tuple(item for item in state.passed if item not in items)
    return replace(state, reserve=(*state.reserve, *items), passed=passed)


def _show(state: SittingState, shown: Offer | Presentation | None) -> SittingState:
    """State with another item before the pupil; one that is not answered is passed by."""
    if shown is None:
        return replace(state, current=None)
    before, item = state.current, shown.item
    passed = (*state.passed, before.item) if before is not None else state.passed
    return replace(
        state,
        current=shown,
        plan=plan_after(state.plan, shown.swaps),
        reserve=tuple(other for other in state.reserve if other != item),
        passed=tuple(other for other in passed if other != item),
        presented=state.presented | {item} if isinstance(shown, Presentation) else state.presented,
    )


def after_presentation(state: SittingState, shown: Presentation, at: int) -> SittingState:
    """State in which the laptop showed an item by itself; the working interval goes on, or begins."""
    waits = state.current is None and state.phase is Phase.OPEN
    state = replace(state, complete=False, interval_at=at if waits else state.interval_at)
    return _show(state, shown)


def _present(state: SittingState, payload: Presented) -> SittingState:
    return after_presentation(state, payload.shown, payload.at)


def _answer(state: SittingState, payload: Answered) -> SittingState:
    if payload.presented is not None:
        state = after_presentation(state, payload.presented, payload.at)
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
    ahead, is_open = payload.showing is not None, state.phase is Phase.OPEN
    state = replace(
        state,
        answers=(*state.answers, kept),
        current=None,
        complete=payload.complete,
        epoch_answered=state.epoch_answered or payload.epoch == state.epoch,
        used_ms=state.used_ms + payload.worked_ms,
        interval_at=payload.at if payload.following or (ahead and is_open) else 0,
        item_time=replace(state.item_time, counted_ms=0) if ahead else ItemTime(),  # one absence, several items
    )
    return _show(state, payload.showing or payload.following)


def _keep_evidence(state: SittingState, payload: Evidence) -> SittingState:
    alarm = state.phase is Phase.SEALED or payload.cause == "not_offered"
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
    starts = payload.at if state.phase is Phase.OPEN and not payload.released else 0
    state = replace(state, epoch=payload.epoch, epoch_answered=False, released=payload.released, used_ms=used)
    n_devices, tickets = state.n_devices + (not payload.released), (*state.tickets, payload.ticket)
    noted, spent = on_other_laptop(state.noted), NO_TIME  # the new laptop's clock begins at 0
    return replace(state, n_devices=n_devices, noted=noted, tickets=tickets, interval_at=starts, item_time=spent)


def _skip(state: SittingState, payload: ItemSkipped) -> SittingState:
    state = replace(
        state,
        skipped=(*state.skipped, payload.item),
        current=None,  # and so it is not one that was passed by
        complete=payload.complete,
        used_ms=state.used_ms - payload.returned_ms,
        interval_at=payload.at if payload.following and not state.released else 0,
        item_time=ItemTime(),
    )
    return _show(state, payload.following)


def _help(state: SittingState, payload: Help) -> SittingState:
    return replace(state, help_at=payload.at if payload.wanted else 0)


def _reassign(state: SittingState, payload: Reassigned) -> SittingState:
    started, noted = state.started, state.noted
    if started is not None and payload.accommodations is not None:
        started = msgspec.structs.replace(started, accommodations=payload.accommodations)
        noted = replace(noted, told=frozenset())  # of these no laptop said anything yet
    return replace(state, started=started, noted=noted, links=state.links | {payload.link}, link=payload.link)


def _stop_clock(state: SittingState, payload: Step) -> SittingState:
    spent, worked_ms = state.item_time, payload.worked_ms
    spent = replace(spent, counted_ms=spent.counted_ms + worked_ms, silent_ms=spent.silent_ms + payload.silent_ms)
    return replace(state, used_ms=state.used_ms + worked_ms, interval_at=0, item_time=spent)


def _pause(state: SittingState, payload: Step) -> SittingState:
    granted = state.started.accommodations if state.started else {}
    return replace(_stop_clock(state, payload), noted=after_pause(state.noted, payload, granted))


def _resume(state: SittingState, payload: Step) -> SittingState:
    return replace(_start_clock(state, payload), noted=after_resuming(state.noted))


def _use(state: SittingState, payload: AccommodationUsed) -> SittingState:
    return replace(state, noted=after_use(state.noted, payload))


def _lose_focus(state: SittingState, payload: FocusLost) -> SittingState:
    return replace(state, noted=after_absence(state.noted, payload))


def _start_clock(state: SittingState, payload: Step) -> SittingState:
    return replace(state, interval_at=payload.at if state.epoch and not state.released else 0)


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
    EventKind.PRESENTED: _present,
    EventKind.ANSWERED: _answer,
    EventKind.EVIDENCE: _keep_evidence,
    EventKind.EVIDENCE_ADMITTED: _judge,
    EventKind.EVIDENCE_REJECTED: _judge,
    EventKind.CLAIMED: _claim,
    EventKind.REASSIGNED: _reassign,
    EventKind.ITEM_SKIPPED: _skip,
    EventKind.HELP: _help,
    EventKind.ACCOMMODATION_USED: _use,
    EventKind.FOCUS_LOST: _lose_focus,
    EventKind.OPENED: _start_clock,
    EventKind.RESUMED: _resume,
    EventKind.REOPENED: _wait_for_laptop,
    EventKind.PAUSED: _pause,
    EventKind.CLOSING: _stop_clock,
    EventKind.SEALED: _stop_clock,
    EventKind.VOID: _stop_clock,
    EventKind.TIME_GRANTED: _grant,
    EventKind.TIME_CREDITED: _credit,
}
