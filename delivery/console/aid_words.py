"""Accommodations, breaks and absences in the words of staff's pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from delivery.accommodations import Accommodation, breaks_of
from delivery.console.times import clock, minutes
from delivery.rooms.values import SeatOverview, SeatState
from delivery.sittings.accommodated import MORE_TIME, Accommodated, GrantedBy

NAMES = {
    Accommodation.EXTRA_TIME: "extra tijd",
    Accommodation.READ_ALOUD: "voorlezen",
    Accommodation.LARGE_TEXT: "grote letters",
    Accommodation.CONTRAST: "hoog contrast",
    Accommodation.SIMPLIFIED: "eenvoudige weergave",
    Accommodation.GLOSSARY: "uitleg bij woorden",
    Accommodation.TRANSCRIPT: "tekst van opnames",
    Accommodation.BREAKS: "pauzes",
    Accommodation.ITEMS: "aangepaste vragen",
    Accommodation.AT_HOME: "thuis, onder toezicht",
    Accommodation.LINES: "leeslineaal",
    Accommodation.MAGNIFIER: "vergrootglas",
    MORE_TIME: "extra tijd tijdens de toets",
}
_GRANTED = {GrantedBy.SCHOOL: "school", GrantedBy.STAFF: "toetsassistent", GrantedBy.NOBODY: "voor iedereen"}
LEAST_SHOWN_MS = 30_000
"""Less rounds to no minute, and matters to nobody."""
AidRow = tuple[str, str, str, str]


def aid_rows(found: Iterable[Accommodated]) -> tuple[AidRow, ...]:
    """Accommodations of a pupil: which, granted by whom, whether they were there, whether they were used."""
    return tuple((_named(one), _GRANTED[one.granted_by], _said(one.offered), _used(one)) for one in found)


def _named(one: Accommodated) -> str:
    """A kind, with what of it was granted."""
    name = NAMES.get(one.kind, one.kind)
    if one.kind == Accommodation.EXTRA_TIME:
        return f"{name} (× {one.value.replace('.', ',')})"
    if one.kind == MORE_TIME:
        return f"{name} ({one.value} min)"
    if one.kind == Accommodation.ITEMS:
        return f"{name} ({one.value})"
    if granted := breaks_of({one.kind: one.value}):
        return f"{name} ({granted.number} van hoogstens {minutes(granted.length_ms)})"
    return name


def _said(known: bool | None) -> str:
    return {True: "ja", False: "nee", None: "–"}[known]


def _used(one: Accommodated) -> str:
    return f"ja, {one.times} keer" if one.used and one.times else _said(one.used)


def aid_notes(seat: SeatOverview) -> Iterator[str]:
    """Where a pupil sits, and how often the page of the test was left: a note, and nothing to do about it."""
    if seat.is_at_home:
        yield "werkt thuis, onder toezicht"
    if seat.n_absences:
        long = f", samen {minutes(seat.away_ms)}" if seat.away_ms >= LEAST_SHOWN_MS else ""
        yield f"{seat.n_absences} keer even weg van de toetsbladzijde{long}"


def break_words(seat: SeatOverview) -> str:
    """What a pupil who is paused does."""
    return f"eigen pauze tot {clock(seat.break_until)}, bij" if seat.break_until else "pauze bij"


def lacking_words(seats: Iterable[SeatOverview]) -> Iterator[tuple[str, str]]:
    """What laptops cannot offer though it is granted, and what to do about it; one for all who lack the same."""
    lacking: dict[str, list[str]] = {}
    for seat in seats:
        if seat.lacking and seat.state is SeatState.BUSY:
            what = " en ".join(NAMES.get(kind, kind) for kind in sorted(seat.lacking))
            lacking.setdefault(what, []).append(seat.pupil)
    for what, pupils in lacking.items():
        yield (
            f"Op deze laptop lukt {what} niet: {pupils[0]}."
            if len(pupils) == 1
            else f"Op {len(pupils)} laptops lukt {what} niet: {', '.join(pupils)}.",
            "Daarvoor is een Nederlandse stem op de laptop nodig. Kies ‘Hulp’ bij de naam en verplaats de leerling "
            "naar een laptop die er een heeft. Kan dat niet? Noteer het in het toetsverslag.",
        )
