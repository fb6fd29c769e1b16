"""Rooms that somebody looks at now: each is looked up once for all its consoles, and only when something stirred."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from delivery.errors import DeliveryError
from delivery.rooms import RoomOverview, SeatState, look_again, look_at, room_code
from delivery.rooms.overview import RoomMemory
from delivery.rooms.waiting import ASKS_AGAIN_S
from delivery.sittings import SILENCE_MS, BankFacts, Sittings

LOOK_EVERY_S = 1.0
"""A room is not looked up more often, however much stirs in it."""
LOOKS_A_SECOND = 250
"""Nor are all rooms of a worker together, at about 2 ms of CPU each: at 1,000 rooms each is looked up every 4 s."""
LINGERS_S = 20.0
"""A room that nobody follows any more is known so long: who asks every few seconds reads on, as a stream does."""
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
        self._rooms: dict[tuple[UUID, UUID], _LiveRoom] = {}  # by school and room
        self._named: dict[UUID, _LiveRoom] = {}  # rooms by what word can be about: themselves, and their sittings
        self._unseen: set[_LiveRoom] = set()
        sittings.news.listen(self._hear)

    @property
    def pace_s(self) -> float:
        """Seconds from one look at a room to the next."""
        return max(LOOK_EVERY_S, len(self._rooms) / LOOKS_A_SECOND)

    @property
    def n_known(self) -> int:
        """Rooms of which something is remembered."""
        return len(self._rooms)

    async def look(self, school_id: UUID, administration_id: UUID) -> Sight:
        """A room now: what was done to it before is seen, on whichever worker.

        Raises
        ------
        UnknownRecordError
            If the school has no such administration.
        """
        room = self._room(school_id, administration_id)
        try:
            async with self.turns:
                room.stir(None)
                return await room.look()
        finally:
            self._rest(room)

    async def glance(self, school_id: UUID, administration_id: UUID) -> Sight:
        """A room as those who follow it see it; it is looked up only where something stirred since.

        Raises
        ------
        UnknownRecordError
            If the school has no such administration.
        """
        async with self._followed(school_id, administration_id) as room:
            return await room.present()

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
        if self._rooms.get(room.key) is room:
            self._named.update(dict.fromkeys(names, room))
            self._unseen.discard(room)

    @asynccontextmanager
    async def _followed(self, school_id: UUID, administration_id: UUID) -> AsyncIterator[_LiveRoom]:
        """A room that is kept up to date as long as somebody follows it."""
        room = self._room(school_id, administration_id)
        room.n_followers += 1
        if room.keeper is None:
            room.keeper = asyncio.create_task(room.keep())
        try:
            yield room
        finally:
            room.n_followers -= 1
            self._rest(room)

    def _room(self, school_id: UUID, administration_id: UUID) -> _LiveRoom:
        """A room as it is known, or one of which nothing is known yet."""
        room = self._rooms.get((school_id, administration_id))
        if room is None or room.is_over:
            room = _LiveRoom(self, school_id, administration_id)
            self._rooms[room.key] = room
            self._unseen.add(room)
        return room

    def _rest(self, room: _LiveRoom) -> None:
        """Look no more where nobody follows; what is known is kept for a while."""
        if room.n_followers:
            return
        if room.keeper is not None:
            room.keeper.cancel()
            room.keeper = None
        if room.lingers is not None:
            room.lingers.cancel()
        room.lingers = asyncio.get_running_loop().call_later(LINGERS_S, self._forget, room)

    def _forget(self, room: _LiveRoom) -> None:
        """Let go of a room, unless somebody follows it again."""
        if room.n_followers:
            return
        if self._rooms.get(room.key) is room:
            del self._rooms[room.key]
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
        self.lingers: asyncio.TimerHandle | None = None
        self.failure: Exception | None = None
        self.seen = asyncio.Event()
        self._rooms = rooms
        self._sight: Sight | None = None
        self._memory: RoomMemory | None = None
        self._pages: dict[str, str] = {}
        self._stirred: set[UUID] | None = None  # None: anything may have changed
        self._woken = asyncio.Event()
        self._woken.set()
        self._looking = asyncio.Lock()
        self._n_begun = self._n_done = 0
        self._due = self._all_due = self._words_due = 0.0

    @property
    def key(self) -> tuple[UUID, UUID]:
        """School and room."""
        return self.school_id, self.administration_id

    @property
    def is_over(self) -> bool:
        """Whether it cannot be looked up."""
        return self.failure is not None

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

    async def present(self) -> Sight:
        """The room as it was seen last, where nothing stirred since; else as it is seen next."""
        is_stirred = self._woken.is_set() or time.monotonic() >= self._due
        wanted = self._n_begun + is_stirred  # a look that began before it stirred does not do
        while self._n_done < wanted and self.failure is None:
            await self.seen.wait()
        if self.failure is not None:
            raise self.failure
        assert self._sight is not None
        return self._sight

    async def keep(self) -> None:
        """Look whenever something stirred or a laptop went silent, but never more often than is of use."""
        try:
            while True:
                await self._wait()
                begun = time.monotonic()
                async with self._rooms.turns:
                    await self.look()
                await asyncio.sleep(max(0.0, begun + self._rooms.pace_s - time.monotonic()))
        except Exception as error:  # whatever it is: the browsers connect again, and then it is tried again
            is_foreseen = isinstance(error, (DeliveryError, SQLAlchemyError))
            cause = None if is_foreseen else error
            room, kind = str(self.administration_id), type(error).__name__
            log.warning("room cannot be looked up", room=room, error=kind, exc_info=cause)
            self.failure = error
            self.seen.set()

    async def look(self) -> Sight:
        """Look the room up, and tell those who follow it; one look after the other."""
        async with self._looking:
            before, stirred, self._stirred = self._sight, self._stirred, set()
            self._woken.clear()
            self._n_begun += 1
            try:
                self._sight = await (self._look_at_all() if self._is_all(stirred) else self._look_at(stirred or ()))
            except BaseException:
                self.stir(None)  # whoever looks next looks at everything
                raise
            self._n_done = self._n_begun
        now = time.monotonic()
        self._due = min(now + self._quiet_s(self._sight.overview), self._all_due)
        if before is None or now >= self._words_due or _face(before.overview) != _face(self._sight.overview):
            self._renew()
        self._tell()
        return self._sight

    def _is_all(self, stirred: Collection[UUID] | None) -> bool:
        """Whether more may have changed than some of its sittings."""
        return self._memory is None or stirred is None or self.administration_id in stirred

    async def _look_at_all(self) -> Sight:
        """Read everything but what is known of the logs."""
        before, sittings = self._sight, self._rooms.sittings

        def load(db: Session) -> tuple[RoomOverview, RoomMemory, str]:
            overview, memory = look_again(db, self.school_id, self.administration_id, self._memory)
            secrets = sittings.config.secrets
            code = before.code if before else room_code(db, self.school_id, self.administration_id, secrets)
            return overview, memory, code

        overview, memory, code = await sittings.in_database(load)
        facts = before.facts if before else await sittings.bank_facts(overview.administration.bank_hash)
        self._memory = memory
        self._rooms.learn(self, (self.administration_id, *memory.logs))
        at_least = ASKS_AGAIN_S if overview.waiting else LOOK_AT_LEAST_S  # a laptop that gives up says nothing
        self._all_due = time.monotonic() + at_least
        return Sight(overview, code, facts)

    async def _look_at(self, stirred: Collection[UUID]) -> Sight:
        """Read what these sittings have more: no session, no thread, and nothing of the others."""
        assert self._sight is not None
        assert self._memory is not None
        direct = self._rooms.sittings.direct
        overview, self._memory = await look_at(direct, self.school_id, self._memory, stirred)
        return replace(self._sight, overview=overview)

    async def _wait(self) -> None:
        """Until something stirred, or it is time to look at everything: whatever word was missed of is found then."""
        while not self._woken.is_set() and (left := self._due - time.monotonic()) > 0.0:
            try:
                await asyncio.wait_for(self._woken.wait(), min(left, WORDS_EVERY_S))
            except TimeoutError:
                self._renew()
                self._tell()
        if time.monotonic() >= self._due:
            self._stirred = None

    def _quiet_s(self, overview: RoomOverview) -> float:
        """Seconds until the first laptop at work is silent too long, by what was seen last; in a break it may be."""
        silence = timedelta(milliseconds=SILENCE_MS)
        missed = [
            max(seat.last_contact + silence, seat.break_until or seat.last_contact)
            for seat in overview.seats
            if seat.state is SeatState.BUSY and seat.last_contact
        ]
        return (min(missed) - datetime.now(UTC)).total_seconds() if missed else LOOK_AT_LEAST_S

    def _renew(self) -> None:
        """Let pages be made anew: one shows something else than the last one did, or its words depend on the time."""
        self._pages.clear()
        self._words_due = time.monotonic() + WORDS_EVERY_S

    def _tell(self) -> None:
        """Let those who follow the room look at it again."""
        self.seen.set()
        self.seen = asyncio.Event()


def _face(overview: RoomOverview) -> RoomOverview:
    """What a page shows of a room: when a laptop that is there was heard of is not on it."""
    seats = (
        seat if seat.state is SeatState.DISCONNECTED else replace(seat, last_contact=None) for seat in overview.seats
    )
    return replace(overview, seats=tuple(seats))
