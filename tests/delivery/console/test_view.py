"""What a proctor reads about a room."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from delivery.console.actions import ACTIONS
from delivery.console.remedies import remedies_for
from delivery.console.view import in_order, spaced, view_of, waiting_too_long
from delivery.people import StaffRole
from delivery.rooms import Administration, RoomOverview, RoomStatus, SeatOverview, SeatState

MINUTE = 60_000
NOON = datetime(2027, 5, 5, 12, tzinfo=UTC)
SOMEWHERE = UUID(int=1)
ROOM = Administration(SOMEWHERE, SOMEWHERE, SOMEWHERE, "4A", "t", "Toets", "f" * 64, False, RoomStatus.OPEN, 3)
SEAT = SeatOverview(SOMEWHERE, "Lotte", SeatState.BUSY, 3, 2, False, False, False, NOON)


def room(*seats: SeatOverview, status: RoomStatus = RoomStatus.OPEN) -> RoomOverview:
    """Make a room with these pupils."""
    return RoomOverview(replace(ROOM, status=status), seats)


def lines(overview: RoomOverview) -> list[str]:
    """What is said of each pupil."""
    return [pupil.what for pupil in view_of(overview, "ABCDEF", 20, NOON).pupils]


def incidents(overview: RoomOverview) -> list[str]:
    """What comes first on the page."""
    return [incident.what for incident in view_of(overview, "ABCDEF", 20, NOON).incidents]


def test_each_state_has_its_words() -> None:
    assert lines(room(SEAT)) == ["bezig met vraag 3 van 20"]
    assert lines(room(replace(SEAT, paused=True))) == ["pauze bij vraag 3 van 20"]
    assert lines(room(replace(SEAT, answered=20, position=21))) == ["alle vragen beantwoord, nog niet ingediend"]
    assert lines(room(replace(SEAT, state=SeatState.NOT_IN))) == ["nog niet binnen"]
    assert lines(room(replace(SEAT, state=SeatState.NOT_IN), status=RoomStatus.CLOSED)) == ["niet gekomen"]
    assert lines(room(replace(SEAT, state=SeatState.DISCONNECTED))) == ["verbinding weg, bij vraag 3"]


@given(st.lists(st.sampled_from(SeatState)))
def test_every_pupil_is_counted_once_unless_void(states: list[SeatState]) -> None:
    view = view_of(room(*(replace(SEAT, state=state) for state in states)), "ABCDEF", 20, NOON)
    assert sum(count.n for count in view.counts) == len([state for state in states if state is not SeatState.VOID])
    assert len(view.pupils) == len(states)


def test_what_came_after_sealing_is_said() -> None:
    sealed = replace(SEAT, state=SeatState.SEALED, n_evidence=2)
    assert incidents(room(sealed, status=RoomStatus.CLOSED)) == []
    assert incidents(room(replace(sealed, n_late=1), status=RoomStatus.CLOSED)) == [
        "Van Lotte kwam na het afsluiten nog iets binnen."
    ]


def test_answers_that_are_still_on_laptops_come_first_and_name_who() -> None:
    waiting = replace(SEAT, state=SeatState.HANDED_IN, unconfirmed=True)
    gone = replace(SEAT, state=SeatState.DISCONNECTED)
    seats = [replace(waiting, pupil=name) for name in ("Aya", "Bo", "Cas")]
    said = view_of(room(gone, *seats), "ABCDEF", 20, NOON).incidents
    assert said[0].what == "3 leerlingen hebben nog antwoorden op hun laptop: laat die open."
    assert "Aya, Bo, Cas" in said[0].remedy
    assert incidents(room(waiting)) == ["1 leerling heeft nog antwoorden op de laptop: laat die open."]


def test_a_silent_laptop_says_how_long_and_what_to_do() -> None:
    gone = replace(SEAT, state=SeatState.DISCONNECTED)
    for ago, words in ((20, "verbinding weg, bij"), (70, "sinds 1 minuut,"), (190, "sinds 3 minuten,")):
        (said,) = incidents(room(replace(gone, last_contact=NOON - timedelta(seconds=ago))))
        assert words in said


def test_a_denied_name_is_an_incident() -> None:
    assert incidents(room(replace(SEAT, state=SeatState.NOT_IN, denied=True))) == [
        "Bij de code van Lotte antwoordde iemand: ‘Nee, dat ben ik niet.’"
    ]


def test_who_waits_for_help_comes_first_and_after_two_minutes_urgently() -> None:
    def waits(name: str, seconds: int) -> SeatOverview:
        return replace(SEAT, pupil=name, help_since=NOON - timedelta(seconds=seconds))

    gone = replace(SEAT, state=SeatState.HANDED_IN, unconfirmed=True)
    said = view_of(room(gone, waits("Bo", 119), waits("Aya", 200)), "ABCDEF", 20, NOON).incidents
    assert [(incident.what, incident.is_urgent) for incident in said[:2]] == [
        ("Aya vraagt hulp en wacht al 3 minuten.", True),
        ("Bo vraagt hulp.", False),
    ]
    assert said[0].answer == "Ik kom"
    assert waiting_too_long(room(waits("Bo", 119), waits("Aya", 120)), NOON) == 1


def test_whoever_moves_is_sent_to_the_codes() -> None:
    moving = replace(SEAT, state=SeatState.MOVING)
    assert lines(room(moving)) == ["naar een andere laptop, bij vraag 3"]
    assert incidents(room(moving)) == ["Lotte gaat verder op een andere laptop."]


def test_in_a_closed_room_a_denied_name_is_over() -> None:
    denied = replace(SEAT, state=SeatState.NOT_IN, denied=True)
    assert incidents(room(denied, status=RoomStatus.CLOSED)) == []


def test_whoever_was_stopped_is_not_called_done() -> None:
    sealed = replace(SEAT, state=SeatState.SEALED, answered=20, position=20)
    handed_in = replace(sealed, state=SeatState.HANDED_IN)
    seats = (sealed, handed_in, replace(sealed, answered=3), replace(handed_in, answered=0))
    overview = room(*seats, status=RoomStatus.CLOSED)
    assert lines(overview) == [
        "klaar, alles bewaard",
        "klaar, laat de laptop nog open",
        "gestopt bij vraag 4, alles bewaard",
        "gestopt bij vraag 1, laat de laptop nog open",
    ]
    counts = {count.words: count.n for count in view_of(overview, "ABCDEF", 20, NOON).counts}
    assert counts == {"niet gekomen": 0, "bezig": 0, "verbinding weg": 0, "ingediend": 2, "gestopt": 2}


def test_rooms_where_pupils_work_come_first_and_else_keep_their_order() -> None:
    given = [replace(ROOM, status=status, title=title) for title in "ab" for status in RoomStatus]
    assert [(str(made.status), made.title) for made in in_order(given)] == [
        (status, title) for status in ("open", "paused", "planned", "closed") for title in "ab"
    ]


def test_every_status_offers_a_way_on() -> None:
    offered = {status: [a.name for a in ACTIONS if status in a.offered_in] for status in RoomStatus}
    assert offered == {
        RoomStatus.PLANNED: ["open"],
        RoomStatus.OPEN: ["pauzeer", "sluit"],
        RoomStatus.PAUSED: ["hervat", "sluit"],
        RoomStatus.CLOSED: ["bevries"],
    }


def test_a_code_is_shown_in_two_halves() -> None:
    assert spaced("ABCDEF") == "ABC DEF"
    assert spaced("ABCDE") == "ABC DE"


def notes(overview: RoomOverview) -> list[tuple[str, ...]]:
    """What is said of each pupil's time."""
    return [pupil.notes for pupil in view_of(overview, "ABCDEF", 20, NOON).pupils]


