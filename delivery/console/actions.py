"""What a proctor can do with a room, in the words of the page."""

from __future__ import annotations

from dataclasses import dataclass

from delivery.rooms.values import RoomStatus


@dataclass(frozen=True, slots=True)
class Action:
    """One button with its confirmation.

    Attributes
    ----------
    name : last part of the address that it posts to
    label : on the button
    question, consequence : what the confirmation asks, and what then happens
    primary : the expected next step
    offered_in : when the button is there
    """

    name: str
    label: str
    question: str
    consequence: str
    primary: bool
    offered_in: frozenset[RoomStatus]


ACTIONS = (
    Action(
        "open",
        "Open de toets",
        "De toets openen?",
        "Leerlingen kunnen dan met hun codes binnenkomen en beginnen.",
        True,
        frozenset({RoomStatus.PLANNED}),
    ),
    Action(
        "hervat",
        "Hervat",
        "De toets hervatten?",
        "Alle leerlingen gaan vanzelf verder bij de vraag waar ze waren.",
        True,
        frozenset({RoomStatus.PAUSED}),
    ),
    Action(
        "pauzeer",
        "Pauzeer",
        "De toets pauzeren voor iedereen?",
        "Alle leerlingen zien een pauzepagina. Wat ze getypt hebben, blijft bewaard en hun tijd staat stil.",
        False,
        frozenset({RoomStatus.OPEN}),
    ),
    Action(
        "sluit",
        "Sluit de toets af",
        "De toets afsluiten voor iedereen?",
        "Niemand krijgt nog een nieuwe vraag. Laat de laptops open tot hier staat dat alle antwoorden binnen zijn.",
        False,
        frozenset({RoomStatus.OPEN, RoomStatus.PAUSED}),
    ),
    Action(
        "bevries",
        "Rond de toets definitief af",
        "De toets definitief afronden?",
        "Doe dit als een laptop kwijt of stuk is. Antwoorden die daarna nog komen, tellen niet vanzelf mee.",
        False,
        frozenset({RoomStatus.CLOSED}),
    ),
)


def actions_for(status: RoomStatus) -> tuple[Action, ...]:
    """Buttons of a room in this status."""
    return tuple(action for action in ACTIONS if status in action.offered_in)
