"""Who arrives waits for a turn, so that who works is never slowed: a fair queue of classes, a few arrivals at a time.

A class is served a whole class at a time, in the order in which classes came; whoever is told to come back later keeps
the place. Each worker has a queue of its own, in memory: it knows how busy it is itself, and needs nobody else to say.
How many are served at the same time follows from what those at work feel: how long the event loop takes to get to
something new. That is measured after every arrival; where it is long, fewer come in at a time.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from delivery.errors import RefusedError

PATIENCE_S = 4.0
"""How long a request is held; a laptop gives up after eight seconds, and a longer wait is better told."""
QUANTUM = 30
"""Arrivals of one class before it is another's turn: a class comes in together."""
MOST_OF_A_CLASS = 60
"""Places that one class can hold, so that nobody fills the queue with one code."""
MOST_CLASSES = 1_000
KEEPS_S = 45.0
"""How long a place is kept for a laptop that was told to come back; longer than the longest that it is told."""
FORGETS_EVERY_S = 1.0
SHORTEST_S, LONGEST_S = 2, 20
"""Seconds after which a laptop is told to come back."""
FEWEST = 4
"""Arrivals at a time however busy it is: everybody gets in."""
TOO_LONG_S = 0.025
"""An answer that waits this long for its worker is slowed; one takes a few milliseconds by itself."""
SLOW_DOWN, SPEED_UP = 0.8, 0.25
"""Fewer at once when it is too long, a little more each time that it is not (Chiu and Jain, 1989: so it settles)."""
FIRST_GUESS_S = 0.03
SMOOTHING = 0.05


@dataclass(slots=True)
class _Place:
    """One laptop in the queue; ``turn`` is None while it is away."""

    keeps_until: float
    turn: asyncio.Future[None] | None = None


@dataclass(slots=True)
class _Class:
    """One class in the queue.

    Attributes
    ----------
    places : its laptops, in the order in which they came
    n_left : how many it may still bring in before another class is served
    """

    places: OrderedDict[str, _Place] = field(default_factory=OrderedDict)
    n_left: int = QUANTUM


