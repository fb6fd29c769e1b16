"""Who holds a sitting (point 17 of the protocol): pure functions from (state, moment) to one event or a refusal."""

from __future__ import annotations

from delivery.sittings.decisions import Decision, Moment, bar, decide, decide_look, worked_ms
from delivery.sittings.events import Claimed, EventKind
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState


def decide_claim(state: SittingState, moment: Moment, ticket: str = "") -> Decision:
    """A device takes the sitting: the epoch goes up, and every earlier device gets nothing new from now on.

    Parameters
    ----------
    state, moment
        The sitting, and when this is decided.
    ticket
        Name of the ticket that the device brings. It takes the sitting once: a second copy changes nothing, and is
        ``moved`` where another device came in meanwhile. "" is never compared.
    """
    if state.phase in {Phase.ABSENT, Phase.READY}:
        return Decision(code="room_not_open")
    if state.phase is Phase.SEALED:
        return Decision(code="already_finished")
    if code := bar(state, Phase.VOID, Phase.ERASED, Phase.READ_ONLY):
        return Decision(code=code)
    if ticket and ticket in state.tickets:
        return decide_look(state, state.tickets.index(ticket) + 1)
    epoch, worked = state.epoch + 1, worked_ms(state, moment)
    return decide(state, EventKind.CLAIMED, Claimed(at=moment.now, epoch=epoch, worked_ms=worked, ticket=ticket))


def decide_release(state: SittingState, moment: Moment, by: str, reason: str = "") -> Decision:
    """Staff take the sitting from its device: that one stops, and the next that comes goes on with the same item."""
    if state.phase is Phase.CLOSING:
        return Decision(code="already_finished")
    if code := bar(state, Phase.ABSENT, Phase.READY, Phase.SEALED, Phase.VOID, Phase.ERASED, Phase.READ_ONLY):
        return Decision(code=code)
    if not state.epoch:
        return Decision(code="not_in")
    if state.released:
        return Decision()
    worked, epoch = worked_ms(state, moment), state.epoch + 1
    claimed = Claimed(at=moment.now, epoch=epoch, worked_ms=worked, released=True, by=by, reason=reason)
    return decide(state, EventKind.CLAIMED, claimed)
