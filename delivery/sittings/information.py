"""What a sitting needs that the log may not hold: the pupil's first name and the key of typed text."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import SittingRef, unseal
from delivery.config import Secrets
from delivery.errors import RefusedError
from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.tables import PupilRow, SeatRow, SittingKeyRow

REMEMBER_S = 120.0
"""One look in the database for every few answers; after an erasure no worker knows a name or a key for longer."""
MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class SittingInfo:
    """Personal part of a sitting; erasure takes it away.

    Attributes
    ----------
    link : the reassignment that it was read after, "" before any: after a later one it is read again
    """

    administration_id: UUID
    first_name: str
    text_key: bytes
    link: str = ""


class Remembered:
    """Personal parts of the sittings at work: few, and not for long, so that an erasure elsewhere is felt here."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._infos: OrderedDict[SittingRef, tuple[float, SittingInfo]] = OrderedDict()

    def get(self, ref: SittingRef) -> SittingInfo | None:
        """What is remembered of a sitting; everything that is too old goes."""
        now = self._clock()
        while self._infos and next(iter(self._infos.values()))[0] <= now:
            self._infos.popitem(last=False)
        found = self._infos.get(ref)
        return found[1] if found else None

    def keep(self, ref: SittingRef, info: SittingInfo) -> None:
        """Remember a while; beyond a size the oldest goes."""
        self.forget(ref)
        self._infos[ref] = (self._clock() + REMEMBER_S, info)
        while len(self._infos) > MOST_REMEMBERED:
            self._infos.popitem(last=False)

    def forget(self, ref: SittingRef) -> None:
        """Forget a sitting, if it was known."""
        self._infos.pop(ref, None)

    def __len__(self) -> int:
        return len(self._infos)


def load_info(db: Session, secrets: Secrets, ref: SittingRef, link: str = "") -> SittingInfo:
    """Personal part of a sitting.

    Raises
    ------
    RefusedError
        ``erased`` if it is gone.
    """
    in_school(db, ref.school_id)
    found = db.exec(
        select(SeatRow, PupilRow.first_name, SittingKeyRow.sealed_key)
        .outerjoin(
            PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id)
        )
        .join(
            SittingKeyRow,
            (col(SittingKeyRow.school_id) == SeatRow.school_id) & (col(SittingKeyRow.sitting_id) == SeatRow.sitting_id),
        )
        .where(SeatRow.school_id == ref.school_id, SeatRow.sitting_id == ref.sitting_id)
    ).first()
    if found is None:
        raise RefusedError("erased")
    seat, first, sealed_key = found
    name = seat_name(None, None, seat.reserve) if seat.pupil_id is None else first
    return SittingInfo(seat.administration_id, name, unseal(secrets.text_key, sealed_key, key_context(ref)), link)


def key_context(ref: SittingRef) -> str:
    """Place that a sitting's wrapped key is bound to."""
    return f"sitting-key/{ref.sitting_id}"
