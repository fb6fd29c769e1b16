"""Coming in: a room code and a seat code become a ticket that names the pupil."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import UTC, datetime

from delivery.access import SittingRef
from delivery.config import Secrets
from delivery.direct import Direct, as_uuid
from delivery.errors import RefusedError
from delivery.rooms.codes import normalise_code, room_code_hash, seat_code_hash
from delivery.rooms.values import RoomStatus
from delivery.sittings.information import SittingInfo, make_info

WRONG_TRIES = 60
"""Wrong tries a minute for one room and network: a class of 25 that types badly never meets it, a guesser does."""
WINDOW_S = 60.0
MOST_PLACES = 10_000
FIND_ROOM = "SELECT school_id, administration_id FROM delivery_room_code WHERE code_hash = $1"
FIND_SEAT = """
SELECT room.status, room.title, seat.sitting_id, pupil.first_name, pupil.last_name, sitting_key.sealed_key
FROM delivery_seat AS seat
JOIN delivery_administration AS room
    ON room.school_id = seat.school_id AND room.administration_id = seat.administration_id
JOIN delivery_pupil AS pupil ON pupil.school_id = seat.school_id AND pupil.pupil_id = seat.pupil_id
JOIN delivery_sitting_key AS sitting_key
    ON sitting_key.school_id = seat.school_id AND sitting_key.sitting_id = seat.sitting_id
WHERE seat.school_id = $1 AND seat.administration_id = $2 AND seat.code_hash = $3
"""
WHEN_DENIED = "SELECT denied_at FROM delivery_seat WHERE school_id = $1 AND sitting_id = $2"
MARK_DENIED = "UPDATE delivery_seat SET denied_at = $3 WHERE school_id = $1 AND sitting_id = $2"


@dataclass(frozen=True, slots=True)
class Entrance:
    """Whom a pair of codes stands for."""

    ref: SittingRef
    first_name: str
    last_name: str
    title: str
    info: SittingInfo


class Attempts:
    """Wrong codes of the last minute, for each room and network, in memory; right codes never count."""

    def __init__(self) -> None:
        self._wrong: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()  # requests come in many threads

    def check(self, room_code: str, network: str) -> None:
        """Refuse when there were too many.

        Raises
        ------
        RefusedError
            ``too_many_tries``.
        """
        with self._lock:
            wrong = self._wrong.get((normalise_code(room_code), network))
            while wrong and wrong[0] < time.monotonic() - WINDOW_S:
                wrong.popleft()
            if wrong and len(wrong) >= WRONG_TRIES:
                raise RefusedError("too_many_tries")

    def note_wrong(self, room_code: str, network: str) -> None:
        """Count one wrong try."""
        with self._lock:
            if len(self._wrong) >= MOST_PLACES:
                self._wrong.clear()  # better to forget than to grow
            self._wrong[normalise_code(room_code), network].append(time.monotonic())


async def enter(direct: Direct, secrets: Secrets, room_code: str, seat_code: str) -> Entrance:
    """Pupil and sitting behind a pair of codes; changes nothing.

    Raises
    ------
    RefusedError
        ``unknown_code``, ``room_not_open``, ``room_closed``.
    """
    room = await direct.fetch(None, FIND_ROOM, room_code_hash(secrets.code_key, room_code))
    if not room:
        raise RefusedError("unknown_code")
    school_id, administration_id = map(as_uuid, room[0])
    code_hash = seat_code_hash(secrets.code_key, str(administration_id), seat_code)
    seat = await direct.fetch(school_id, FIND_SEAT, school_id, administration_id, code_hash)
    if not seat:
        raise RefusedError("unknown_code")
    status, title, sitting_id, first_name, last_name, sealed_key = seat[0]
    if status == RoomStatus.PLANNED:
        raise RefusedError("room_not_open")
    if status == RoomStatus.CLOSED:
        raise RefusedError("room_closed")
    ref = SittingRef(school_id, as_uuid(sitting_id))
    info = make_info(secrets, ref, administration_id, first_name, sealed_key)
    return Entrance(ref, first_name, last_name, title, info)


async def mark_denied(direct: Direct, ref: SittingRef) -> None:
    """Note that someone on this seat said "dat ben ik niet".

    Raises
    ------
    RefusedError
        ``erased`` if the seat is gone.
    """
    await _was_denied(direct, ref)
    await direct.write(ref.school_id, MARK_DENIED, [(ref.school_id, ref.sitting_id, datetime.now(UTC))])


async def take_denial_back(direct: Direct, ref: SittingRef) -> None:
    """Someone on this seat said "ja, dat ben ik"; where nobody had said no, nothing is written.

    Raises
    ------
    RefusedError
        ``erased`` if the seat is gone.
    """
    if await _was_denied(direct, ref):
        await direct.write(ref.school_id, MARK_DENIED, [(ref.school_id, ref.sitting_id, None)])


async def _was_denied(direct: Direct, ref: SittingRef) -> bool:
    """Whether someone on this seat said no."""
    for (denied_at,) in await direct.fetch(ref.school_id, WHEN_DENIED, ref.school_id, ref.sitting_id):
        return denied_at is not None
    raise RefusedError("erased")
