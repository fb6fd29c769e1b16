"""What only some pupils are granted is not sent to the others, on their screen or ahead of it."""

from __future__ import annotations

from collections.abc import Container

from delivery.accommodations import Accommodation
from itembank import EXPLANATION, TRANSCRIPT, StimulusView, without_cards

CARDS = {Accommodation.GLOSSARY: EXPLANATION, Accommodation.TRANSCRIPT: TRANSCRIPT}


def as_granted(html: str, granted: Container[str]) -> str:
    """HTML of an item or passage without the cards that a pupil was not granted."""
    return without_cards(html, *(card for kind, card in CARDS.items() if kind not in granted))


def passage_of(passage: StimulusView, granted: Container[str]) -> dict[str, str]:
    """A passage as a laptop gets it."""
    return {
        "identifier": passage.identifier,
        "title": passage.title,
        "html": as_granted(passage.html, granted),
    }
