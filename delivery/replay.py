"""Telling what happened in a sitting, choice by choice, from the log alone: nothing is chosen again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from delivery.errors import UnknownEventError, UnknownRecordError
from delivery.journal.reading import RecordedEvent, read_log
from delivery.people import list_schools
from delivery.sittings.events import (
    AccommodationUsed,
    Answered,
    Claimed,
    Evidence,
    FocusLost,
    Help,
    ItemSkipped,
    Judged,
    Offered,
    Payload,
    Presented,
    Reassigned,
    Started,
    Step,
    TimeCredited,
    TimeGranted,
    read_payload,
)
from delivery.sittings.offers import Offer, Presentation
from engine.stopping import StopReason


@dataclass(frozen=True, slots=True)
class Explanation:
    """One event in words: what happened, then its reasons."""

    event_number: int
    kind: str
    recorded_at: datetime
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it in one line."""
        return "; ".join(self.words)

    def __str__(self) -> str:
        head = f"{self.event_number:4d}  {self.recorded_at:%Y-%m-%d %H:%M:%S}  {self.kind:<12} "
        return head + ("\n" + " " * len(head)).join(self.words)


def replay(db: Session, sitting_id: UUID) -> tuple[Explanation, ...]:
    """Every event of a sitting in words; of every choice, why that item.

    Raises
    ------
    UnknownRecordError
        If no school has such a sitting with a log.
    JournalError
        If its log is not as it was written.
    """
    for school in list_schools(db):
        if log := read_log(db, school.school_id, sitting_id):
            return tuple(_explain(recorded) for recorded in log)
    raise UnknownRecordError(f"sitting {sitting_id} has no log: the identifier is wrong, or its room was never opened")


def _explain(recorded: RecordedEvent) -> Explanation:
    """One event."""
    event = recorded.event
    try:
        words = tuple(_words(read_payload(event)))
    except UnknownEventError as unknown:
        words = (f"this release cannot read {unknown}",)
    return Explanation(event.event_number, event.kind, recorded.recorded_at, words)


def _words(payload: Payload) -> Iterator[str]:
    """What an event says, without what the pupil typed."""
    match payload:
        case Started():
            yield from _start(payload)
        case Offered() | Presented():
            yield from _offered(payload)
        case Answered():
            yield from _answer(payload)
        case Judged():
            yield f"evidence {payload.hash[:12]}: {payload.reason}"
            yield from _answer(payload.answer) if payload.answer else ()
        case Claimed() | Reassigned() | ItemSkipped() | Help() | AccommodationUsed() | FocusLost():
            yield from _around(payload)
        case Evidence():
            yield f"question {payload.position}: kept as evidence ({payload.cause}), device {payload.epoch}"
        case TimeGranted():
            yield f"{payload.granted_ms / 60_000:g} minutes more: {payload.reason}"
            yield from _staff(payload.by)
        case TimeCredited():
            yield from _credit(payload)
        case Step():
            yield payload.cause
            yield from _staff(payload.by)


def _noticed(noticed: AccommodationUsed | FocusLost) -> Iterator[str]:
    """What a laptop noticed beside the questions."""
    if isinstance(noticed, FocusLost):
        yield f"the page lost the focus {noticed.times} times so far on device {noticed.epoch}"
        yield f"{noticed.away_ms / 1000:.1f} s in all"
        return
    for what, kinds in (("there", noticed.offered), ("cannot be offered", noticed.lacking), ("used", noticed.used)):
        if kinds:
            yield f"{what}: {', '.join(kinds)}"


def _around(
    payload: Claimed | Reassigned | ItemSkipped | Help | AccommodationUsed | FocusLost,
) -> Iterator[str]:
    """What happened around the questions."""
    if isinstance(payload, AccommodationUsed | FocusLost):
        yield from _noticed(payload)
    elif isinstance(payload, Claimed):
        yield from _claim(payload)
    elif isinstance(payload, Reassigned):
        yield from _reassignment(payload)
    elif isinstance(payload, ItemSkipped):
        yield from _skip(payload)
    else:
        yield "the pupil asks for help" if payload.wanted else "somebody comes to help"
        yield from _staff(payload.by)


def _claim(claimed: Claimed) -> Iterator[str]:
    """A device took over, or staff took the sitting from it."""
    if not claimed.released:
        yield f"device {claimed.epoch} took over"
        return
    yield "taken from its device, for the next one that comes" + (f": {claimed.reason}" if claimed.reason else "")
    yield from _staff(claimed.by)


def _skip(skipped: ItemSkipped) -> Iterator[str]:
    """An item was taken away, and what came instead."""
    yield f"question {skipped.position}, {skipped.item}, does not count: {skipped.reason}"
    yield from _staff(skipped.by)
    if skipped.returned_ms:
        yield f"{_minutes(skipped.returned_ms)} of working time given back"
    if skipped.following is not None:
        yield from _why(skipped.following)
    elif skipped.complete:
        yield from _end(skipped.ended)


