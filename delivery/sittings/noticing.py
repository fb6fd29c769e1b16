"""What a laptop tells of aids and of the focus of its page: bounded, each thing once, and never refused for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from delivery.access import Claims
from delivery.accommodations import FOR_EVERYBODY, OFFERED_BY_LAPTOP, USED_AT_LAPTOP, Accommodation
from delivery.sittings.banks import IndexedBank
from delivery.sittings.breaks import decide_break, decide_break_end
from delivery.sittings.choosing import accommodation_number
from delivery.sittings.decisions import Decision, decide, decide_look
from delivery.sittings.events import AccommodationUsed, EventKind, FocusLost
from delivery.sittings.phases import ANSWERABLE
from delivery.sittings.service import Sittings
from delivery.sittings.state import SittingState

MOST_REPORTS = 20
"""Events of one sitting about the focus; each says all so far, so that what comes later is only not counted."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """What a laptop noticed so far; saying it again changes nothing.

    Attributes
    ----------
    offered, lacking, used : kinds of accommodations; what we do not know, or was not granted, is left aside
    times, away_ms : how often its page lost the focus, and for how many milliseconds in all
    """

    offered: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    times: int = 0
    away_ms: int = 0


async def notice(sittings: Sittings, claims: Claims, noticed: Noticed) -> None:
    """Note what a laptop noticed, where it is new.

    Raises
    ------
    RefusedError
        ``moved``, ``erased``, ``not_yours``.
    """
    bank = (await sittings.desk(claims.ref)).bank
    _, decision = await sittings.hear(claims, lambda s: decide_use(s, claims.epoch, bank, noticed, sittings.clock()))
    decision.allow()
    if noticed.times:
        await sittings.hear(claims, lambda s: decide_absence(s, claims.epoch, noticed, sittings.clock()))


async def take_break(sittings: Sittings, claims: Claims, *, wanted: bool) -> dict[str, object]:
    """Begin a break, or end it; the head that follows.

    Raises
    ------
    RefusedError
        ``no_break`` if none is left; ``moved``, ``erased``, ``not_open``, ``sealed``, ``void``.
    """

    def decide_wanted(state: SittingState) -> Decision:
        if wanted:
            return decide_break(state, claims.epoch, sittings.moment(state))
        return decide_break_end(state, claims.epoch, sittings.clock())

    _, decision = await sittings.hear(claims, decide_wanted)
    decision.allow()
    return await sittings.head(claims)


def decide_use(state: SittingState, epoch: int, bank: IndexedBank, noticed: Noticed, now: int) -> Decision:
    """Note which aids are there and which were used, each once; with the first of it, what the server itself offers."""
    seen = decide_look(state, epoch)
    if seen.code or state.started is None or state.phase not in ANSWERABLE:
        return seen
    granted, noted = state.started.accommodations, state.noted
    offered = (noticed.offered & OFFERED_BY_LAPTOP & granted.keys()) | _provided(granted, bank)
    offered -= noted.here
    lacking = (noticed.lacking & OFFERED_BY_LAPTOP & granted.keys()) - offered - noted.here - noted.lacking
    used = (noticed.used & USED_AT_LAPTOP & (granted.keys() | FOR_EVERYBODY)) - noted.used
    if not offered | lacking | used:
        return seen
    said = AccommodationUsed(
        at=now,
        epoch=epoch,
        offered=tuple(sorted(offered)),
        lacking=tuple(sorted(lacking)),
        used=tuple(sorted(used)),
    )
    return decide(state, EventKind.ACCOMMODATION_USED, said)


def _provided(granted: Mapping[str, str], bank: IndexedBank) -> set[str]:
    """Granted accommodations that need nothing of a laptop, and that this test has."""
    has = {
        Accommodation.EXTRA_TIME: bank.bank.time_limit_ms > 0,
        Accommodation.ITEMS: accommodation_number(bank, dict(granted)) > 0,
    }
    return {str(kind) for kind, is_there in has.items() if is_there and kind in granted}


def decide_absence(state: SittingState, epoch: int, noticed: Noticed, now: int) -> Decision:
    """Note how often the page lost the focus so far, where it is more than was said before."""
    seen = decide_look(state, epoch)
    if seen.code or state.phase not in ANSWERABLE or state.noted.n_reports >= MOST_REPORTS:
        return seen
    known = {laptop: (times, away_ms) for laptop, times, away_ms in state.noted.absences}
    times, away_ms = known.get(epoch, (0, 0))
    if noticed.times <= times:
        return seen
    lost = FocusLost(at=now, epoch=epoch, times=noticed.times, away_ms=max(away_ms, noticed.away_ms))
    return decide(state, EventKind.FOCUS_LOST, lost)
