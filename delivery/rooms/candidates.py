"""Who may turn out to sit at a seat: pupils of the room, and for a seat without one also others of the school."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.tables import AdministrationRow, ClassRow, EnrolmentRow, PupilRow, SeatRow


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

    Whoever has a seat for the same test in another room of the school is left out.
    """
    in_school(db, school_id)
    seat, room = db.get(SeatRow, (school_id, sitting_id)), db.get(AdministrationRow, (school_id, administration_id))
    if seat is None or room is None:
        return ()
    seated = dict(
        db.exec(
            select(SeatRow.pupil_id, SeatRow.administration_id)
            .join(
                AdministrationRow,
                (col(AdministrationRow.school_id) == SeatRow.school_id)
                & (col(AdministrationRow.administration_id) == SeatRow.administration_id),
            )
            .where(SeatRow.school_id == school_id, AdministrationRow.test == room.test)
            .order_by(col(SeatRow.administration_id) == administration_id)  # whoever has two seats is here
        ).all()
    )
    found = (
        Candidate(pupil_id, f"{first} {last}", title or "", pupil_id in seated)
        for pupil_id, first, last, title in _pupils(db, school_id)
        if pupil_id != seat.pupil_id
        and seated.get(pupil_id, administration_id) == administration_id
        and (pupil_id in seated or seat.pupil_id is None)
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
