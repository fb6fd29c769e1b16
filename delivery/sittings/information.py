"""What a sitting needs that the log may not hold: the pupil's first name and the key of typed text."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import SittingRef, unseal
from delivery.config import Secrets
from delivery.errors import RefusedError
from delivery.isolation import in_school
from delivery.tables import PupilRow, SeatRow, SittingKeyRow


@dataclass(frozen=True, slots=True)
class SittingInfo:
    """Personal part of a sitting; erasure takes it away."""

    administration_id: UUID
    first_name: str
    text_key: bytes


def load_info(db: Session, secrets: Secrets, ref: SittingRef) -> SittingInfo:
    """Personal part of a sitting.

    Raises
    ------
    RefusedError
        ``erased`` if it is gone.
    """
    in_school(db, ref.school_id)
    found = db.exec(
        select(SeatRow.administration_id, PupilRow.first_name, SittingKeyRow.sealed_key)
        .join(PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id))
        .join(
            SittingKeyRow,
            (col(SittingKeyRow.school_id) == SeatRow.school_id) & (col(SittingKeyRow.sitting_id) == SeatRow.sitting_id),
        )
        .where(SeatRow.school_id == ref.school_id, SeatRow.sitting_id == ref.sitting_id)
    ).first()
    if found is None:
        raise RefusedError("erased")
    administration_id, first_name, sealed_key = found
    return SittingInfo(administration_id, first_name, unseal(secrets.text_key, sealed_key, key_context(ref)))


def key_context(ref: SittingRef) -> str:
    """Place that a sitting's wrapped key is bound to."""
    return f"sitting-key/{ref.sitting_id}"