def _start(started: Started) -> Iterator[str]:
    """What was pinned."""
    yield f"test {started.test}, {started.length} questions, bank {started.bank[:12]}"
    if started.plan:
        yield f"planned {', '.join(started.plan)}"
    if started.pretest:
        yield "field test " + ", ".join(f"{item} at {at}" for at, item in started.pretest)
    yield f"accommodations {started.accommodations or 'none'}" + (", simulated" if started.simulated else "")


def _reassignment(reassigned: Reassigned) -> Iterator[str]:
    """That the sitting is another pupil's; the log does not say whose."""
    yield f"another pupil's from here on: {reassigned.reason}"
    if reassigned.accommodations is not None:
        yield f"accommodations {reassigned.accommodations or 'none'}"
    yield from _staff(reassigned.by)


def _credit(credit: TimeCredited) -> Iterator[str]:
    """What became of the time in which nobody heard of a laptop."""
    if credit.cause == "clock":
        yield "the laptop's clock shows work while it was offline"
    else:
        yield "the laptop is back"
    if credit.credited_ms:
        what = "given back" if credit.credited_ms > 0 else "taken back again"
        yield f"{_minutes(abs(credit.credited_ms))} of offline time {what}"
    if credit.over_ms > 0:
        yield f"{_minutes(credit.over_ms)} not given back: more than the policy allows"
    yield f"{_minutes(credit.worked_ms)} charged as working time"


def _minutes(milliseconds: int) -> str:
    """Minutes, to a tenth."""
    return f"{milliseconds / 60_000:.1f} minutes"


def _staff(identifier: str) -> Iterator[str]:
    """Who did it, where one person did."""
    if identifier:
        yield f"by staff {identifier}"


def _offered(offered: Offered | Presented) -> Iterator[str]:
    """An item that was chosen outside an answer, or shown unchosen; items that were sent ahead; or the end."""
    if isinstance(offered, Presented):
        yield from _shown(offered.shown)
    elif offered.reserve:
        yield f"sent ahead: {', '.join(sent.item for sent in offered.reserve)}"
    elif offered.offer is not None:
        yield from _why(offered.offer)
    else:
        yield from _end(offered.ended)


def _shown(shown: Presentation) -> Iterator[str]:
    """An item that was not chosen, and why."""
    yield f"question {shown.position} is {shown.item}, which the laptop held and showed by itself ({shown.cause})"
    if shown.swaps:
        yield f"the plan took {_pairs(shown.swaps)}"


def _pairs(swaps: Iterable[tuple[str, str]]) -> str:
    """Swaps in words."""
    return ", ".join(f"{into} for {out}" for out, into in swaps)


def _answer(answer: Answered) -> Iterator[str]:
    """An accepted answer and the choice that followed."""
    if answer.presented is not None:
        yield from _shown(answer.presented)
    late = f", late ({answer.late})" if answer.late else ""
    seconds = answer.elapsed_ms / 1000
    yield f"question {answer.position}, {answer.item}: category {answer.category} in {seconds:.1f} s{late}"
    if answer.showing is not None:
        yield from _shown(answer.showing)
    elif answer.following is not None:
        yield from _why(answer.following)
    elif answer.complete:
        yield from _end(answer.ended)


def _end(ended: str) -> Iterator[str]:
    """Why a test is over."""
    if ended:
        yield StopReason[ended.upper()].words
    yield "the test is complete"


_ROUTES = {
    "plan": "from the plan",
    "solved": "from a plan that was solved anew, because swaps could not keep the blueprint",
    "pool": "from the whole pool",
    "pretest": "a field-test item that was drawn for this place",
    "penalty": "the item of least harm, because no plan met the blueprint any more: fallback",
    "any": "an item that was not seen yet, because nothing else was left: fallback",
    "refused": "an item that was not seen yet, because the engine could not choose from this log: fallback",
}


def _why(offer: Offer) -> Iterator[str]:
    """Why an item was chosen."""
    choice = offer.choice
    ability = f"ability {choice.theta:+.2f} (SE {choice.standard_error:.2f})"
    yield f"then question {offer.position} is {offer.item}, at {ability}"
    if choice.route:
        yield _ROUTES.get(choice.route, choice.route)
    elif choice.fallback:
        yield "no item fitted the blueprint any more: fallback"
    if choice.swaps:
        yield f"the plan took {_pairs(choice.swaps)}"
    if choice.best:
        best = ", ".join(f"{item} {score:.3f}" for item, score in choice.best)
        yield f"best of what could be given: {best}; draw {choice.draw:.3f}"
    if choice.binding:
        yield f"better ones were kept out by {', '.join(choice.binding)}"
    if choice.lifted:
        yield "what was held back left no test (exposure, enemies of a field-test item), and was given up"
