"""What an emergency file brought, in the words of its page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from delivery.sealed import Outcome

ERASED = "Een leerling van wie de gegevens gewist zijn"
KNOWN, NEW, APART, WAITING, GONE = "al bekend", "nieuw", "apart bewaard", "nog niet bruikbaar", "niet ingelezen"
IN_ORDER = (NEW, KNOWN, APART, WAITING, GONE)
REMARKS = {
    APART: "Apart bewaard: dit telt niet vanzelf mee, want er was al een ander antwoord, of de toets was afgesloten.",
    WAITING: "Nog niet bruikbaar: er ontbreekt een eerder antwoord, of de toets is nog niet open. "
    "Lees eerst het bestand van de andere laptop in, en daarna dit bestand opnieuw.",
}
REFUSED = {
    "other_school": (
        "hoort bij een andere school",
        "horen bij een andere school",
        "Bezorg het bestand aan die school.",
    ),
    "not_yours": (
        "komt niet uit deze Peil-omgeving, of is veranderd",
        "komen niet uit deze Peil-omgeving, of zijn veranderd",
        "Kijk na of je het juiste bestand koos.",
    ),
}
DAMAGED = ("is beschadigd", "zijn beschadigd", "Bewaar het bestand op de laptop opnieuw, als dat nog kan.")


@dataclass(frozen=True, slots=True)
class PupilRescued:
    """What became of the answers of one pupil, such as "3 nieuw, 2 al bekend"."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Rescued:
    """What became of a file.

    Attributes
    ----------
    pupils : by name
    remarks : what a word in their lines means, where it stands
    refused : sentences about what was not read
    """

    pupils: tuple[PupilRescued, ...]
    remarks: tuple[str, ...]
    refused: tuple[str, ...]


def rescued_of(outcomes: Sequence[Outcome], names: Mapping[UUID, str]) -> Rescued:
    """The page of a file that was read.

    Parameters
    ----------
    outcomes
        One for each row of the file.
    names
        Pupil by sitting, as far as there is one.
    """
    counts: dict[UUID | None, Counter[str]] = {}
    for outcome in outcomes:
        if outcome.ref is not None:
            sitting = outcome.ref.sitting_id if outcome.ref.sitting_id in names else None
            counts.setdefault(sitting, Counter())[_word(outcome)] += 1
    pupils = [(names[sitting] if sitting else ERASED, count) for sitting, count in counts.items()]
    words = {word for count in counts.values() for word in count}
    refused = Counter(REFUSED.get(outcome.code, DAMAGED) for outcome in outcomes if outcome.ref is None)
    return Rescued(
        pupils=tuple(PupilRescued(name, _line(count)) for name, count in sorted(pupils, key=lambda pupil: pupil[0])),
        remarks=tuple(remark for word, remark in REMARKS.items() if word in words),
        refused=tuple(_sentence(n, *how) for how, n in refused.items()),
    )


def _word(outcome: Outcome) -> str:
    """The one word for an answer."""
    if outcome.receipt is not None:
        return NEW if outcome.is_new else KNOWN
    if outcome.code == "erased":
        return GONE
    return APART if outcome.is_settled else WAITING


def _line(count: Counter[str]) -> str:
    """How many of each."""
    return ", ".join(f"{count[word]} {word}" for word in IN_ORDER if count[word])


def _sentence(n: int, one: str, many: str, advice: str) -> str:
    """What was not read, and what to do."""
    return f"1 antwoord {one}. {advice}" if n == 1 else f"{n} antwoorden {many}. {advice}"