class Admission:
    """The queue of one worker.

    Parameters
    ----------
    at_a_time : most arrivals that are served at the same time
    clock : seconds that only go forward
    """

    def __init__(self, at_a_time: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = at_a_time
        self._allowed = float(at_a_time)
        self._clock = clock
        self._n_running = 0
        self._mean_s = FIRST_GUESS_S
        self._classes: OrderedDict[str, _Class] = OrderedDict()
        self._forgets_at = clock()

    @property
    def at_a_time(self) -> int:
        """Arrivals that are served at the same time now."""
        return int(self._allowed)

    def feel(self, seconds: float) -> None:
        """Hear how long those at work wait for this worker, and let fewer or more come in at a time."""
        changed = self._allowed * SLOW_DOWN if seconds > TOO_LONG_S else self._allowed + SPEED_UP
        self._allowed = min(float(self._most), max(float(min(FEWEST, self._most)), changed))

    def __len__(self) -> int:
        return sum(len(one.places) for one in self._classes.values())

    @asynccontextmanager
    async def turn(self, school_class: str, laptop: str) -> AsyncIterator[None]:
        """Run when it is this laptop's turn.

        Parameters
        ----------
        school_class, laptop
            Names, the same at each try: they keep the place.

        Raises
        ------
        RefusedError
            ``busy`` with the ``place`` of the class, and when to come back.
        """
        await self._wait(school_class, laptop)
        begun = self._clock()
        try:
            yield
        finally:
            ended = self._clock()
            self._mean_s += SMOOTHING * (ended - begun - self._mean_s)
            self._n_running -= 1
            asyncio.get_running_loop().call_soon(self._next, ended)

    async def _wait(self, school_class: str, laptop: str) -> None:
        """Wait for a turn; afterwards one more is running."""
        if self._n_running < self.at_a_time and not self._is_anybody_here():
            self._leave(school_class, laptop)
            self._n_running += 1
            return
        place = self._place(school_class, laptop)
        if place is None or self._estimate_s(school_class, laptop) > PATIENCE_S:
            raise self._later(school_class, laptop)
        turn = place.turn = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(asyncio.shield(turn), PATIENCE_S)
        except TimeoutError:
            if not turn.done():
                place.turn = None
                raise self._later(school_class, laptop) from None
        except asyncio.CancelledError:  # the laptop went away
            if turn.done():
                self._n_running -= 1
                self._go_on()
            place.turn = None
            raise

    def _place(self, school_class: str, laptop: str) -> _Place | None:
        """Place of a laptop, perhaps a new one at the end; None where there is no room for one more."""
        self._forget()
        if school_class not in self._classes and len(self._classes) >= MOST_CLASSES:
            return None
        places = self._classes.setdefault(school_class, _Class()).places
        if laptop not in places and len(places) >= MOST_OF_A_CLASS:
            return None
        place = places.setdefault(laptop, _Place(0.0))
        if place.turn is not None and not place.turn.done():
            return None  # the same laptop asks twice at once: the first one keeps the place
        place.keeps_until = self._clock() + KEEPS_S
        return place

    def _leave(self, school_class: str, laptop: str) -> None:
        """Take a laptop out of the queue."""
        own = self._classes.get(school_class)
        if own is not None:
            own.places.pop(laptop, None)
            if not own.places:
                del self._classes[school_class]

    def _forget(self) -> None:
        """Let go of places that nobody came back for; they stand in front, because they are the oldest."""
        now = self._clock()
        if now < self._forgets_at:
            return
        self._forgets_at = now + FORGETS_EVERY_S
        for name, one in list(self._classes.items()):
            while one.places and (first := next(iter(one.places.values()))).turn is None and first.keeps_until < now:
                one.places.popitem(last=False)
            if not one.places:
                del self._classes[name]

    def _here(self) -> Iterator[tuple[str, str, asyncio.Future[None]]]:
        """Laptops that wait now, in the order in which they are served."""
        for name, one in self._classes.items():
            for laptop, place in one.places.items():
                if place.turn is not None and not place.turn.done():
                    yield name, laptop, place.turn

    def _is_anybody_here(self) -> bool:
        return next(self._here(), None) is not None

    def _next(self, asked_at: float) -> None:
        """The event loop got to it: that is how long an answer would have waited too."""
        self.feel(self._clock() - asked_at)
        self._go_on()

    def _go_on(self) -> None:
        """Give free turns to whoever is next."""
        while self._n_running < self.at_a_time and (found := next(self._here(), None)) is not None:
            name, laptop, turn = found
            self._n_running += 1
            turn.set_result(None)
            own = self._classes[name]
            own.n_left -= 1
            self._leave(name, laptop)
            if own.n_left <= 0 and name in self._classes:  # its others wait for the next round
                own.n_left = QUANTUM
                self._classes.move_to_end(name)

    def _estimate_s(self, school_class: str, laptop: str) -> float:
        """Seconds until it is a laptop's turn, if all before it are here and go on as the last ones did."""
        n_before = 0
        for name, one in self._classes.items():
            if name == school_class:
                return (n_before + list(one.places).index(laptop)) * self._mean_s / self.at_a_time
            n_before += len(one.places)
        return n_before * self._mean_s / self.at_a_time

    def _later(self, school_class: str, laptop: str) -> RefusedError:
        """Refusal that says where the class stands, and when to come back; not everybody at the same instant."""
        place = next((n for n, name in enumerate(self._classes, 1) if name == school_class), len(self._classes) + 1)
        own = self._classes.get(school_class)
        is_placed = own is not None and laptop in own.places
        wait_s = self._estimate_s(school_class, laptop) if is_placed else LONGEST_S
        seconds = min(LONGEST_S, max(SHORTEST_S, round(wait_s * random.uniform(0.4, 0.8))))
        return RefusedError("busy", retry_after_s=seconds, place=place)
