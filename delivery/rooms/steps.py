"""Steps that staff take with a sitting: decided at the moment they are made, and signed outside the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from delivery.access import SittingRef
from delivery.sittings.decisions import Decision, Moment, decide_step
from delivery.sittings.events import EventKind
from delivery.sittings.service import Sittings
from delivery.sittings.state import SittingState


def stepper(
    sittings: Sittings, ref: SittingRef, kind: EventKind, cause: str, by: str = ""
) -> Callable[[SittingState], Decision]:
    """Decision on one sitting, at the moment it is made.

    Parameters
    ----------
    sittings, ref
        The sitting, and the service that holds it.
    kind
        The step.
    cause
        What led to it, or the reason that staff gave.
    by
        Identifier of the member of staff, where one person did this to one sitting.
    """

    def step(state: SittingState) -> Decision:
        now = sittings.clock()
        confirmed = sittings.contacts.confirmed_ms(ref, state.interval_at, now)
        return decide_step(state, kind, cause, Moment(now, confirmed), by)

    return step


async def sign_heads(sittings: Sittings, states: Iterable[SittingState]) -> None:
    """Sign the heads of sittings that staff changed, outside the database."""
    signing = sittings.signer.note(states)
    if signing is not None:
        await signing
