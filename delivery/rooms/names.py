"""Names that go with sittings, for staff of the same school."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.tables import PupilRow, SeatRow


def pupils_of(db: Session, school_id: UUID, sittings: Collection[UUID]) -> dict[UUID, str]:
    """Name of the seat by sitting, a reserve seat without a pupil included; erased and other schools' are left out."""
    in_school(db, school_id)
    rows = db.exec(
        select(SeatRow.sitting_id, PupilRow.first_name, PupilRow.last_name, SeatRow.reserve)
        .join(
            PupilRow,
            (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id),
            isouter=True,
        )
        .where(SeatRow.school_id == school_id, col(SeatRow.sitting_id).in_(list(sittings)))
    )
    return {sitting: seat_name(first, last, reserve) for sitting, first, last, reserve in rows}
