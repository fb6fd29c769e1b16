"""What a request does to a sitting: pure functions from (state, request, moment) to one event or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from delivery.errors import RefusedError
from delivery.journal import AnswerKey, Entry
from delivery.sittings.contacts import SILENCE_MS
from delivery.sittings.events import EventKind, Help, Payload, Step
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState


@dataclass(frozen=True, slots=True)
class Moment:
    """When a decision is made.

    Attributes
    ----------
    now : milliseconds since 1970 by this worker's clock
    confirmed_ms : working time that contacts confirm since the present interval began
    """

    now: int
    confirmed_ms: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a request.

    Attributes
    ----------
    entry : event to append; None appends nothing
    code : refusal to answer with; "" answers 200
    receipt : the reply carries the receipt of the answer at the position asked for
    fields : more for the refusal
    """

    entry: Entry | None = None
    code: str = ""
    receipt: bool = False
    fields: Mapping[str, object] = field(default_factory=dict)

    def allow(self) -> None:
        """Raise the refusal of a decision that is one."""
        if self.code:
            raise RefusedError(self.code, **self.fields)


def decide(state: SittingState, kind: EventKind, payload: Payload, answer: AnswerKey | None = None) -> Decision:
    """Append this event."""
    return Decision(entry=state.next_entry(kind, payload, answer))


def gap_ms(state: SittingState, moment: Moment) -> int:
    """How long the present working interval is; none runs while there is no question on the screen."""
    return max(0, moment.now - state.interval_at) if state.interval_at and state.current is not None else 0


def confirmed_ms(gap: int, moment: Moment) -> int:
    """Working time in an interval of ``gap`` that contacts confirm; a silence that is no break is part of it."""
    confirmed = min(gap, moment.confirmed_ms)
    return confirmed if gap - confirmed > SILENCE_MS else gap


def worked_ms(state: SittingState, moment: Moment, elapsed_ms: int = 0) -> int:
    """Working time of the present interval: what contacts confirm, or the laptop's own clock where it was offline."""
    gap = gap_ms(state, moment)
    return min(gap, max(confirmed_ms(gap, moment), elapsed_ms - state.item_time.counted_ms))


def make_step(state: SittingState, cause: str, moment: Moment, by: str = "") -> Step:
    """A change of state that ends the working interval: what was worked in it, and the silence that is left."""
    worked = worked_ms(state, moment)
    silent = gap_ms(state, moment) - worked
    return Step(at=moment.now, cause=cause, worked_ms=worked, silent_ms=silent, by=by)


def limit_ms(state: SittingState) -> int | None:
    """Working time this pupil has, accommodations and grants included; None where there is no limit."""
    if state.started is None or not state.started.time_limit_ms:
        return None
    factor = float(state.started.accommodations.get("extra_time", "1"))
    return round(state.started.time_limit_ms * factor) + state.granted_ms


_BARRED = {
    Phase.ABSENT: "not_open",
    Phase.READY: "not_open",
    Phase.SEALED: "sealed",
    Phase.VOID: "void",
    Phase.ERASED: "erased",
    Phase.READ_ONLY: "read_only",
}


def bar(state: SittingState, *barring: Phase) -> str:
    """Code that refuses a request in one of these phases; "" in another."""
    return _BARRED[state.phase] if state.phase in barring else ""


def decide_help(state: SittingState, epoch: int, now: int) -> Decision:
    """The pupil asks for help; who asked already waits."""
    if (seen := decide_look(state, epoch)).code or state.help_at:
        return seen
    if code := bar(state, Phase.ABSENT, Phase.READY, Phase.SEALED, Phase.VOID):
        return Decision(code=code)
    return decide(state, EventKind.HELP, Help(at=now, wanted=True))


