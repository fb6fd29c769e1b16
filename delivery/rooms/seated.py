"""Where pupils sit for a test, room by room, and whether anybody ever worked there."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.sittings.events import EventKind
from delivery.tables import AdministrationRow, EventRow, SeatRow


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
