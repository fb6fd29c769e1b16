"""Taking a faulty item away from a pupil: a pure function from (state, bank, moment) to one event or a refusal."""

from __future__ import annotations

from delivery.sittings.banks import IndexedBank
from delivery.sittings.choosing import Next, Progress, choose_offer
from delivery.sittings.decisions import Decision, Moment, bar, decide
from delivery.sittings.events import EventKind, ItemSkipped
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState


def decide_skip(state: SittingState, bank: IndexedBank, item: str, moment: Moment, reason: str, by: str) -> Decision:
    """Take the item on the screen away: it does not count, time on it is given back, and another takes its position.

    Parameters
    ----------
    state, bank, moment
        The sitting, the bank that it pins, and when this is decided.
    item
        Item version that staff mean; where the pupil is at another one by now, nothing is taken away.
    reason, by
        In the words of staff, and who.
    """
    if state.phase is Phase.CLOSING:
        return Decision(code="already_finished")
    if code := bar(state, Phase.ABSENT, Phase.READY, Phase.SEALED, Phase.VOID, Phase.ERASED, Phase.READ_ONLY):
        return Decision(code=code)
    current, started = state.current, state.started
    if current is None or current.item != item or started is None:
        return Decision(code="" if item in state.skipped else "other_item")
    returned_ms, is_open = state.item_time.counted_ms, state.phase is Phase.OPEN
    answered = tuple((answer.item, answer.category) for answer in state.answers)
    progress = Progress(started, state.plan, answered, state.used_ms - returned_ms, (*state.skipped, item))
    following, ended = choose_offer(bank, progress) if is_open else Next(None)
    skipped = ItemSkipped(
        at=moment.now,
        position=current.position,
        item=item,
        reason=reason,
        by=by,
        returned_ms=returned_ms,
        following=following,
        complete=following is None and is_open,
        ended=ended,
    )
    return decide(state, EventKind.ITEM_SKIPPED, skipped)
