"""What staff do for one pupil at work: to another laptop, past a faulty item, an answer to a call for help."""

from __future__ import annotations

from delivery.access import SittingRef
from delivery.rooms.remedies import Ground
from delivery.sittings.claiming import decide_release
from delivery.sittings.decisions import Decision, Moment, decide_help_answered
from delivery.sittings.ledger import Decide
from delivery.sittings.service import Sittings
from delivery.sittings.skipping import decide_skip
from delivery.sittings.state import SittingState


async def release_sitting(sittings: Sittings, ref: SittingRef, ground: Ground) -> None:
    """Let a pupil go on at another laptop: the one of now stops, the clock stands still until the other comes in.

    Raises
    ------
    RefusedError
        ``not_in`` if no laptop holds it; ``not_open``, ``already_finished``, ``sealed``, ``void``, ``erased`` …
    """
    await sittings.meet(ref)
    await _perform(
        sittings, ref, lambda state: decide_release(state, _moment(sittings, ref, state), ground.by, ground.reason)
    )


async def skip_item(sittings: Sittings, ref: SittingRef, item: str, ground: Ground) -> None:
    """Take a faulty item away from a pupil, who gets another one. Doing it twice does it once.

    Raises
    ------
    RefusedError
        ``other_item`` if the pupil is at another one; ``not_open``, ``already_finished``, ``sealed``, ``void`` …
    """
    bank = (await sittings.desk(ref)).bank
    await _perform(
        sittings,
        ref,
        lambda state: decide_skip(state, bank, item, _moment(sittings, ref, state), ground.reason, ground.by),
    )


async def answer_help(sittings: Sittings, ref: SittingRef, ground: Ground) -> None:
    """Say that somebody comes to a pupil who asked for help. Where nobody waits any more nothing happens.

    Raises
    ------
    RefusedError
        ``erased``, ``read_only``.
    """
    await _perform(sittings, ref, lambda state: decide_help_answered(state, sittings.clock(), ground.by))


async def _perform(sittings: Sittings, ref: SittingRef, decide: Decide) -> Decision:
    """Carry a decision out, or refuse."""
    _, decision = await sittings.ledger.perform(ref, decide)
    decision.allow()
    return decision


def _moment(sittings: Sittings, ref: SittingRef, state: SittingState) -> Moment:
    """When this is decided, with the working time that contacts confirm."""
    now = sittings.clock()
    return Moment(now, sittings.contacts.confirmed_ms(ref, state.interval_at, now))
