"""What a sitting's log says beside questions and answers: aids, breaks, and how often the pupil was away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from delivery.sittings.events import AccommodationUsed, FocusLost, Step

BREAK = "break"
"""Cause of a pause that the pupil takes, and of going on after it."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What was noted of a sitting.

    Attributes
    ----------
    offered : kinds of accommodations that were really there, on any laptop
    here, lacking : of the present laptop: those that are there, and granted ones that cannot be
    used : kinds that the pupil used
    told : epochs of the laptops that said any of this, since the accommodations are what they are
    n_breaks : breaks that were taken; break_at : start of the one that goes on, milliseconds since 1970, 0 none
    break_granted : breaks as they were granted when that one began, whoever the pupil turns out to be; "" none goes on
    absences : of each laptop its epoch, how often the page lost the focus, and for how many milliseconds in all
    n_reports : events that said so
    """

    offered: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()
    lacking: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    told: frozenset[int] = frozenset()
    n_breaks: int = 0
    break_at: int = 0
    break_granted: str = ""
    absences: tuple[tuple[int, int, int], ...] = ()
    n_reports: int = 0

    @property
    def n_absences(self) -> int:
        """How often the page lost the focus, on all laptops."""
        return sum(times for _, times, _ in self.absences)

    @property
    def away_ms(self) -> int:
        """How long it was without, on all laptops."""
        return sum(away for *_, away in self.absences)


NOTHING_NOTED = Noted()


def after_use(noted: Noted, said: AccommodationUsed) -> Noted:
    """What is noted after a laptop said which aids are there, and which were used."""
    offered = frozenset(said.offered)
    return replace(
        noted,
        offered=noted.offered | offered,
        here=noted.here | offered,
        lacking=(noted.lacking | frozenset(said.lacking)) - offered,
        used=noted.used | frozenset(said.used),
        told=noted.told | {said.epoch},
    )


def after_absence(noted: Noted, lost: FocusLost) -> Noted:
    """What is noted after a laptop said how often its page lost the focus so far."""
    others = tuple(one for one in noted.absences if one[0] != lost.epoch)
    return replace(noted, absences=(*others, (lost.epoch, lost.times, lost.away_ms)), n_reports=noted.n_reports + 1)


def after_pause(noted: Noted, step: Step, accommodations: Mapping[str, str]) -> Noted:
    """What is noted after a pause began: the pupil's own break, as it is granted, or one of staff, which ends it."""
    if step.cause != BREAK or step.by:
        return after_resuming(noted)
    return replace(
        noted,
        n_breaks=noted.n_breaks + 1,
        break_at=step.at,
        break_granted=accommodations.get("breaks", ""),
        used=noted.used | {"breaks"},
    )


def after_resuming(noted: Noted) -> Noted:
    """What is noted after a pause is over."""
    return replace(noted, break_at=0, break_granted="")


def on_other_laptop(noted: Noted) -> Noted:
    """What is noted when another laptop comes: of that one nothing is known yet."""
    return replace(noted, here=frozenset(), lacking=frozenset())
