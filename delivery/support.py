"""Support codes: what a pupil reads aloud to a help desk, which then sees how the sitting stands, and no name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import SittingRef, keyed_hash
from delivery.direct import as_instant
from delivery.errors import UnknownRecordError
from delivery.isolation import in_school
from delivery.journal.reading import read_log
from delivery.people import list_schools
from delivery.people.values import KnownSchool
from delivery.rooms.codes import ALPHABET, normalise_code
from delivery.sittings.state import SittingState, empty_state, fold
from delivery.tables import AdministrationRow, ContactRow, SittingRow

CODE_LENGTH = 9
"""23^9, 1.8 million million: among a country's sittings of a year two hardly ever share a code, and both are shown."""
GROUP = 3
LAST_EVENTS = 6


@dataclass(frozen=True, slots=True)
class SupportCase:
    """What a help desk sees of a sitting.

    Attributes
    ----------
    state : the sitting, folded from its log
    school, test, status : where it is taken, and how that room stands
    last_contact : when a worker last heard of the laptop, as far as it was written down
    recent : number, kind and time of the last events
    """

    state: SittingState
    school: KnownSchool
    test: str
    status: str
    last_contact: datetime | None
    recent: tuple[tuple[int, str, datetime], ...]


def support_code(key: bytes, sitting_id: UUID) -> str:
    """Code of a sitting in three groups of three; always the same, and means nothing without the key.

    Parameters
    ----------
    key : the installation's key of codes
    """
    number = int.from_bytes(keyed_hash(key, "support", sitting_id.bytes))
    signs = []
    for _ in range(CODE_LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return " ".join("".join(signs[at : at + GROUP]) for at in range(0, CODE_LENGTH, GROUP))


def find_cases(db: Session, key: bytes, typed: str) -> list[SupportCase]:
    """Sittings with a support code, as somebody typed it.

    Raises
    ------
    UnknownRecordError
        If no sitting has it.
    JournalError
        If its log is not as it was written.
    """
    wanted = normalise_code(typed)
    found = [
        _case(db, school, ref)
        for school in list_schools(db)
        for ref in _sittings_of(db, school)
        if normalise_code(support_code(key, ref.sitting_id)) == wanted
    ]
    if not found:
        raise UnknownRecordError(
            f"support code {typed}: no sitting has it. It has {CODE_LENGTH} signs out of {ALPHABET}: let the pupil "
            "spell it again."
        )
    return found


def _sittings_of(db: Session, school: KnownSchool) -> Iterator[SittingRef]:
    """Every sitting of a school."""
    in_school(db, school.school_id)
    sittings = db.exec(select(SittingRow.sitting_id).where(SittingRow.school_id == school.school_id)).all()
    return (SittingRef(school.school_id, sitting) for sitting in sittings)


def _case(db: Session, school: KnownSchool, ref: SittingRef) -> SupportCase:
    """How one sitting stands."""
    log = read_log(db, ref.school_id, ref.sitting_id)
    room = db.exec(
        select(AdministrationRow.title, AdministrationRow.status)
        .join(
            SittingRow,
            (col(SittingRow.school_id) == AdministrationRow.school_id)
            & (col(SittingRow.administration_id) == AdministrationRow.administration_id),
        )
        .where(SittingRow.school_id == ref.school_id, SittingRow.sitting_id == ref.sitting_id)
    ).one()
    contact = db.exec(
        select(ContactRow.last_contact).where(
            ContactRow.school_id == ref.school_id, ContactRow.sitting_id == ref.sitting_id
        )
    ).first()
    return SupportCase(
        state=fold(empty_state(ref.school_id, ref.sitting_id), (recorded.event for recorded in log)),
        school=school,
        test=room[0],
        status=str(room[1]),
        last_contact=as_instant(contact) if contact else None,
        recent=tuple((one.event.event_number, one.event.kind, one.recorded_at) for one in log[-LAST_EVENTS:]),
    )
