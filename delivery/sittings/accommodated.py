"""What became of each accommodation in a sitting: granted, really there, used; from the log alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from delivery.accommodations import FOR_EVERYBODY, Accommodation
from delivery.sittings.decisions import limit_ms
from delivery.sittings.state import SittingState

MORE_TIME = "granted_time"
"""Extra time that staff gave, beside what the school's list grants."""


class GrantedBy(StrEnum):
    """Who granted an accommodation."""

    SCHOOL = "school"
    STAFF = "staff"
    NOBODY = ""
    """It is there for everybody."""


@dataclass(frozen=True, slots=True)
class Accommodated:
    """One accommodation of one sitting.

    Attributes
    ----------
    kind : of `Accommodation`, or `MORE_TIME`
    value : that was granted, such as a factor of time; minutes of `MORE_TIME`; "" where nothing was
    offered, used : whether it was really there, and whether the pupil used it; None where nothing says so
    times : how often it was used, where that is counted; else 0
    """

    kind: str
    value: str
    granted_by: GrantedBy
    offered: bool | None
    used: bool | None
    times: int = 0


def accommodated(state: SittingState) -> tuple[Accommodated, ...]:
    """Accommodations of a sitting: those that were granted, then what the pupil used of what is there for everybody."""
    started = state.started
    if started is None:
        return ()
    kinds = [kind for kind in Accommodation if kind in started.accommodations]
    granted = [_granted(state, kind, started.accommodations[kind]) for kind in kinds]
    if state.granted_ms:
        minutes = str(round(state.granted_ms / 60_000))
        used = state.used_ms > (limit_ms(state) or 0) - state.granted_ms
        granted.append(Accommodated(MORE_TIME, minutes, GrantedBy.STAFF, offered=True, used=used))
    own = [kind for kind in Accommodation if kind in (FOR_EVERYBODY & state.noted.used) - set(kinds)]
    return (*granted, *(Accommodated(kind, "", GrantedBy.NOBODY, offered=True, used=True) for kind in own))


def _granted(state: SittingState, kind: Accommodation, value: str) -> Accommodated:
    """One that the school's list grants; of a pupil who never came in, and of a place, nothing more is known."""
    if not state.epoch or kind is Accommodation.AT_HOME:
        return Accommodated(kind, value, GrantedBy.SCHOOL, offered=None, used=None)
    noted, times = state.noted, 0
    offered, used = _told(state, kind, noted.offered), _told(state, kind, noted.used)
    if kind is Accommodation.EXTRA_TIME:
        usual_ms = state.started.time_limit_ms if state.started else 0
        offered, used = usual_ms > 0, 0 < usual_ms < state.used_ms
    elif kind is Accommodation.ITEMS:
        used = offered and bool(state.exposed)
    elif kind is Accommodation.BREAKS:
        used, times = noted.n_breaks > 0, noted.n_breaks
    return Accommodated(kind, value, GrantedBy.SCHOOL, offered=used or offered, used=used, times=times)


def _told(state: SittingState, kind: Accommodation, said: frozenset[str]) -> bool | None:
    """Whether a laptop said it of this kind; None where one that said nothing may have known better."""
    told = state.noted.told
    is_all = bool(told) if kind is Accommodation.ITEMS else len(told) >= state.n_devices  # the server knows the items
    return True if kind in said else False if is_all else None
