"""Frozen values of rooms that the console and the rest of Peil receive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class RoomStatus(StrEnum):
    """Where a toetsmoment stands."""

    PLANNED = "planned"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class SeatState(StrEnum):
    """What a proctor sees of one pupil."""

    NOT_IN = "not_in"
    BUSY = "busy"
    DISCONNECTED = "disconnected"
    MOVING = "moving"
    HANDED_IN = "handed_in"
    SEALED = "sealed"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Administration:
    """One class, one room, one test (*toetsmoment*).

    Attributes
    ----------
    title : what staff read, such as the test and the class
    class_title : name of the class
    simulated : its pupils are virtual
    n_pupils : how many seats it has
    guarded : so many wrong codes were typed that devices on strange networks need a click
    """

    school_id: UUID
    administration_id: UUID
    class_id: UUID
    class_title: str
    test: str
    title: str
    bank_hash: str
    simulated: bool
    status: RoomStatus
    n_pupils: int
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class SeatCode:
    """One slip for a pupil, or for a reserve seat."""

    pupil: str
    seat_code: str


@dataclass(frozen=True, slots=True)
class SeatOverview:
    """One pupil in a room, now.

    Attributes
    ----------
    pupil : first and last name
    state : what the proctor sees first
    position : the question the pupil is at; 0 before the first
    answered : how many answers are stored
    paused : the clock stands still
    denied : someone answered "dat ben ik niet" on this seat, and nobody has entered since
    unconfirmed : handed in, but the laptop has not yet said that all its answers are sent
    last_contact : when the laptop was last heard of
    n_evidence : bodies that were kept though not accepted, and that nobody judged yet
    n_late : bodies that came after sealing; 0 once staff judged all there are
    granted_ms : time that staff gave
    credited_ms : offline time that the pupil got back
    uncredited_ms : offline time that was charged since staff last gave time, because policy gives no more back
    is_linked : a pupil is linked to the seat; a reserve seat that is used may have none yet
    n_skipped : items that staff took away
    help_since : since when the pupil waits for help; None waits for none
    break_until : when the break of the pupil is over at the latest; None takes none
    is_at_home : the pupil sits at home, under supervision
    lacking : accommodations that are granted, and that this laptop cannot offer
    n_absences, away_ms : how often the page of the test lost the focus, and for how long
    """

    sitting_id: UUID
    pupil: str
    state: SeatState
    position: int
    answered: int
    paused: bool
    denied: bool
    unconfirmed: bool
    last_contact: datetime | None
    n_evidence: int = 0
    n_late: int = 0
    granted_ms: int = 0
    credited_ms: int = 0
    uncredited_ms: int = 0
    is_linked: bool = True
    n_skipped: int = 0
    help_since: datetime | None = None
    break_until: datetime | None = None
    is_at_home: bool = False
    lacking: frozenset[str] = frozenset()
    n_absences: int = 0
    away_ms: int = 0


@dataclass(frozen=True, slots=True)
class WaitingDevice:
    """A device with right codes that waits for a click.

    Attributes
    ----------
    pupil : whose codes were typed there
    device : names it, hexadecimal
    number : what its page shows
    """

    sitting_id: UUID
    pupil: str
    device: str
    number: int


@dataclass(frozen=True, slots=True)
class RoomOverview:
    """A room and its pupils, now: pupils by last name, and the devices that wait for a click."""

    administration: Administration
    seats: tuple[SeatOverview, ...]
    waiting: tuple[WaitingDevice, ...] = ()

    @property
    def n_unconfirmed(self) -> int:
        """Pupils with answers that may still be on their laptop."""
        return sum(seat.unconfirmed for seat in self.seats)