def test_time_that_was_given_back_or_given_is_shown_where_it_is_a_minute() -> None:
    assert notes(room(SEAT)) == [()]
    assert notes(room(replace(SEAT, credited_ms=29_000))) == [()]
    assert notes(room(replace(SEAT, credited_ms=6 * MINUTE, granted_ms=10 * MINUTE))) == [
        ("offline 6 min teruggegeven", "10 min extra tijd")
    ]


def test_offline_time_that_was_not_given_back_is_an_incident_with_a_remedy_while_the_pupil_works() -> None:
    charged = replace(SEAT, credited_ms=15 * MINUTE, uncredited_ms=7 * MINUTE)
    (said,) = view_of(room(charged), "ABCDEF", 20, NOON).incidents
    assert said.what == "Lotte was lang offline: 15 min teruggegeven, 7 min niet."
    assert "geef extra tijd" in said.remedy
    assert incidents(room(replace(charged, state=SeatState.SEALED))) == []
    assert incidents(room(replace(charged, uncredited_ms=20_000))) == []


@given(
    st.sampled_from(SeatState),
    st.sampled_from(RoomStatus),
    st.sampled_from([StaffRole.PROCTOR, StaffRole.COORDINATOR]),
    st.integers(0, 20),
    st.booleans(),
)
def test_nobody_is_offered_what_the_role_or_the_room_forbids(
    state: SeatState, status: RoomStatus, role: StaffRole, answered: int, is_limited: bool
) -> None:
    seat = replace(SEAT, state=state, answered=answered, n_late=1)
    offered = {one.name for one in remedies_for(seat, status, role, length=20, is_limited=is_limited)}
    assert role is StaffRole.COORDINATOR or not offered & {"ongeldig", "geldig", "laat-meetellen", "niet-meetellen"}
    assert "laat-meetellen" not in offered or state is SeatState.SEALED
    assert "extra-tijd" not in offered or (is_limited and status in {RoomStatus.OPEN, RoomStatus.PAUSED})
    assert "heropen" not in offered or (answered < 20 and state in {SeatState.HANDED_IN, SeatState.SEALED})
    assert len(offered & {"ongeldig", "geldig"}) <= 1


