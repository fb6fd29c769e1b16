"""The coordinator's name under the report of a room, and up to where in each log it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlmodel import Session, col, select

from delivery.errors import RefusedError
from delivery.rooms.administrations import lock_administration
from delivery.rooms.values import Administration, RoomStatus
from delivery.tables import SignatureRow

LONGEST_REMARK = 1_000


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a report, and when.

    Attributes
    ----------
    number : 1 for the first signature under this report, and so on
    by : name of the coordinator
    remark : in the coordinator's words, "" for none
    is_current : nothing happened in the room since
    """

    number: int
    at: datetime
    by: str
    remark: str
    is_current: bool


def add_signature(
    db: Session, room: Administration, heads: Mapping[UUID, int], number: int, staff_id: UUID, remark: str
) -> bool:
    """Put a coordinator's name under the report of a closed room; signing again adds, and takes nothing away.

    Parameters
    ----------
    db, room
        Which room.
    heads
        Number of the last event of each sitting that the report tells of.
    number
        One more than that of the signature that the report shows.
    staff_id, remark
        Who signs, and what there is to say.

    Returns
    -------
    bool
        Whether it is signed; not where somebody else signed since the report was made.

    Raises
    ------
    RefusedError
        ``not_closing`` while the room is not closed.
    """
    if room.status is not RoomStatus.CLOSED:
        raise RefusedError("not_closing")
    lock_administration(db, room.school_id, room.administration_id)
    last = _last(db, room.school_id, room.administration_id)
    if number != (last.number if last else 0) + 1:
        return False
    db.add(
        SignatureRow(
            school_id=room.school_id,
            administration_id=room.administration_id,
            number=number,
            staff_id=staff_id,
            remark=remark,
            heads=msgspec.json.encode({str(sitting): head for sitting, head in heads.items()}, order="sorted").decode(),
            signed_at=datetime.now(UTC),
        )
    )
    db.flush()
    return True


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
    row = _last(db, school_id, administration_id)
    if row is None:
        return None
    signed: dict[str, int] = msgspec.json.decode(row.heads)
    is_current = all(signed.get(str(sitting), 0) >= head for sitting, head in heads.items())
    at = row.signed_at if row.signed_at.tzinfo else row.signed_at.replace(tzinfo=UTC)
    return Signature(row.number, at, staff.get(str(row.staff_id), ""), row.remark, is_current)


def _last(db: Session, school_id: UUID, administration_id: UUID) -> SignatureRow | None:
    """The last signature, if there is one."""
    return db.exec(
        select(SignatureRow)
        .where(SignatureRow.school_id == school_id, SignatureRow.administration_id == administration_id)
        .order_by(col(SignatureRow.number).desc())
    ).first()
