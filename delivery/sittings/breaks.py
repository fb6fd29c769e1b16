"""Breaks that a pupil is granted: taken and ended by the pupil, or over by themselves; pure functions."""

from __future__ import annotations

from delivery.accommodations import Accommodation, Breaks, breaks_of
from delivery.sittings.decisions import Decision, Moment, bar, decide, decide_look, make_step
from delivery.sittings.events import EventKind, Step
from delivery.sittings.noted import BREAK, Noted
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState


def decide_break(state: SittingState, epoch: int, moment: Moment) -> Decision:
    """The pupil takes a break: the clock stands still. Asking while the sitting is paused changes nothing."""
    if (seen := decide_look(state, epoch)).code or state.phase in {Phase.PAUSED, Phase.CLOSING}:
        return seen
    if code := bar(state, Phase.ABSENT, Phase.READY, Phase.SEALED, Phase.VOID):
        return Decision(code=code)
    granted = _granted(state)
    if granted is None or state.noted.n_breaks >= granted.number:
        return Decision(code="no_break")
    return decide(state, EventKind.PAUSED, make_step(state, BREAK, moment))


def decide_break_end(state: SittingState, epoch: int, now: int) -> Decision:
    """The pupil is back; where there is no break any more nothing happens."""
    seen = decide_look(state, epoch)
    if seen.code or not state.is_on_break:
        return seen
    return decide(state, EventKind.RESUMED, Step(at=now, cause=BREAK))


def decide_break_over(state: SittingState, now: int) -> Decision:
    """A break that lasted as long as it may is over, at that instant, whoever is back; the next contact says so."""
    if not state.is_on_break or (rest := rest_ms(state, now)) > 0:
        return Decision()
    return decide(state, EventKind.RESUMED, Step(at=now + rest, cause="break_over"))


def rest_ms(state: SittingState, now: int) -> int:
    """What is left of the break that goes on, in milliseconds; 0 or less where it is over or there is none."""
    return break_end(state.noted) - now if state.is_on_break else 0


def break_end(noted: Noted) -> int:
    """When the break that goes on is over at the latest, milliseconds since 1970; 0 none goes on."""
    granted = breaks_of({Accommodation.BREAKS: noted.break_granted})
    return noted.break_at + (granted.length_ms if granted else 0)


def breaks_head(state: SittingState, now: int) -> dict[str, object] | None:
    """What a laptop is told of breaks; None where none are granted and none goes on."""
    granted, noted = _granted(state), state.noted
    if granted is None and not state.is_on_break:
        return None
    left, length_ms = (max(0, granted.number - noted.n_breaks), granted.length_ms) if granted else (0, 0)
    rest = max(0, rest_ms(state, now)) if state.is_on_break else None
    return {"left": left, "length_ms": length_ms, "rest_ms": rest}


def _granted(state: SittingState) -> Breaks | None:
    """What this pupil may take."""
    return breaks_of(state.started.accommodations) if state.started else None
