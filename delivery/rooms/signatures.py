"""The coordinator's name under the report of a room, and up to where in each log it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlmodel import Session, col, func, select

from delivery.errors import RefusedError
from delivery.journal.reading import read_heads
from delivery.rooms.administrations import load_administration
from delivery.rooms.values import RoomStatus
from delivery.tables import SeatRow, SignatureRow

LONGEST_REMARK = 1_000


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a report, and when.

    Attributes
    ----------
    by : name of the coordinator
    remark : in the coordinator's words, "" for none
    is_current : nothing happened in the room since
    """

    at: datetime
    by: str
    remark: str
    is_current: bool


def sign_report(db: Session, school_id: UUID, administration_id: UUID, staff_id: UUID, remark: str) -> None:
    """Put a coordinator's name under the report of a closed room; signing again adds, and takes nothing away.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    RefusedError
        ``not_closing`` while the room is not closed.
    """
    if load_administration(db, school_id, administration_id).status is not RoomStatus.CLOSED:
        raise RefusedError("not_closing")
    sittings = db.exec(
        select(SeatRow.sitting_id).where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
    ).all()
    heads = {str(sitting): head for sitting, head in read_heads(db, school_id, sittings).items()}
    last = db.exec(
        select(func.max(SignatureRow.number)).where(
            SignatureRow.school_id == school_id, SignatureRow.administration_id == administration_id
        )
    ).one()
    db.add(
        SignatureRow(
            school_id=school_id,
            administration_id=administration_id,
            number=(last or 0) + 1,
            staff_id=staff_id,
            remark=remark,
            heads=msgspec.json.encode(heads, order="sorted").decode(),
            signed_at=datetime.now(UTC),
        )
    )
    db.flush()


def load_signature(
    db: Session, school_id: UUID, administration_id: UUID, heads: Mapping[UUID, int], staff: Mapping[str, str]
) -> Signature | None:
    """The last signature under the report of a room; None where there is none.

    Parameters
    ----------
    db, school_id, administration_id
        Which room.
    heads
        Number of the last event of each sitting that has a seat there.
    staff
        Names by identifier.
    """
    row = db.exec(
        select(SignatureRow)
        .where(SignatureRow.school_id == school_id, SignatureRow.administration_id == administration_id)
        .order_by(col(SignatureRow.number).desc())
    ).first()
    if row is None:
        return None
    signed: dict[str, int] = msgspec.json.decode(row.heads)
    is_current = all(signed.get(str(sitting), 0) >= head for sitting, head in heads.items())
    at = row.signed_at if row.signed_at.tzinfo else row.signed_at.replace(tzinfo=UTC)
    return Signature(at, staff.get(str(row.staff_id), ""), row.remark, is_current)
