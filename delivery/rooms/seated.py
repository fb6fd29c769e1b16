"""Where pupils sit for a test, room by room, and whether anybody ever worked there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.sittings.events import EventKind
from delivery.tables import AdministrationRow, EventRow, PupilRow, SeatRow


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat as the database has it.

    Attributes
    ----------
    pupil_id : None on a reserve seat that nobody is linked to
    name : of the pupil, or of the reserve seat
    denied : somebody answered "dat ben ik niet" here, and nobody has entered since
    """

    sitting_id: UUID
    administration_id: UUID
    pupil_id: UUID | None
    name: str
    denied: bool


def seats_of(db: Session, school_id: UUID, *administrations: UUID) -> tuple[Seat, ...]:
    """Seats of rooms, by last name, reserve seats without a pupil last."""
    in_school(db, school_id)
    rows = db.exec(
        select(SeatRow, PupilRow.first_name, PupilRow.last_name)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .where(SeatRow.school_id == school_id, col(SeatRow.administration_id).in_(administrations))
        .order_by(col(PupilRow.last_name).nulls_last(), col(PupilRow.first_name), col(SeatRow.reserve))
    )
    return tuple(
        Seat(
            row.sitting_id,
            row.administration_id,
            row.pupil_id,
            seat_name(first, last, row.reserve),
            row.denied_at is not None,
        )
        for row, first, last in rows
    )


def seated_here(db: Session, school_id: UUID, administration_id: UUID) -> dict[UUID, SeatRow]:
    """Seats of a room by pupil; those without one are left out."""
    in_school(db, school_id)
    rows = db.exec(
        select(SeatRow).where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
    )
    return {row.pupil_id: row for row in rows if row.pupil_id is not None}


def worked_elsewhere(db: Session, school_id: UUID, administration_id: UUID) -> frozenset[UUID]:
    """Pupils whose seat for the test of a room, in another room, was used: a laptop came in there.

    A seat that nobody used keeps nobody: whoever was absent takes the test at the *inhaalmoment*.
    """
    in_school(db, school_id)
    test = (
        select(AdministrationRow.test)
        .where(AdministrationRow.school_id == school_id, AdministrationRow.administration_id == administration_id)
        .scalar_subquery()
    )
    rows = db.exec(
        select(SeatRow.pupil_id)
        .join(
            AdministrationRow,
            (col(AdministrationRow.school_id) == SeatRow.school_id)
            & (col(AdministrationRow.administration_id) == SeatRow.administration_id),
        )
        .join(
            EventRow,
            (col(EventRow.school_id) == SeatRow.school_id)
            & (col(EventRow.sitting_id) == SeatRow.sitting_id)
            & (col(EventRow.kind) == EventKind.CLAIMED),
        )
        .where(
            SeatRow.school_id == school_id,
            AdministrationRow.test == test,
            AdministrationRow.administration_id != administration_id,
            col(SeatRow.pupil_id).is_not(None),
        )
    )
    return frozenset(pupil_id for pupil_id in rows if pupil_id is not None)
