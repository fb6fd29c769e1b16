"""Group commit: whatever waits while one commit runs goes together in the next (point 12 of the protocol)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set
from uuid import UUID

from delivery.errors import DeliveryError, JournalError, LostRaceError, NotStoredError
from delivery.journal.values import Entry, Event

LONGEST_WAIT_S = 5.0
"""What no commit took by then is refused: a laptop gives up after eight seconds, and sends again."""
MOST_ENTRIES = 500
"""Entries in one commit, about 1 MB; a single append that has more goes alone."""

Append = Sequence[Entry]
EventKey = tuple[UUID, UUID, int]
"""School, sitting, event number."""
Store = Callable[[Sequence[Append]], Awaitable[Sequence[bool]]]
"""Stores appends in one transaction and says, once they are on disk, which are there; the others lost a race and left
nothing. Where it cannot tell them apart it raises: `NotStoredError` where nothing is stored, else nobody knows."""
Load = Callable[[UUID, UUID, int], Awaitable[Sequence[Event]]]
"""`Journal.load`."""


def key_of(entry: Entry) -> EventKey:
    """Key of an entry's row in the log."""
    event = entry.event
    return event.school_id, event.sitting_id, event.event_number


def order_of(entry: Entry) -> tuple[int, int]:
    """Where an entry stands in the one order in which all workers store: so no two wait for each other in a ring."""
    return entry.event.sitting_id.int, entry.event.event_number


def which_are_whole(batch: Sequence[Append], stored: Set[EventKey]) -> list[bool]:
    """For each append whether all its events were stored now (True) or none (False).

    Raises
    ------
    LostRaceError
        If an append is there in part: the transaction must be undone.
    """
    whole = []
    for append in batch:
        n_stored = len({key_of(entry) for entry in append} & stored)
        if 0 < n_stored < len(append):
            raise lost_race(append)
        whole.append(n_stored > 0)
    return whole


def lost_race(append: Append) -> LostRaceError:
    """Outcome of an append whose place was taken."""
    return LostRaceError(f"sitting {append[0].event.sitting_id}: an event number exists already")


class GroupCommit:
    """Appends before a database, stored in batches: a lone one goes at once, for no timer collects.

    Each append is whole or not at all, and has its own outcome. In one batch there is at most one append of a sitting,
    and those of one sitting go in the order they came in. A batch that fails is redone append by append, so that a bad
    row harms nobody else. Where nobody knows what the batch stored, an event that is there already, with the same
    digest, is the batch's own and no lost race.
    """

    def __init__(self, store: Store, load: Load) -> None:
        self._store = store
        self._load = load
        self._queue: dict[_Waiting, None] = {}  # in order of arrival
        self._committer: asyncio.Task[None] | None = None
        self._is_closed = False

    async def append(self, entries: Append) -> None:
        """Return when the entries are on disk; who stops waiting takes nothing back (see `Journal.append`)."""
        if self._is_closed:
            raise JournalError("The journal is closed: this process is stopping.")
        if not entries:
            return
        waiting = _Waiting(entries, self._refuse)
        self._queue[waiting] = None
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit())
        error = await waiting.outcome
        if error is not None:
            raise error

    async def close(self) -> None:
        """Take nothing more, and wait until what was taken has its outcome."""
        self._is_closed = True
        if self._committer is not None:
            await asyncio.wait([self._committer])

    def _refuse(self, waiting: _Waiting) -> None:
        """Give up an append that nothing was done with yet."""
        del self._queue[waiting]
        waiting.settle(waiting.too_late())

    async def _commit(self) -> None:
        """Store batch after batch until nobody waits."""
        try:
            while batch := self._take():
                await self._settle(batch)
        finally:
            self._committer = None
            for waiting in tuple(self._queue):  # only where the event loop itself stops
                self._refuse(waiting)

    def _take(self) -> list[_Waiting]:
        """Next batch: the oldest append and what fits with it, at most one of a sitting."""
        batch: list[_Waiting] = []
        sittings: set[tuple[UUID, UUID]] = set()
        n_entries = 0
        for waiting in self._queue:
            if batch and n_entries + len(waiting.entries) > MOST_ENTRIES:
                break
            if sittings.isdisjoint(waiting.sittings):
                batch.append(waiting)
                n_entries += len(waiting.entries)
            sittings |= waiting.sittings  # of one that stays too: no later one of its sittings may pass it
        for waiting in batch:
            del self._queue[waiting]
            waiting.timer.cancel()
        return batch

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        """Store a batch, if need be one by one, and give each append its outcome, whatever happens."""
        try:
            stored = await self._store([waiting.entries for waiting in batch])
            for waiting, is_stored in zip(batch, stored, strict=True):
                is_ours = is_stored or (waiting.is_unsure and await self._is_in_log(waiting.entries))
                waiting.settle(None if is_ours else lost_race(waiting.entries))
        except Exception as error:
            await self._redo(batch, error)
        finally:
            for waiting in batch:
                waiting.settle(JournalError("The journal stopped in the middle: it is unknown what is stored."))

    async def _redo(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """Store one by one what failed together, as long as somebody still waits for it."""
        for waiting in batch:
            waiting.is_unsure |= not isinstance(error, NotStoredError)
            if len(batch) == 1:
                waiting.settle(_as_ours(error))
            elif waiting.is_late:
                waiting.settle(waiting.too_late())
            else:
                await self._settle([waiting])

    async def _is_in_log(self, append: Append) -> bool:
        """Whether the log has these very events, all of them: a digest covers every column and what went before."""
        for entry in append:
            school_id, sitting_id, number = key_of(entry)
            found = await self._load(school_id, sitting_id, number - 1)
            if not found or found[0].digest != entry.event.digest:
                return False
        return True


def _as_ours(error: Exception) -> DeliveryError:
    """An error that the layers above know; a fault in our own code is one too, and keeps where it came from."""
    if isinstance(error, DeliveryError):
        return error
    ours = JournalError(f"An append cannot be stored: {type(error).__name__}: {error}")
    ours.__cause__ = error
    return ours


class _Waiting:
    """An append and whoever waits for it.

    Attributes
    ----------
    is_unsure : an attempt failed of which nobody can say that it stored nothing
    """

    def __init__(self, entries: Append, refuse: Callable[[_Waiting], None]) -> None:
        loop = asyncio.get_running_loop()
        self.entries = entries
        self.sittings = {(entry.event.school_id, entry.event.sitting_id) for entry in entries}
        self.is_unsure = False
        self.outcome: asyncio.Future[DeliveryError | None] = loop.create_future()
        self.deadline = loop.time() + LONGEST_WAIT_S
        self.timer = loop.call_at(self.deadline, refuse, self)

    @property
    def is_late(self) -> bool:
        """Whether it waited for so long that whoever asked has given up."""
        return self.outcome.get_loop().time() > self.deadline

    def too_late(self) -> JournalError:
        """What it hears then, whatever became of others."""
        doubt = "; it is unknown whether it is stored" if self.is_unsure else ""
        return JournalError(f"The journal cannot keep up: an append waited {LONGEST_WAIT_S:g} s{doubt}. Try again.")

    def settle(self, error: DeliveryError | None) -> None:
        """Give the first outcome, where somebody still waits; a result, for an exception that nobody reads is noise."""
        self.timer.cancel()
        if not self.outcome.done():
            self.outcome.set_result(error)
