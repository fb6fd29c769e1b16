"""What a worker remembers of rooms, for a minute: a class types the same code thirty times, on the same network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from math import inf

from delivery.direct import Direct, as_uuid
from delivery.errors import RefusedError
from delivery.rooms.tries import Place

REMEMBER_S = 60.0
MOST_ROOMS = 10_000
AT_A_TIME = 2
"""Codes that are looked up at the same moment, so that made-up ones are not in the way of pupils at work."""
FIND_ROOM = "SELECT school_id, administration_id FROM delivery_room_code WHERE code_hash = $1"


class KnownRooms:
    """Rooms that codes stood for a while ago; a code is never given to another room."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[bytes, tuple[float, Place]] = {}
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._noting: dict[bytes, asyncio.Task[None]] = {}

    async def find(self, direct: Direct, code_hash: bytes) -> Place:
        """School and room of a code.

        Raises
        ------
        RefusedError
            ``unknown_code``.
        """
        if (place := self._remembered(code_hash)) is not None:
            return place
        async with self._turns:
            if (place := self._remembered(code_hash)) is not None:
                return place  # a classmate was first
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

    def _remembered(self, code_hash: bytes) -> Place | None:
        """Room of a code that was found less than a minute ago; None where it must be looked up."""
        until, place = self._rooms.get(code_hash, (-inf, None))
        return place if self._clock() < until else None
