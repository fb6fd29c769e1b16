"""Dutch words for states, interactions and refusals."""

from __future__ import annotations

from itembank.errors import MoveFault
from itembank.lifecycle import State
from itembank.rendering.item_table import KINDS

__all__ = ["FAULTS", "INCOMPLETE", "KINDS", "MOVES", "STATES", "TAKEN", "obstacle_words"]

STATES = {
    State.DRAFT: "in ontwerp",
    State.REVIEW: "in nazicht",
    State.FIELD_TEST: "in veldtest",
    State.OPERATIONAL: "in gebruik",
    State.RELEASED: "vrijgegeven",
    State.RETIRED: "buiten gebruik",
}
MOVES = {
    State.DRAFT: "Terug naar ontwerp",
    State.REVIEW: "Naar nazicht",
    State.FIELD_TEST: "Naar de veldtest",
    State.OPERATIONAL: "In gebruik nemen",
    State.RELEASED: "Vrijgeven voor iedereen",
    State.RETIRED: "Buiten gebruik stellen",
}
"""State → how somebody asks for it."""
FAULTS = {
    MoveFault.NOBODY: "Meld je aan: bij elke wijziging staat wie ze vroeg.",
    MoveFault.NO_REASON: "Geef een reden. Wie later de levensloop leest, moet begrijpen waarom.",
    MoveFault.CANNOT_FOLLOW: "Deze stap kan nu niet. Bekijk hieronder in welke staat de opgave is en wat nog kan.",
    MoveFault.MADE_PUBLIC: "Deze opgave was al openbaar: leerlingen kunnen ze kennen. Maak een nieuwe opgave.",
    MoveFault.SECOND_PERSON: "Deze versie scoort anders dan de vorige die in gebruik was, en jij vroeg die wijziging. "
    "Een tweede persoon moet ze in gebruik nemen.",
}
TAKEN = "Iemand anders veranderde deze opgave net. Bekijk hieronder hoe het er nu voor staat en probeer het opnieuw."
INCOMPLETE = (
    "een afbeelding of opname van de opgave of haar leestekst zit niet in de itembank. "
    "Importeer de opgave opnieuw, met haar hele pakket."
)
"""Why an item cannot be shown: everything else is refused when it is imported."""
_OBSTACLES = {
    "it asks nothing": "ze vraagt niets",
    "a person must rate it": "iemand moet het antwoord beoordelen",
    "its rules give no SCORE": "haar regels geven geen score (SCORE)",
    "its own key scores no points": "haar eigen sleutel levert geen punten op",
    "its own key scores": "haar eigen sleutel levert niet alle punten op",
    "its rules ask for the key of": "haar regels vragen naar een juist antwoord dat er niet is",
    "it does not say how many points it is worth": "ze zegt niet hoeveel punten ze waard is",
    "it is worth": "haar punten zijn geen geheel getal, of het zijn er te veel",
}
"""How an obstacle of `itembank.qti.sources.ItemSource` begins → the same in Dutch."""


def obstacle_words(obstacle: str) -> str:
    """Why an item cannot be in a test, in Dutch.

    Parameters
    ----------
    obstacle : as the item has it
    """
    told = (words for beginning, words in _OBSTACLES.items() if obstacle.startswith(beginning))
    return next(told, "haar score kan niet berekend worden")
