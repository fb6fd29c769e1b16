"""Reasonable accommodations (*redelijke aanpassingen*): their kinds, and the values that a roster may give them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from delivery.errors import DeliveryError

MINUTE_MS = 60_000
DEFAULT_EXTRA_TIME = "1.25"
"""Factor where a roster asks for extra time without saying how much: a quarter more; docs/measurement.md."""
MOST_EXTRA_TIME = 3.0
DEFAULT_BREAKS = "2x5"
"""Where a roster asks for breaks without saying how many: two of five minutes, half a lesson apart in a test of 50."""
_BREAKS = re.compile(r"([1-9]|10)x([1-9]|[12]\d|30)", re.ASCII)
_POOL = re.compile(r"[\w.-]{1,60}")


class Accommodation(StrEnum):
    """What can be granted to a pupil, or is there for everybody."""

    EXTRA_TIME = "extra_time"
    READ_ALOUD = "read_aloud"
    LARGE_TEXT = "large_text"
    CONTRAST = "contrast"
    SIMPLIFIED = "simplified"
    GLOSSARY = "glossary"
    TRANSCRIPT = "transcript"
    BREAKS = "breaks"
    ITEMS = "items"
    AT_HOME = "at_home"
    LINES = "lines"
    MAGNIFIER = "magnifier"


FOR_EVERYBODY = frozenset(
    {Accommodation.LARGE_TEXT, Accommodation.CONTRAST, Accommodation.LINES, Accommodation.MAGNIFIER}
)
"""In the menu of every pupil, granted or not."""
GRANTED_BY_ROSTER = frozenset(Accommodation) - {Accommodation.LINES, Accommodation.MAGNIFIER}
OFFERED_BY_LAPTOP = frozenset(
    {
        Accommodation.READ_ALOUD,
        Accommodation.LARGE_TEXT,
        Accommodation.CONTRAST,
        Accommodation.SIMPLIFIED,
        Accommodation.GLOSSARY,
        Accommodation.TRANSCRIPT,
        Accommodation.BREAKS,
    }
)
"""Whether a granted one was really there only the laptop knows; of the others the server does."""
USED_AT_LAPTOP = (OFFERED_BY_LAPTOP | FOR_EVERYBODY) - {Accommodation.BREAKS}
"""What a laptop says of these is all that is known of their use."""


class AccommodationError(DeliveryError):
    """A kind or a value that a roster may not give; the message says what, in Dutch."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """How many breaks a pupil may take, and how long each may last."""

    number: int
    length_ms: int


def read_accommodation(kind: str, value: str) -> str:
    """The value of an accommodation as it is kept.

    Raises
    ------
    AccommodationError
        If there is no such kind, or the kind takes no such value.
    """
    if kind not in GRANTED_BY_ROSTER:
        known = ", ".join(sorted(GRANTED_BY_ROSTER))
        raise AccommodationError(f"aanpassing '{kind}' kennen we niet. Kies uit: {known}.")
    if kind == Accommodation.EXTRA_TIME:
        return _factor(value or DEFAULT_EXTRA_TIME)
    if kind == Accommodation.BREAKS:
        return _breaks(value or DEFAULT_BREAKS)
    if kind == Accommodation.ITEMS and not _POOL.fullmatch(value):
        raise AccommodationError("bij 'items' hoort de naam van een groep vragen, zoals items=voorlezen.")
    return value or "yes"


def breaks_of(accommodations: Mapping[str, str]) -> Breaks | None:
    """Breaks that a pupil is granted; None where there are none."""
    found = _BREAKS.fullmatch(accommodations.get(Accommodation.BREAKS, ""))
    return Breaks(int(found[1]), int(found[2]) * MINUTE_MS) if found else None


def _factor(value: str) -> str:
    """A factor for working time."""
    try:
        if 1.0 <= float(value) <= MOST_EXTRA_TIME:
            return value
    except ValueError:
        pass
    raise AccommodationError(
        f"extra tijd '{value}' is geen getal tussen 1 en {MOST_EXTRA_TIME:g}. "
        "Schrijf een punt in plaats van een komma, zoals 1.25."
    )


def _breaks(value: str) -> str:
    """A number of breaks, and minutes for each."""
    if _BREAKS.fullmatch(value):
        return value
    raise AccommodationError(
        f"pauzes '{value}' kunnen we niet lezen. Schrijf hoeveel pauzes en hoeveel minuten elk, zoals 2x5: "
        "hoogstens 10 pauzes van hoogstens 30 minuten."
    )
