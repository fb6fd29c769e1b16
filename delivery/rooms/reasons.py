"""The reason that staff type: it stays in the log for ever, so it may not say who the pupil is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.errors import DeliveryError
from delivery.isolation import in_school
from delivery.tables import PupilRow, SeatRow

SHORTEST, LONGEST = 3, 200
LEAST_PART = 4
"""Shorter words of a name ("van", "den", "El") are in every sentence, or say nothing of whose it is."""


class ReasonError(DeliveryError):
    """A reason that cannot be kept; the message says why, in Dutch."""


def check_reason(
    db: Session,
    school_id: UUID,
    administration_id: UUID,
    typed: str,
    also: Collection[UUID] = (),
    *,
    longest: int = LONGEST,
) -> str:
    """The reason as the log keeps it: one line, without what cannot be printed.

    Parameters
    ----------
    db
        Database session.
    school_id, administration_id
        The room; no pupil of it may be named.
    typed
        What staff typed.
    also
        Pupils of the school who may not be named either.
    longest
        Most characters.

    Raises
    ------
    ReasonError
        If it is too short or too long, or holds a first name, a last name or a Discimus ID of them or of the room.
    """
    line = " ".join(unicodedata.normalize("NFC", typed).split())
    reason = "".join(character for character in line if character.isprintable())
    if len(reason) < SHORTEST:
        raise ReasonError("Zeg in enkele woorden waarom je dit doet.")
    if len(reason) > longest:
        raise ReasonError(f"Deze reden is te lang: hou het bij hoogstens {longest} tekens.")
    in_school(db, school_id)
    seated = select(SeatRow.pupil_id).where(
        SeatRow.school_id == school_id, SeatRow.administration_id == administration_id
    )
    pupils = db.exec(
        select(PupilRow.first_name, PupilRow.last_name, PupilRow.discimus_id).where(
            PupilRow.school_id == school_id, col(PupilRow.pupil_id).in_(seated) | col(PupilRow.pupil_id).in_(also)
        )
    )
    for name in {name for pupil in pupils for name in pupil if name}:
        if any(_holds(reason, part) for part in _parts(name)):
            raise ReasonError(f"In de reden staat ‘{name}’. Schrijf ze zonder namen of nummers van leerlingen.")
    return reason


def _parts(name: str) -> set[str]:
    """A name, and each of its words that is long enough to say who it is: "Van den Bossche" and "Bossche"."""
    return {name} | {word for word in re.split(r"[\s-]+", name) if len(word) >= LEAST_PART}


def _holds(reason: str, name: str) -> bool:
    """Whether a reason holds a name or number, also in small letters, without accents, or with an s ("lottes laptop").

    A name of two letters counts only as it is written: "an" or "jo" is not always somebody.
    """
    if name.isdigit():
        return name in reason
    if len(name) > 2:
        reason, name = _plain(reason), _plain(name)
    return re.search(rf"(?<!\w){re.escape(name)}s?(?!\w)", reason) is not None


def _plain(text: str) -> str:
    """Small letters without accents: whoever is in a hurry types "zoe" for Zoë."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