def test_a_break_says_until_when_in_the_clock_of_the_classroom() -> None:
    resting = replace(SEAT, paused=True, break_until=NOON + timedelta(minutes=4))
    assert lines(room(resting)) == ["eigen pauze tot 14.04, bij vraag 3 van 20"]


def test_where_a_pupil_sits_and_that_the_page_was_left_are_notes_and_nothing_to_act_on() -> None:
    away = replace(SEAT, is_at_home=True, n_absences=3, away_ms=2 * MINUTE)
    (line,) = view_of(room(away), "ABCDEF", 20, NOON).pupils
    assert line.notes == ("werkt thuis, onder toezicht", "3 keer even weg van de toetsbladzijde, samen 2 min")
    assert line.style == "busy"
    assert incidents(room(away)) == []
    (line,) = view_of(room(replace(SEAT, n_absences=1, away_ms=3_000)), "ABCDEF", 20, NOON).pupils
    assert line.notes == ("1 keer even weg van de toetsbladzijde",)


def test_who_works_at_home_is_called_and_not_walked_to() -> None:
    gone = replace(SEAT, state=SeatState.DISCONNECTED, is_at_home=True)
    calls = replace(SEAT, help_since=NOON, is_at_home=True)
    remedies = [one.remedy for one in view_of(room(gone, calls), "ABCDEF", 20, NOON).incidents]
    assert len(remedies) == 2
    assert all("bel" in remedy and "ga kijken" not in remedy for remedy in remedies)


def test_what_a_laptop_cannot_offer_is_said_while_the_pupil_works_on_it() -> None:
    without = replace(SEAT, lacking=frozenset({"read_aloud"}))
    assert incidents(room(without)) == ["Op deze laptop lukt voorlezen niet: Lotte."]
    both = room(without, replace(without, pupil="Noah"))
    assert incidents(both) == ["Op 2 laptops lukt voorlezen niet: Lotte, Noah."]  # a room full of them is one incident
    assert incidents(room(replace(without, state=SeatState.SEALED))) == []
