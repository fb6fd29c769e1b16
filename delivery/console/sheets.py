"""The sheet on which staff do something for one pupil or for all: what was typed on it, and why it is refused."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import FormData

from delivery.access import SittingRef
from delivery.console.remedies import (
    ADMIT,
    ANSWER_HELP,
    MORE_TIME,
    MOST_MINUTES,
    MOVE,
    REASSIGN,
    REJECT,
    REOPEN,
    REVALIDATE,
    SKIP,
    USUAL_MINUTES,
    VOID,
)
from delivery.errors import REFUSALS, DeliveryError
from delivery.rooms import (
    Ground,
    answer_help,
    grant_time,
    judge_late,
    reassign_sitting,
    release_sitting,
    reopen_sitting,
    revalidate_sitting,
    skip_item,
    void_sitting,
)
from delivery.sittings import Sittings

HANDED_IN = "Deze toets is al ingediend. Heropen ze eerst."
STAFF_SAYS = {
    "already_finished": HANDED_IN,
    "erased": "De gegevens van deze leerling zijn gewist.",
    "not_open": "De toets is nog niet open. Open eerst het toetsmoment.",
    "read_only": "Deze toets kan met deze versie van Peil niet verder. Verwittig de ICT-verantwoordelijke.",
    "sealed": HANDED_IN,
    "void": "Deze toets is ongeldig. Vraag je toetscoördinator om ze weer geldig te maken.",
}
"""Refusals that a pupil reads in other words; the rest of `REFUSALS` says the same to both."""

MINUTE_MS = 60_000
_NAME_OF_A_SHEET = re.compile(r"[\w-]{1,32}", re.ASCII)


class SheetError(DeliveryError):
    """Something on a sheet that cannot be used; the message says what, in Dutch."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What is on a sheet.

    Attributes
    ----------
    minutes, reason : as they were typed
    once : names the sheet, so that sending it twice does it once
    item : the item that the pupil had when the sheet was made
    pupil : the pupil that was chosen, hexadecimal; "" none
    """

    minutes: str
    reason: str
    once: str
    item: str = ""
    pupil: str = ""


def read_sheet(form: FormData) -> Typed:
    """Fields of a sheet; "" where one is missing."""
    fields = ("minutes", "reason", "once", "item", "pupil")
    minutes, reason, once, item, pupil = (_text(form, name) for name in fields)
    once = once if _NAME_OF_A_SHEET.fullmatch(once) else ""  # it stays in the log for ever
    return Typed(minutes, reason, once, item, pupil)


def empty_sheet(once: str) -> Typed:
    """A sheet that nobody typed on."""
    return Typed(str(USUAL_MINUTES), "", once)


def granted_ms(typed: Typed) -> int:
    """Extra time that is asked for, in milliseconds.

    Raises
    ------
    SheetError
        If it is no whole number of minutes, or too many.
    """
    minutes = typed.minutes.strip()
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 6 and 1 <= int(minutes) <= MOST_MINUTES):
        raise SheetError(f"Geef een aantal hele minuten, van 1 tot en met {MOST_MINUTES}.")
    return int(minutes) * MINUTE_MS


def chosen_pupil(typed: Typed) -> UUID:
    """The pupil that was chosen.

    Raises
    ------
    SheetError
        If none was.
    """
    try:
        return UUID(typed.pupil)
    except ValueError:
        raise SheetError("Kies de leerling die aan deze laptop zit.") from None


def said_to_staff(code: str) -> str:
    """A refusal in words for staff."""
    return STAFF_SAYS.get(code) or REFUSALS[code][1]


async def give_time(sittings: Sittings, school_id: UUID, sitting_ids: list[UUID], ground: Ground, typed: Typed) -> None:
    """Give these pupils the minutes that are on the sheet."""
    await grant_time(sittings, school_id, sitting_ids, granted_ms(typed), ground, typed.once)


async def _give_time(sittings: Sittings, ref: SittingRef, ground: Ground, typed: Typed) -> None:
    await give_time(sittings, ref.school_id, [ref.sitting_id], ground, typed)


async def _reopen(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await reopen_sitting(sittings, ref, ground)


async def _void(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await void_sitting(sittings, ref, ground)


async def _revalidate(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await revalidate_sitting(sittings, ref, ground)


async def _move(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await release_sitting(sittings, ref, ground)


async def _skip(sittings: Sittings, ref: SittingRef, ground: Ground, typed: Typed) -> None:
    await skip_item(sittings, ref, typed.item, ground)


async def _answer_help(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await answer_help(sittings, ref, ground)


async def _reassign(sittings: Sittings, ref: SittingRef, ground: Ground, typed: Typed) -> None:
    await reassign_sitting(sittings, ref, chosen_pupil(typed), ground)


async def _admit(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await judge_late(sittings, ref, ground, admit=True)


async def _reject(sittings: Sittings, ref: SittingRef, ground: Ground, _typed: Typed) -> None:
    await judge_late(sittings, ref, ground, admit=False)


DO: dict[str, Callable[[Sittings, SittingRef, Ground, Typed], Awaitable[None]]] = {
    MOVE.name: _move,
    MORE_TIME.name: _give_time,
    SKIP.name: _skip,
    ANSWER_HELP.name: _answer_help,
    REOPEN.name: _reopen,
    VOID.name: _void,
    REVALIDATE.name: _revalidate,
    REASSIGN.name: _reassign,
    ADMIT.name: _admit,
    REJECT.name: _reject,
}


def _text(form: FormData, field: str) -> str:
    """One text field."""
    value = form.get(field, "")
    return value if isinstance(value, str) else ""
