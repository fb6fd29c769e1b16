"""What a sitting needs that the log may not hold: the pupil's first name and the key of typed text."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from delivery.access import SittingRef, unseal
from delivery.config import REMEMBERED_SITTINGS, Secrets
from delivery.direct import Direct, as_uuid
from delivery.errors import RefusedError
from delivery.names import seat_name

REMEMBER_S = 120.0
"""One look in the database for every few answers; after an erasure no worker knows a name or a key for longer."""
SELECT = """
SELECT seat.administration_id, pupil.first_name, seat.reserve, sitting_key.sealed_key
FROM delivery_seat AS seat
LEFT JOIN delivery_pupil AS pupil ON pupil.school_id = seat.school_id AND pupil.pupil_id = seat.pupil_id
JOIN delivery_sitting_key AS sitting_key
    ON sitting_key.school_id = seat.school_id AND sitting_key.sitting_id = seat.sitting_id
WHERE seat.school_id = $1 AND seat.sitting_id = $2
"""


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
        while len(self._infos) > REMEMBERED_SITTINGS:
            self._infos.popitem(last=False)

    def forget(self, ref: SittingRef) -> None:
        """Forget a sitting, if it was known."""
        self._infos.pop(ref, None)

    def __len__(self) -> int:
        return len(self._infos)


async def load_info(direct: Direct, secrets: Secrets, ref: SittingRef, link: str = "") -> SittingInfo:
    """Personal part of a sitting.

    Raises
    ------
    RefusedError
        ``erased`` if it is gone.
    """
    for administration_id, first_name, reserve, sealed_key in await direct.fetch(
        ref.school_id, SELECT, ref.school_id, ref.sitting_id
    ):
        name = seat_name(None, None, reserve) if first_name is None else first_name
        return make_info(secrets, ref, as_uuid(administration_id), name, sealed_key, link)
    raise RefusedError("erased")


def make_info(
    secrets: Secrets, ref: SittingRef, administration_id: UUID, first_name: str, sealed_key: bytes, link: str = ""
) -> SittingInfo:
    """Personal part of a sitting, with its key unwrapped."""
    return SittingInfo(administration_id, first_name, unseal(secrets.text_key, sealed_key, key_context(ref)), link)


def key_context(ref: SittingRef) -> str:
    """Place that a sitting's wrapped key is bound to."""
    return f"sitting-key/{ref.sitting_id}"
