"""Who may turn out to sit at a seat: pupils of the room, and for a seat without one also others of the school."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.rooms.seated import seated_here, worked_elsewhere
from delivery.tables import ClassRow, EnrolmentRow, PupilRow, SeatRow


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil who can be chosen.

    Attributes
    ----------
    name : first and last name
    class_title : where the pupil is enrolled now; "" nowhere
    is_here : has a seat in the room
    """

    pupil_id: UUID
    name: str
    class_title: str
    is_here: bool


def candidates(db: Session, school_id: UUID, administration_id: UUID, sitting_id: UUID) -> tuple[Candidate, ...]:
    """Pupils who can be chosen for a seat: first those of the room, then by class and last name.

    Whoever took the same test in another room of the school is left out.
    """
    in_school(db, school_id)
    seat = db.get(SeatRow, (school_id, sitting_id))
    if seat is None:
        return ()
    here = seated_here(db, school_id, administration_id)
    elsewhere = worked_elsewhere(db, school_id, administration_id)
    found = (
        Candidate(pupil_id, f"{first} {last}", title or "", pupil_id in here)
        for pupil_id, first, last, title in _pupils(db, school_id)
        if pupil_id != seat.pupil_id and (pupil_id in here or (seat.pupil_id is None and pupil_id not in elsewhere))
    )
    return tuple(sorted(dict.fromkeys(found), key=lambda candidate: (not candidate.is_here, candidate.class_title)))


def _pupils(db: Session, school_id: UUID) -> list[tuple[UUID, str, str, str | None]]:
    """Pupils of a school with one of their classes, by last name."""
    rows = db.exec(
        select(PupilRow.pupil_id, PupilRow.first_name, PupilRow.last_name, ClassRow.title)
        .outerjoin(
            EnrolmentRow,
            (col(EnrolmentRow.school_id) == PupilRow.school_id) & (col(EnrolmentRow.pupil_id) == PupilRow.pupil_id),
        )
        .outerjoin(
            ClassRow,
            (col(ClassRow.school_id) == EnrolmentRow.school_id) & (col(ClassRow.class_id) == EnrolmentRow.class_id),
        )
        .where(PupilRow.school_id == school_id)
        .order_by(col(PupilRow.last_name), col(PupilRow.first_name), col(ClassRow.title))
    )
    found: dict[UUID, tuple[UUID, str, str, str | None]] = {}
    for row in rows:
        found.setdefault(row[0], (row[0], row[1], row[2], row[3]))
    return list(found.values())
