"""What delivery refuses, and how that looks from outside: the one place where an error gets a status and a code."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec
import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

log = structlog.get_logger(__name__)
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""Not JSON, not ours, or nested deeper than the reader goes."""


class DeliveryError(Exception):
    """Base of every error that this package raises."""


class JournalError(DeliveryError):
    """The log could not be written or read; nothing was promised to anyone."""


class NotStoredError(JournalError):
    """The database refused what was appended and undid it: nothing is stored, and that is certain."""


class LostRaceError(NotStoredError):
    """Another worker appended first: reload the sitting and decide again."""


class DamagedLogError(JournalError):
    """The log of one sitting is not what was written: trying again does not help, and concerns no other sitting."""


class UnreachableError(DeliveryError):
    """The management database cannot answer now; nothing was promised to anyone."""


class ConstraintError(DeliveryError):
    """A row refers to one that is not there, such as the key of a sitting that was erased."""


class ConfigurationError(DeliveryError):
    """The installation is not safe to run; the message says what to change."""


class UnknownRecordError(DeliveryError):
    """A school, class, pupil, administration or sitting that does not exist, or belongs to another school."""


class UnknownEventError(DeliveryError):
    """An event that this release cannot read, of a later one or damaged: its sitting is read-only here."""


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """One fault in a roster: where it is, what is wrong and what to do, in Dutch.

    Attributes
    ----------
    file : name of the file within the roster
    line : line in that file, 1 is the header; 0 concerns the whole file
    message : one sentence
    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, regel {self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class RosterError(DeliveryError):
    """A roster that is not imported, not even partly; ``problems`` holds every fault found."""

    def __init__(self, problems: tuple[RosterProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


REFUSALS: dict[str, tuple[int, str]] = {
    "already_answered": (409, "Je eerste antwoord op deze vraag telt. Werk gerust verder."),
    "already_finished": (409, "Je hebt deze toets al ingediend. Goed gewerkt!"),
    "broken_seal": (422, "Dit antwoord kwam beschadigd aan. Steek je hand op."),
    "busy": (503, "Er komen nu veel klassen tegelijk binnen. De toets begint vanzelf."),
    "erased": (410, "De gegevens van deze toets zijn gewist. Steek je hand op."),
    "gap": (409, "Er ontbreekt nog een eerder antwoord. Het wordt vanzelf opnieuw verstuurd."),
    "hash_mismatch": (422, "Je antwoord kwam beschadigd aan. Steek je hand op."),
    "item_skipped": (409, "Je toetsassistent sloeg deze vraag over. Ze telt niet mee. Werk gerust verder."),
    "invalid_response": (422, "Dit antwoord past niet bij de vraag. Steek je hand op."),
    "malformed": (422, "Er ging iets mis bij het versturen. Steek je hand op."),
    "moved": (409, "Je werkt nu verder op een andere laptop."),
    "not_closing": (409, "Dien eerst je toets in."),
    "not_found": (404, "Deze pagina bestaat niet."),
    "no_break": (409, "Je hebt geen pauzes meer. Werk rustig verder, of vraag hulp."),
    "no_time_limit": (409, "Deze toets heeft geen tijdslimiet: extra tijd is niet nodig."),
    "not_handed_in": (409, "Deze leerling is nog bezig: er valt niets te heropenen."),
    "not_in": (409, "Deze leerling is nog niet binnen: er valt niets te verplaatsen."),
    "not_offered": (422, "Deze vraag hoort niet bij jouw toets. Steek je hand op."),
    "not_open": (409, "De toets is nog niet open. Wacht even op de toetsassistent."),
    "not_void": (409, "Deze toets is niet ongeldig."),
    "no_seat_for_both": (409, "Kies een leerling van dit lokaal: dan wisselen de twee namen."),
    "not_yours": (403, "Deze toets hoort niet bij jouw codes. Steek je hand op."),
    "nothing_left": (409, "Deze leerling heeft alle vragen beantwoord: er valt niets te heropenen."),
    "other_item": (409, "Deze leerling is intussen bij een andere vraag. Kijk opnieuw en probeer het dan nog eens."),
    "other_school": (403, "Dit antwoord hoort bij een andere school."),
    "read_only": (409, "Deze toets kan nu niet verder. Steek je hand op."),
    "room_changed": (409, "Iemand anders veranderde dit toetsmoment net. Kijk opnieuw en probeer het dan nog eens."),
    "room_closed": (409, "Dit toetsmoment is afgesloten. Steek je hand op."),
    "room_not_open": (409, "Het lokaal is nog niet open. Wacht even op de toetsassistent."),
    "seated_elsewhere": (409, "Deze leerling begon deze toets al in een ander lokaal."),
    "sealed": (409, "Deze toets is al afgesloten. Je antwoord is apart bewaard. Steek je hand op."),
    "ticket_expired": (401, "Dat duurde te lang. Typ je codes nog eens."),
    "too_many_bodies": (429, "We kunnen van deze laptop nu niets meer aannemen. Steek je hand op."),
    "too_large": (413, "Dit antwoord is te groot om te versturen. Maak het korter."),
    "too_many_rows": (429, "Dit netwerk stuurt nu te veel tegelijk. De laptop probeert het vanzelf opnieuw."),
    "unavailable": (503, "We kunnen je antwoord nu even niet bewaren. De toets probeert het vanzelf opnieuw."),
    "unconfirmed_device": (409, "Op een andere laptop staan misschien nog antwoorden. Steek je hand op."),
    "unknown_code": (404, "Deze codes kennen we niet. Kijk ze goed na en probeer het nog eens."),
    "unknown_token": (401, "Je aanmelding is niet meer geldig. Typ je codes nog eens."),
    "void": (409, "Deze toets is stopgezet. Steek je hand op."),
    "wait_for_click": (409, "Steek je hand op en zeg het nummer op je scherm. Je toetsassistent laat je binnen."),
}
"""code → (HTTP status, what a pupil reads, or staff where only they can meet it)"""


class RefusedError(DeliveryError):
    """A request that is refused with a code that the player knows.

    Attributes
    ----------
    code : key of `REFUSALS`
    fields : what the player gets besides the code and the message, ready for JSON
    """

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    @property
    def status(self) -> int:
        """HTTP status of the reply."""
        return REFUSALS[self.code][0]

    def body(self) -> dict[str, object]:
        """What the reply says."""
        return {"code": self.code, "message": REFUSALS[self.code][1], **self.fields}


RETRY_AFTER_S = 2
"""Seconds that a laptop waits after 503: longer than a restart of one worker, short enough not to be noticed."""
CALM_DOWN_S = 60
"""Seconds that a laptop waits after 429."""


DATABASE_AWAY = (OperationalError, PoolTimeoutError)
"""What the management database raises when it is stopped, full or overloaded: a laptop tries again."""


def refusal_of(error: Exception) -> RefusedError:
    """Translate an error of this package or of a database that is away into what a laptop gets; a fault is logged."""
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, UnknownRecordError):
        return RefusedError("not_found")
    _report(error)
    return RefusedError("read_only" if isinstance(error, DamagedLogError) else "unavailable")


REPORT_EVERY_S = 5.0
MOST_REPORTS = 100
_reported: dict[str, float] = {}


def _report(error: Exception) -> None:
    """Log a fault, the same one at most once in five seconds; the rest of a message may hold rows of a table."""
    message, now = str(error).partition("\n")[0], time.monotonic()
    if now - _reported.get(message, -REPORT_EVERY_S) < REPORT_EVERY_S:
        return
    if len(_reported) >= MOST_REPORTS:
        _reported.clear()  # better to repeat one than to grow
    _reported[message] = now
    log.error("request not served", kind=type(error).__name__, error=message)


def headers_of(refusal: RefusedError) -> dict[str, str]:
    """Headers that belong to a refusal."""
    seconds = refusal.fields.get("retry_after_s") or {503: RETRY_AFTER_S, 429: CALM_DOWN_S}.get(refusal.status)
    wait = {} if seconds is None else {"Retry-After": str(seconds)}
    return {"Cache-Control": "no-store", **wait}
