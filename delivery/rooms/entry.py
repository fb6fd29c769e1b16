"""Coming in: a room code and a seat code become a ticket that names the pupil."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.config import Secrets
from delivery.errors import RefusedError
from delivery.isolation import in_school
from delivery.rooms.codes import normalise_code, room_code_hash, seat_code_hash
from delivery.rooms.values import RoomStatus
from delivery.tables import AdministrationRow, PupilRow, RoomCodeRow, SeatRow

WRONG_TRIES = 60
"""Wrong tries a minute for one room and network: a class of 25 that types badly never meets it, a guesser does."""
WINDOW_S = 60.0
MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Entrance:
    """Whom a pair of codes stands for."""

    ref: SittingRef
    first_name: str
    last_name: str
    title: str


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


def enter(db: Session, secrets: Secrets, room_code: str, seat_code: str) -> Entrance:
    """Pupil and sitting behind a pair of codes; changes nothing.

    Raises
    ------
    RefusedError
        ``unknown_code``, ``room_not_open``, ``room_closed``.
    """
    place = db.exec(
        select(RoomCodeRow).where(RoomCodeRow.code_hash == room_code_hash(secrets.code_key, room_code))
    ).first()
    if place is None:
        raise RefusedError("unknown_code")
    in_school(db, place.school_id)
    code_hash = seat_code_hash(secrets.code_key, str(place.administration_id), seat_code)
    administration = db.get_one(AdministrationRow, (place.school_id, place.administration_id))
    pupil = db.exec(
        select(SeatRow.sitting_id, PupilRow.first_name, PupilRow.last_name)
        .join(PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id))
        .where(
            SeatRow.school_id == place.school_id,
            SeatRow.administration_id == place.administration_id,
            SeatRow.code_hash == code_hash,
        )
    ).first()
    if pupil is None:
        raise RefusedError("unknown_code")
    if administration.status == RoomStatus.PLANNED:
        raise RefusedError("room_not_open")
    if administration.status == RoomStatus.CLOSED:
        raise RefusedError("room_closed")
    sitting_id, first_name, last_name = pupil
    return Entrance(SittingRef(place.school_id, sitting_id), first_name, last_name, administration.title)
