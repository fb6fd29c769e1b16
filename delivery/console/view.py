"""What the page of a room shows, made from the room's overview: words, order and incidents, and no clock of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from delivery.console.actions import Action, actions_for
from delivery.console.aid_words import LEAST_SHOWN_MS, aid_notes, break_words, lacking_words
from delivery.console.remedies import ANSWER_HELP, Remedy, remedies_for, remedies_for_all
from delivery.console.times import minutes
from delivery.people import StaffRole
from delivery.rooms.values import Administration, RoomOverview, RoomStatus, SeatOverview, SeatState, WaitingDevice

STATUS_TEXT = {
    RoomStatus.PLANNED: "Nog niet open",
    RoomStatus.OPEN: "Open",
    RoomStatus.PAUSED: "Pauze",
    RoomStatus.CLOSED: "Afgesloten",
}

HELP_WITHIN = timedelta(minutes=2)
"""A call for help that waits longer comes before everything, and is shown to the coordinator too."""

IN_ORDER = (RoomStatus.OPEN, RoomStatus.PAUSED, RoomStatus.PLANNED, RoomStatus.CLOSED)
"""What wants attention now comes first."""
AT_WORK = frozenset({RoomStatus.OPEN, RoomStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class RoomLine:
    """One room in the list of rooms; ``n_calling`` pupils in it wait too long for help."""

    id: str
    title: str
    class_title: str
    status: str
    status_text: str
    n_pupils: int
    simulated: bool
    n_calling: int = 0


@dataclass(frozen=True, slots=True)
class PupilLine:
    """One pupil: name, words, the style that goes with them, and a sign where the style draws none.

    Attributes
    ----------
    notes : time that the pupil got, and questions that were skipped
    has_remedies : whoever looks can do something for this pupil
    """

    id: str
    name: str
    style: str
    sign: str
    what: str
    notes: tuple[str, ...]
    has_remedies: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that wants attention, and what to do about it in one sentence.

    Attributes
    ----------
    answer : label of the button that answers it, "" for none
    pupil, path : about whom it is, and the address of that button, below the room's
    is_urgent : it waited too long
    """

    what: str
    remedy: str
    answer: str = ""
    pupil: str = ""
    path: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many pupils are in one state."""

    n: int
    words: str


@dataclass(frozen=True, slots=True)
class RoomView:
    """Everything on the page of one room."""

    line: RoomLine
    code: str
    actions: tuple[Action, ...]
    remedies: tuple[Remedy, ...]
    incidents: tuple[Incident, ...]
    counts: tuple[Count, ...]
    pupils: tuple[PupilLine, ...]
    waiting: tuple[WaitingDevice, ...] = ()


def in_order(administrations: Iterable[Administration]) -> list[Administration]:
    """Rooms as a list shows them: those where pupils work first, those that are over last."""
    return sorted(administrations, key=lambda room: IN_ORDER.index(room.status))


def line_of(administration: Administration) -> RoomLine:
    """One room as a line."""
    return RoomLine(
        id=str(administration.administration_id),
        title=administration.title,
        class_title=administration.class_title,
        status=str(administration.status),
        status_text=STATUS_TEXT[administration.status],
        n_pupils=administration.n_pupils,
        simulated=administration.simulated,
    )


def view_of(
    overview: RoomOverview,
    code: str,
    length: int,
    now: datetime,
    *,
    role: StaffRole = StaffRole.PROCTOR,
    is_limited: bool = True,
) -> RoomView:
    """The page of a room at an instant.

    Parameters
    ----------
    overview
        The room and its pupils.
    code
        Room code, as made; it is shown in two halves.
    length
        Questions in the test.
    now
        Present instant, UTC.
    role
        Of whoever looks.
    is_limited
        The test has a time limit.
    """
    room = overview.administration

    def line(seat: SeatOverview) -> PupilLine:
        remedies = remedies_for(seat, room.status, role, length=length, is_limited=is_limited)
        return replace(pupil_line(seat, length, room.status), has_remedies=bool(remedies))

    return RoomView(
        line=line_of(room),
        code=spaced(code),
        actions=actions_for(room.status),
        remedies=remedies_for_all(room.status, is_limited=is_limited),
        incidents=(
            *_guarded(overview),
            *_calling(overview, now),
            *_unlinked(overview),
            *_unconfirmed(overview),
            *_moving(overview),
            *_denied(overview),
            *_disconnected(overview, length, now),
            *_charged(overview),
            *(Incident(*words) for words in lacking_words(overview.seats)),
            *_late(overview),
        ),
        counts=_counts(overview, length),
        pupils=tuple(line(seat) for seat in overview.seats),
        waiting=overview.waiting if room.status in AT_WORK else (),
    )


def spaced(code: str) -> str:
    """A code in two halves, easier to read aloud; typing the space or not makes no difference."""
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}"


def _unconfirmed(overview: RoomOverview) -> tuple[Incident, ...]:
    """Answers that may still be on laptops."""
    n = overview.n_unconfirmed
    if not n:
        return ()
    what = (
        "1 leerling heeft nog antwoorden op de laptop: laat die open."
        if n == 1
        else f"{n} leerlingen hebben nog antwoorden op hun laptop: laat die open."
    )
    names = ", ".join(seat.pupil for seat in overview.seats if seat.unconfirmed)
    remedy = (
        "Zet de laptop waarop de leerling werkte aan en open de toets opnieuw met dezelfde codes. "
        "Lukt dat niet? Noteer het in het toetsverslag."
    )
    return (Incident(what, f"Het gaat om {names}. {remedy}"),)


def waiting_too_long(overview: RoomOverview, now: datetime) -> int:
    """How many pupils wait for help longer than they should."""
    return sum(incident.is_urgent for incident in _calling(overview, now))


def _calling(overview: RoomOverview, now: datetime) -> tuple[Incident, ...]:
    """Pupils who ask for help, whoever waits longest first; one click says that somebody comes."""
    if overview.administration.status not in {RoomStatus.OPEN, RoomStatus.PAUSED}:
        return ()
    at_work = [seat for seat in overview.seats if seat.state not in {SeatState.HANDED_IN, SeatState.SEALED}]
    waiting = [(seat.help_since, seat.pupil, seat) for seat in at_work if seat.help_since is not None]
    calling = sorted(waiting, key=lambda call: call[:2])
    incidents = []
    for since, pupil, seat in calling:
        is_urgent = now - since >= HELP_WITHIN
        how = "bel naar waar de leerling thuis werkt" if seat.is_at_home else "ga kijken"
        waits = f" en wacht al {int((now - since).total_seconds() // 60)} minuten" if is_urgent else ""
        incidents.append(
            Incident(
                what=f"{pupil} vraagt hulp{waits}.",
                remedy=f"Druk op ‘{ANSWER_HELP.label}’ en {how}. De leerling ziet dat je komt.",
                answer=ANSWER_HELP.label,
                pupil=pupil,
                path=f"leerlingen/{seat.sitting_id}/{ANSWER_HELP.name}",
                is_urgent=is_urgent,
            )
        )
    return tuple(incidents)


def _moving(overview: RoomOverview) -> tuple[Incident, ...]:
    """Pupils who go on at another laptop, and are not there yet."""
    remedy = "Open daar de toets en typ de codes: je vindt ze onder ‘Hulp’ bij de naam."
    return tuple(
        Incident(f"{seat.pupil} gaat verder op een andere laptop.", remedy)
        for seat in overview.seats
        if seat.state is SeatState.MOVING
    )


def _guarded(overview: RoomOverview) -> tuple[Incident, ...]:
    """So many wrong codes that new laptops need a click."""
    room = overview.administration
    if not room.guarded or room.status not in AT_WORK:
        return ()
    remedy = (
        "Wie al bezig is, merkt niets. Een laptop die een nummer toont, wacht op jouw klik: "
        "hij staat hieronder, als de codes juist zijn. Staat een nummer er niet? Laat de codes opnieuw typen. "
        "Is het weer rustig? Dan kunnen nieuwe laptops weer vanzelf binnen."
    )
    what = "Voor dit lokaal zijn veel verkeerde codes getypt."
    return (Incident(what, remedy, answer="Laat laptops weer vanzelf binnen", path="laptops"),)


def _unlinked(overview: RoomOverview) -> tuple[Incident, ...]:
    """Seats that are used by a child whose name nobody set yet."""
    remedy = (
        "Kies ‘Hulp’ bij deze plaats en zet de juiste naam. Staat die nog niet op de lijst? "
        "Dat kan ook later, als de leerling ingeschreven is. Zonder naam telt de toets niet mee."
    )
    return tuple(
        Incident(f"{seat.pupil} wordt gebruikt door een leerling zonder naam.", remedy)
        for seat in overview.seats
        if not seat.is_linked
    )


def _denied(overview: RoomOverview) -> tuple[Incident, ...]:
    """Seats where somebody else sat down; when the room is closed that is over."""
    if overview.administration.status is RoomStatus.CLOSED:
        return ()
    remedy = "Kijk wie deze code typte en geef die leerling het juiste briefje. Er is niets gestart."
    return tuple(
        Incident(f"Bij de code van {seat.pupil} antwoordde iemand: ‘Nee, dat ben ik niet.’", remedy)
        for seat in overview.seats
        if seat.denied
    )


def _disconnected(overview: RoomOverview, length: int, now: datetime) -> tuple[Incident, ...]:
    """Laptops that are silent while the room is open."""
    remedy = (
        "Kijk of de laptop aanstaat en verbonden is. Lukt het niet? "
        "Op een andere laptop gaat de leerling met dezelfde codes verder bij dezelfde vraag."
    )
    at_home = "Deze leerling werkt thuis: bel wie daar toezicht houdt. Op een ander toestel gaat de toets verder."
    return tuple(
        Incident(
            f"{seat.pupil}: verbinding weg{_since(seat.last_contact, now)}, {_place(seat, length)}.",
            at_home if seat.is_at_home else remedy,
        )
        for seat in overview.seats
        if seat.state is SeatState.DISCONNECTED
    )


def _charged(overview: RoomOverview) -> tuple[Incident, ...]:
    """Pupils at work who were offline for longer than they get back by themselves."""
    remedy = "Kon de leerling daar niets aan doen? Kies dan ‘Hulp’ bij de naam en geef extra tijd."
    return tuple(
        Incident(
            f"{seat.pupil} was lang offline: {minutes(seat.credited_ms)} teruggegeven, "
            f"{minutes(seat.uncredited_ms)} niet.",
            remedy,
        )
        for seat in overview.seats
        if seat.uncredited_ms >= LEAST_SHOWN_MS and seat.state in {SeatState.BUSY, SeatState.DISCONNECTED}
    )


def _late(overview: RoomOverview) -> tuple[Incident, ...]:
    """Pupils of whom something came when their test was over for good."""
    remedy = "Het is apart bewaard en telt niet vanzelf mee. Je toetscoördinator beslist onder ‘Hulp’."
    late = [seat.pupil for seat in overview.seats if seat.n_late]
    return tuple(Incident(f"Van {pupil} kwam na het afsluiten nog iets binnen.", remedy) for pupil in late)


def _notes(seat: SeatOverview) -> tuple[str, ...]:
    """Where a pupil sits; time that a pupil got back, or from staff; questions that were skipped."""
    notes = [*aid_notes(seat)]
    if seat.credited_ms >= LEAST_SHOWN_MS:
        notes.append(f"offline {minutes(seat.credited_ms)} teruggegeven")
    if seat.granted_ms:
        notes.append(f"{minutes(seat.granted_ms)} extra tijd")
    if seat.n_skipped:
        notes.append(f"{seat.n_skipped} {'vraag' if seat.n_skipped == 1 else 'vragen'} overgeslagen")
    return tuple(notes)


def _since(contact: datetime | None, now: datetime) -> str:
    """How long ago, in whole minutes."""
    n = int((now - contact).total_seconds() // 60) if contact else 0
    if n < 1:
        return ""
    return " sinds 1 minuut" if n == 1 else f" sinds {n} minuten"


def _place(seat: SeatOverview, length: int) -> str:
    """Which question, or that there is none left."""
    return f"bij vraag {seat.position}" if seat.answered < length else "alle vragen beantwoord"


def _counts(overview: RoomOverview, length: int) -> tuple[Count, ...]:
    """Pupils per state, in the order of a test."""
    over = [seat for seat in overview.seats if seat.state in {SeatState.HANDED_IN, SeatState.SEALED}]
    n_stopped = sum(seat.answered < length for seat in over)
    n = Counter(seat.state for seat in overview.seats)
    return (
        Count(
            n[SeatState.NOT_IN],
            "niet gekomen" if overview.administration.status is RoomStatus.CLOSED else "nog niet binnen",
        ),
        Count(n[SeatState.BUSY], "bezig"),
        Count(n[SeatState.DISCONNECTED] + n[SeatState.MOVING], "verbinding weg"),
        Count(len(over) - n_stopped, "ingediend"),
        Count(n_stopped, "gestopt"),
    )


def pupil_line(seat: SeatOverview, length: int, status: RoomStatus) -> PupilLine:
    """One pupil as a line.

    Parameters
    ----------
    seat
        The pupil.
    length
        Questions in the test.
    status
        Where the room stands.
    """
    style, sign, what = _state_of(seat, length, is_closed=status is RoomStatus.CLOSED)
    return PupilLine(str(seat.sitting_id), seat.pupil, style, sign, what, _notes(seat))


def _state_of(seat: SeatOverview, length: int, *, is_closed: bool) -> tuple[str, str, str]:
    """Style, sign and words of a pupil's state."""
    if seat.state is SeatState.BUSY:
        if seat.answered >= length:
            return "busy", "", "alle vragen beantwoord, nog niet ingediend"
        return "busy", "", f"{break_words(seat) if seat.paused else 'bezig met'} vraag {seat.position} van {length}"
    over = "klaar" if seat.answered >= length else f"gestopt bij vraag {seat.answered + 1}"
    return {
        SeatState.NOT_IN: ("away", "", "niet gekomen" if is_closed else "nog niet binnen"),
        SeatState.DISCONNECTED: ("trouble", "!", f"verbinding weg, {_place(seat, length)}"),
        SeatState.MOVING: ("trouble", "!", f"naar een andere laptop, {_place(seat, length)}"),
        SeatState.HANDED_IN: ("half", "", f"{over}, laat de laptop nog open"),
        SeatState.SEALED: ("done", "✓", f"{over}, alles bewaard"),
        SeatState.VOID: ("away", "", "telt niet mee"),
    }[seat.state]
