"""Offline time (point 18 of the protocol): what a laptop that is back is charged, and what it gets back."""

from __future__ import annotations

from delivery.sittings.decisions import Decision, Moment, confirmed_ms, decide, gap_ms, limit_ms
from delivery.sittings.events import EventKind, TimeCredited
from delivery.sittings.phases import ANSWERABLE, Phase
from delivery.sittings.state import SittingState
from delivery.sittings.values import ItemTime

LEAST_MS = 1_000
"""Less is the way over the network: the laptop's clock starts when it has the item, the server's when it sends it."""


def decide_credit(state: SittingState, moment: Moment, elapsed_ms: int, most_ms: int) -> Decision:
    """Settle the time in which nobody heard of the present laptop; nothing where there is none.

    The pupil is charged what contacts confirm, and of the silence what the laptop's own clock counted. The rest is
    given back, up to ``most_ms`` in a whole sitting; beyond that it is charged. A clock that is heard later (the laptop
    first asked where it stood, then sent the answer) takes back what was given too freely. The time of a sitting that
    staff reopened runs again from here.

    Parameters
    ----------
    state, moment
        The sitting, and when the laptop is heard.
    elapsed_ms
        Working time on the present item by the laptop's monotonic clock; 0 where it does not say.
    most_ms
        Policy: the most that is given back in one sitting.
    """
    waits = state.phase is Phase.OPEN and not state.interval_at
    if state.phase not in ANSWERABLE or state.current is None or (limit_ms(state) is None and not waits):
        return Decision()
    spent = state.item_time
    gap = gap_ms(state, moment)
    confirmed = confirmed_ms(gap, moment)
    silence = spent.silent_ms + gap - confirmed
    worked = max(0, elapsed_ms - spent.counted_ms - confirmed)
    in_silence, from_over, from_spared = _take(worked, silence, spent)
    rest = silence - in_silence
    if max(rest, from_over + from_spared) < LEAST_MS and not spent.silent_ms and not waits:
        return Decision()  # what was worked in this interval is charged with the answer
    credited = min(rest, max(0, most_ms - state.credited_ms))
    payload = TimeCredited(
        at=moment.now,
        cause="offline" if silence or waits else "clock",
        worked_ms=confirmed + in_silence + from_spared + rest - credited,
        credited_ms=credited - from_spared,
        over_ms=rest - credited - from_over,
    )
    return decide(state, EventKind.TIME_CREDITED, payload)


def _take(worked: int, silence: int, spent: ItemTime) -> tuple[int, int, int]:
    """Where offline work came from: this silence, then what was charged beyond the cap, then what was given back."""
    in_silence = min(worked, silence)
    from_over = min(worked - in_silence, spent.over_ms)
    return in_silence, from_over, min(worked - in_silence - from_over, spent.spared_ms)