def decide_help_answered(state: SittingState, now: int, by: str) -> Decision:
    """Staff say that they come; where nobody waits any more nothing happens."""
    if not state.help_at:
        return Decision(code=bar(state, Phase.ERASED, Phase.READ_ONLY))
    return decide(state, EventKind.HELP, Help(at=now, wanted=False, by=by))


def needs_offer(state: SittingState) -> bool:
    """Whether the pupil waits for an item: the first one, or the next after a pause."""
    return state.phase is Phase.OPEN and state.epoch > 0 and state.current is None and not state.complete


def decide_look(state: SittingState, epoch: int) -> Decision:
    """Whether a device may see the head."""
    if code := bar(state, Phase.ERASED, Phase.READ_ONLY):
        return Decision(code=code)
    if epoch > state.epoch:
        return Decision(code="not_yours")
    return Decision(code="moved" if epoch < state.epoch else "")


def decide_hand_in(state: SittingState, epoch: int, moment: Moment) -> Decision:
    """The pupil is done: no new items, answers under way still count."""
    if (seen := decide_look(state, epoch)).code or state.phase in {Phase.CLOSING, Phase.SEALED}:
        return seen
    if code := bar(state, Phase.ABSENT, Phase.READY, Phase.VOID):
        return Decision(code=code)
    return decide(state, EventKind.CLOSING, make_step(state, "pupil", moment))


def decide_seal(state: SittingState, epoch: int, position: int, moment: Moment) -> Decision:
    """The laptop says that its outbox is empty at ``position``: seal, if that is all there can be."""
    if (seen := decide_look(state, epoch)).code or state.phase is Phase.SEALED:
        return seen
    if state.phase is not Phase.CLOSING:
        return Decision(code="not_closing")
    if position != len(state.answers):
        return Decision(code="gap", fields={"expected": state.expected})
    if has_unconfirmed_device(state):
        return Decision(code="unconfirmed_device")
    return decide(state, EventKind.SEALED, Step(at=moment.now, cause="outbox_empty"))


def has_unconfirmed_device(state: SittingState) -> bool:
    """Whether an answer of an earlier device could still count: the new one answered none, and an item is open.

    That is the one on the screen, or any that was sent ahead: the earlier device may have shown it by itself.
    """
    if state.epoch < 2 or state.epoch_answered:
        return False
    items = state.disclosed if state.current is None else (state.current.item,)
    return any(state.may_answer(state.expected, item) for item in items)


_MAY_COME_FROM = {
    EventKind.OPENED: {Phase.READY},
    EventKind.PAUSED: {Phase.OPEN},
    EventKind.RESUMED: {Phase.PAUSED},
    EventKind.CLOSING: {Phase.OPEN, Phase.PAUSED},
    EventKind.SEALED: {Phase.CLOSING},
    EventKind.REOPENED: {Phase.CLOSING, Phase.SEALED, Phase.VOID},
    EventKind.VOID: {Phase.READY, Phase.OPEN, Phase.PAUSED, Phase.CLOSING, Phase.SEALED},
}


def decide_step(state: SittingState, kind: EventKind, cause: str, moment: Moment, by: str = "") -> Decision:
    """A step that staff take; nothing where the sitting is already there, or it does not apply.

    The room going on ends no pupil's own break; the room pausing ends it: that pupil then waits like the others.
    """
    if state.is_on_break and not by and kind in {EventKind.PAUSED, EventKind.RESUMED}:
        return Decision() if kind is EventKind.RESUMED else decide(state, kind, make_step(state, cause, moment))
    if state.phase not in _MAY_COME_FROM[kind]:
        return Decision(code=bar(state, Phase.ERASED, Phase.READ_ONLY))
    return decide(state, kind, make_step(state, cause, moment, by))


def decide_erasure(state: SittingState, reason: str, moment: Moment) -> Decision:
    """The last event of a sitting whose pupil is erased."""
    if state.phase is Phase.ERASED:
        return Decision()
    return decide(state, EventKind.ERASED, Step(at=moment.now, cause=reason))
