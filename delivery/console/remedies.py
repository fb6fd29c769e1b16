"""What staff can do for one pupil, or for the time of all, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass

from delivery.people import StaffRole
from delivery.rooms.values import RoomStatus, SeatOverview, SeatState

MOST_MINUTES = 120
"""More than a whole test and its extra time: a slip of the finger, not a decision."""
USUAL_MINUTES = 10

PROCTORS = frozenset({StaffRole.PROCTOR, StaffRole.COORDINATOR})
COORDINATORS = frozenset({StaffRole.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Remedy:
    """One button.

    Attributes
    ----------
    name : last part of the address that it posts to
    label : on the button
    consequence : what then happens
    roles : who may do it
    asks_minutes : the form asks how many
    asks_reason : the form asks why
    asks_pupil : the form asks which other pupil
    """

    name: str
    label: str
    consequence: str
    roles: frozenset[StaffRole]
    asks_minutes: bool = False
    asks_reason: bool = True
    asks_pupil: bool = False


MORE_TIME = Remedy(
    "extra-tijd", "Geef extra tijd", "Die minuten komen bij de tijd die de leerling nog heeft.", PROCTORS, True
)
MORE_TIME_FOR_ALL = Remedy(
    "extra-tijd", "Geef iedereen extra tijd", "Wie al ingediend heeft, krijgt niets meer.", PROCTORS, True
)
REOPEN = Remedy("heropen", "Heropen de toets", "De leerling kan verder bij de eerste vraag zonder antwoord.", PROCTORS)
REOPEN_WITH_ROOM = Remedy(
    "heropen",
    "Heropen de toets",
    "De leerling kan verder bij de eerste vraag zonder antwoord. Het toetsmoment gaat daarvoor weer open, "
    "maar niet voor de anderen. Sluit het opnieuw af als deze leerling klaar is.",
    PROCTORS,
)
VOID = Remedy(
    "ongeldig",
    "Maak de toets ongeldig",
    "De toets stopt en telt niet mee. De antwoorden blijven bewaard.",
    COORDINATORS,
)
REVALIDATE = Remedy("geldig", "Maak de toets weer geldig", "De toets telt dan weer mee.", COORDINATORS)
REASSIGN = Remedy(
    "andere-leerling",
    "Zet de juiste naam",
    "De antwoorden blijven bij wie aan deze laptop zit; naam en aanpassingen worden die van de gekozen leerling. "
    "Heeft die al een plaats in dit lokaal, dan wisselen de twee namen.",
    PROCTORS,
    asks_pupil=True,
)

MOVE = Remedy(
    "verplaats",
    "Verplaats naar een andere laptop",
    "De laptop van nu stopt. Met dezelfde codes gaat de leerling op een andere verder: zelfde vraag, zelfde tijd.",
    PROCTORS,
    asks_reason=False,
)
SKIP = Remedy(
    "sla-over",
    "Sla deze vraag over",
    "Ze telt niet mee, en de tijd ervan ook niet. De leerling krijgt binnen tien seconden een andere vraag.",
    PROCTORS,
)
ADMIT = Remedy(
    "laat-meetellen",
    "Laat meetellen wat te laat kwam",
    "Wat een antwoord kan zijn op een vraag zonder antwoord, telt mee en is als te laat gemerkt. De rest blijft apart.",
    COORDINATORS,
)
REJECT = Remedy(
    "niet-meetellen",
    "Laat niet meetellen wat te laat kwam",
    "Het blijft bewaard en telt niet mee.",
    COORDINATORS,
)
ANSWER_HELP = Remedy("ik-kom", "Ik kom", "De leerling ziet dat je komt.", PROCTORS, asks_reason=False)

REMEDIES = {
    remedy.name: remedy
    for remedy in (MOVE, MORE_TIME, SKIP, REOPEN, VOID, REVALIDATE, REASSIGN, ANSWER_HELP, ADMIT, REJECT)
}

_AT_WORK = frozenset({RoomStatus.OPEN, RoomStatus.PAUSED})
_BUSY = frozenset({SeatState.BUSY, SeatState.DISCONNECTED, SeatState.MOVING})
_OVER = frozenset({SeatState.HANDED_IN, SeatState.SEALED})


def remedies_for(
    seat: SeatOverview, status: RoomStatus, role: StaffRole, *, length: int, is_limited: bool
) -> tuple[Remedy, ...]:
    """What somebody in this role can do for a pupil now.

    Parameters
    ----------
    seat, status
        The pupil, and where the room stands.
    role
        Of whoever looks.
    length
        Questions in the test.
    is_limited
        The test has a time limit.
    """
    at_work = status in _AT_WORK
    reopen = REOPEN if at_work else REOPEN_WITH_ROOM
    applies = {
        MOVE: at_work and seat.state in _BUSY - {SeatState.MOVING},
        MORE_TIME: at_work and is_limited and seat.state in _BUSY | {SeatState.NOT_IN},
        SKIP: at_work and seat.state in _BUSY and seat.answered < length,
        ADMIT: seat.state is SeatState.SEALED and seat.n_late > 0,
        REJECT: seat.state is SeatState.SEALED and seat.n_late > 0,
        reopen: seat.state in _OVER and seat.answered < length,
        VOID: seat.state in _BUSY | _OVER,
        REVALIDATE: seat.state is SeatState.VOID,
        REASSIGN: status is not RoomStatus.PLANNED,
    }
    found = [remedy for remedy, here in applies.items() if here and role in remedy.roles]
    return tuple(found if seat.is_linked else sorted(found, key=lambda remedy: not remedy.asks_pupil))


def remedies_for_all(status: RoomStatus, *, is_limited: bool) -> tuple[Remedy, ...]:
    """What can be done for everybody at once."""
    return (MORE_TIME_FOR_ALL,) if status in _AT_WORK and is_limited else ()
