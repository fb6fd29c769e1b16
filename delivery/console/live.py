"""Rooms that somebody looks at now: each is looked up once for all its consoles, and only when something stirred."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from delivery.errors import DeliveryError
from delivery.rooms import RoomOverview, SeatState, look_again, room_code
from delivery.rooms.overview import RoomMemory
from delivery.rooms.waiting import ASKS_AGAIN_S
from delivery.sittings import SILENCE_MS, BankFacts, Sittings

LOOK_EVERY_S = 1.0
"""A room is not looked up more often, however much stirs in it."""
LOOKS_A_SECOND = 250
"""Nor are all rooms of a worker together, at about 3 ms of CPU each: at 1,000 rooms each is looked up every 4 s."""
TURNS = 2
"""Rooms that are looked up at the same moment; those that wait are looked up in the order in which they stirred."""
LOOK_AT_LEAST_S = 60.0
"""Word can be missed, where a worker dies between a commit and telling of it."""
WORDS_EVERY_S = 10.0
"""Words on a page that depend on the time, such as "sinds 3 minuten", are made anew so often, without a look."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """A room as it was seen last.

    Attributes
    ----------
    overview : the room and its pupils
    code : of the room
    facts : of its test
    """

    overview: RoomOverview
    code: str
    facts: BankFacts


Render = Callable[[Sight], str]


class LiveRooms:
    """The rooms that consoles of this worker look at."""

    def __init__(self, sittings: Sittings) -> None:
        self.sittings = sittings
        self.turns = asyncio.Semaphore(TURNS)
        self._rooms: dict[UUID, _LiveRoom] = {}
        self._named: dict[UUID, _LiveRoom] = {}  # rooms by what word can be about: themselves, and their sittings
        self._unseen: set[_LiveRoom] = set()
        sittings.news.listen(self._hear)

    @property
    def pace_s(self) -> float:
        """Seconds from one look at a room to the next."""
        return max(LOOK_EVERY_S, len(self._rooms) / LOOKS_A_SECOND)

    async def look(self, school_id: UUID, administration_id: UUID) -> Sight:
        """A room now, for whoever asks once.

        Raises
        ------
        UnknownRecordError
            If the school has no such administration.
        """
        return await _LiveRoom(self, school_id, administration_id).look()

    async def pages(
        self, school_id: UUID, administration_id: UUID, looks: str, render: Render, life_s: float
    ) -> AsyncGenerator[str, None]:
        """A page again and again, each time that it would look different; it ends when the room cannot be looked up.

        Parameters
        ----------
        school_id, administration_id
            The room.
        looks
            Names what the page depends on besides the room: consoles with the same name get the same page.
        render
            Makes the page.
        life_s
            Seconds after which it ends.
        """
        shown, ends = "", time.monotonic() + life_s
        async with self._followed(school_id, administration_id) as room:
            while not room.is_over and time.monotonic() < ends:
                seen = room.seen
                if (page := room.page(looks, render)) != shown:
                    shown = page
                    yield page
                with suppress(TimeoutError):
                    await asyncio.wait_for(seen.wait(), ends - time.monotonic())

    def learn(self, room: _LiveRoom, names: Collection[UUID]) -> None:
        """Note what word can be about that concerns a room that is followed."""
        if self._rooms.get(room.administration_id) is room:
            self._named.update(dict.fromkeys(names, room))
            self._unseen.discard(room)

    @asynccontextmanager
    async def _followed(self, school_id: UUID, administration_id: UUID) -> AsyncIterator[_LiveRoom]:
        """A room that is kept up to date as long as somebody follows it."""
        room = self._rooms.get(administration_id)
        if room is None or room.is_over or room.school_id != school_id:
            room = self._rooms[administration_id] = _LiveRoom(self, school_id, administration_id)
            self._unseen.add(room)
            room.keeper = asyncio.create_task(room.keep())
        room.n_followers += 1
        try:
            yield room
        finally:
            room.n_followers -= 1
            if not room.n_followers:
                self._forget(room)

    def _forget(self, room: _LiveRoom) -> None:
        """Let go of a room that nobody follows any more."""
        if room.keeper is not None:
            room.keeper.cancel()
        if self._rooms.get(room.administration_id) is room:
            del self._rooms[room.administration_id]
        self._unseen.discard(room)
        for name in [name for name, named in self._named.items() if named is room]:
            del self._named[name]

    def _hear(self, changed: Collection[UUID] | None) -> None:
        """Stir the rooms that word is about; one that was not seen yet does not know what concerns it."""
        if changed is None:
            for room in self._rooms.values():
                room.stir(None)
            return
        for name in changed:
            if name in self._named:
                self._named[name].stir(name)
        for room in self._unseen:
            room.stir(None)


class _LiveRoom:
    """One room that somebody looks at, and what is known of it."""

    def __init__(self, rooms: LiveRooms, school_id: UUID, administration_id: UUID) -> None:
        self.school_id = school_id
        self.administration_id = administration_id
        self.n_followers = 0
        self.keeper: asyncio.Task[None] | None = None
        self.is_over = False
        self.seen = asyncio.Event()
        self._rooms = rooms
        self._sight: Sight | None = None
        self._memory: RoomMemory | None = None
        self._pages: dict[str, str] = {}
        self._stirred: set[UUID] | None = None  # None: anything may have changed
        self._woken = asyncio.Event()
        self._due = 0.0

    def stir(self, name: UUID | None) -> None:
        """Note what changed; None says that anything may have."""
        if name is None:
            self._stirred = None
        elif self._stirred is not None:
            self._stirred.add(name)
        self._woken.set()

    def page(self, looks: str, render: Render) -> str:
        """The room as a page; "" before the first look."""
        if self._sight is None:
            return ""
        if looks not in self._pages:
            self._pages[looks] = render(self._sight)
        return self._pages[looks]

    async def keep(self) -> None:
        """Look whenever something stirred or a laptop went silent, but never more often than is of use."""
        try:
            while True:
                begun = time.monotonic()
                async with self._rooms.turns:
                    await self.look()
                await asyncio.sleep(max(0.0, begun + self._rooms.pace_s - time.monotonic()))
                await self._wait()
        except (DeliveryError, SQLAlchemyError) as error:  # the browsers connect again, and then it is tried again
            log.warning("room cannot be looked up", room=str(self.administration_id), error=type(error).__name__)
        finally:
            self.is_over = True
            self.seen.set()

    async def look(self) -> Sight:
        """Look the room up, and tell those who follow it."""
        stirred, self._stirred = self._stirred, set()
        self._woken.clear()
        before, sittings = self._sight, self._rooms.sittings

        def load(db: Session) -> tuple[RoomOverview, RoomMemory, str]:
            overview, memory = look_again(db, self.school_id, self.administration_id, self._memory, stirred)
            secrets = sittings.config.secrets
            code = before.code if before else room_code(db, self.school_id, self.administration_id, secrets)
            return overview, memory, code

        overview, memory, code = await sittings.in_database(load)
        facts = before.facts if before else await sittings.bank_facts(overview.administration.bank_hash)
        self._sight, self._memory = Sight(overview, code, facts), memory
        if stirred is None:
            self._rooms.learn(self, (self.administration_id, *memory.logs))
        at_least = ASKS_AGAIN_S if overview.waiting else LOOK_AT_LEAST_S  # a laptop that gives up says nothing
        self._due = time.monotonic() + min(self._quiet_s(overview), at_least)
        self._tell()
        return self._sight

    async def _wait(self) -> None:
        """Until something stirred, or it is time to look at everything."""
        while not self._woken.is_set():
            left = self._due - time.monotonic()
            if left <= 0.0:
                self._stirred = None  # and whatever word was missed of is found now
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), min(left, WORDS_EVERY_S))
                return
            self._tell()

    def _quiet_s(self, overview: RoomOverview) -> float:
        """Seconds until the first laptop at work is silent too long, by what was seen last."""
        silence = timedelta(milliseconds=SILENCE_MS)
        heard = [seat.last_contact for seat in overview.seats if seat.state is SeatState.BUSY and seat.last_contact]
        return (min(heard) + silence - datetime.now(UTC)).total_seconds() if heard else LOOK_AT_LEAST_S

    def _tell(self) -> None:
        """Let those who follow the room look at it again."""
        self._pages.clear()
        self.seen.set()
        self.seen = asyncio.Event()
