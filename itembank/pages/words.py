"""Dutch words for states, interactions and refusals."""

from __future__ import annotations

from itembank.errors import MoveFault
from itembank.lifecycle import State
from itembank.rendering.item_table import KINDS

__all__ = ["FAULTS", "KINDS", "MOVES", "STATES", "TAKEN"]

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
