"""What a worker remembers of rooms, for a minute: a class types the same code thirty times, on the same network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from math import inf
from uuid import UUID

from delivery.direct import Direct, as_uuid
from delivery.errors import RefusedError
from delivery.rooms.tries import Place

REMEMBER_S = 60.0
MOST_ROOMS = 10_000
FIND_ROOM = "SELECT school_id, administration_id FROM delivery_room_code WHERE code_hash = $1"
_NOWHERE = Place(UUID(int=0), UUID(int=0))


class KnownRooms:
    """Rooms that codes stood for a while ago; a code is never given to another room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[bytes, tuple[float, Place]] = {}
        self._noting: dict[bytes, asyncio.Task[None]] = {}

    async def find(self, direct: Direct, code_hash: bytes) -> Place:
        """School and room of a code.

        Raises
        ------
        RefusedError
            ``unknown_code``.
        """
        until, place = self._rooms.get(code_hash, (-inf, _NOWHERE))
        if self._clock() < until:
            return place
        for row in await direct.fetch(None, FIND_ROOM, code_hash):
            if len(self._rooms) >= MOST_ROOMS:
                self._rooms.clear()  # better to forget than to grow
            place = Place(*map(as_uuid, row))
            self._rooms[code_hash] = (self._clock() + REMEMBER_S, place)
            return place
        raise RefusedError("unknown_code")

    async def note_once(self, network: bytes, note: Callable[[], Coroutine[None, None, None]]) -> None:
        """Note a network of a room; whoever asks for the same meanwhile waits for it, and what it raises is theirs too.

        Parameters
        ----------
        network
            As the table knows it: of one room (see `hashed_network`).
        note
            Writes it down.
        """
        noting = self._noting.get(network)
        if noting is None:
            noting = self._noting[network] = asyncio.create_task(note())
            noting.add_done_callback(lambda _done: self._noting.pop(network, None))
        await asyncio.shield(noting)
