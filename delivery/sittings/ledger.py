"""Deciding and appending, one at a time per sitting: the loop behind every request (point 12 of the protocol)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import msgspec
import structlog

from delivery.access import SittingRef
from delivery.config import REMEMBERED_SITTINGS
from delivery.errors import DamagedLogError, JournalError, LostRaceError
from delivery.journal import FIRST_DIGEST, Entry, Event, Journal
from delivery.sittings.choosing_together import Chooser, Wanted
from delivery.sittings.decisions import Decision
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState, empty_state, fold

T = TypeVar("T")

ATTEMPTS = 5

Decide = Callable[[SittingState], Decision]
DecideOrWant = Callable[[SittingState], Decision | Wanted]
log = structlog.get_logger(__name__)


class Ledger:
    """States of sittings as this worker knows them; what it remembers is a cache, the log is the truth."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._chooser = Chooser()
        self._states: OrderedDict[SittingRef, SittingState] = OrderedDict()
        self._locks: WeakValueDictionary[SittingRef, asyncio.Lock] = WeakValueDictionary()
        self._running: set[asyncio.Task[Any]] = set()

    @property
    def is_busy(self) -> bool:
        """Whether work goes on, perhaps for someone who went away."""
        return bool(self._running)

    async def load(self, ref: SittingRef) -> SittingState:
        """State with everything that is committed now.

        Raises
        ------
        DamagedLogError
            If the log of this sitting cannot be folded.
        JournalError
            If the log cannot be reached.
        """
        async with self._lock(ref):
            return await self._refresh(ref)

    async def known(self, ref: SittingRef) -> SittingState:
        """State from memory where it is there: enough for what never changes, such as the pinned bank.

        Raises
        ------
        DamagedLogError, JournalError
            As `load`.
        """
        state = self._states.get(ref)
        return await self.load(ref) if state is None or state.started is None else state

    def remembered(self, ref: SittingRef) -> SittingState | None:
        """State from memory, perhaps an older one; None where there is none."""
        return self._states.get(ref)

    async def perform(self, ref: SittingRef, decide: DecideOrWant) -> tuple[SittingState, Decision]:
        """Decide on the present state and append what follows; a client that goes away stops nothing.

        Returns
        -------
        tuple
            The state afterwards and the decision that was carried out.

        Raises
        ------
        DamagedLogError
            If the log of this sitting cannot be folded.
        JournalError
            If the log cannot be reached, or five races in a row were lost.
        """
        return await self._to_the_end(self._perform(ref, decide))

    async def perform_all(
        self, decisions: Mapping[SittingRef, Decide], *, around_damage: bool = False
    ) -> dict[SittingRef, SittingState]:
        """Decide on several sittings and append all events in one transaction, or none.

        Parameters
        ----------
        decisions
            One a sitting.
        around_damage
            Leave out sittings whose log cannot be folded, so that one of them keeps no room from being closed.

        Returns
        -------
        dict
            States afterwards.

        Raises
        ------
        DamagedLogError
            If the log of one of them cannot be folded, and none is left out.
        JournalError
            If the log cannot be reached, or five races in a row were lost.
        """
        return await self._to_the_end(self._perform_all(decisions, around_damage=around_damage))

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Run work that goes on even when whoever asked for it goes away."""
        task = asyncio.create_task(work)
        self._running.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _perform(self, ref: SittingRef, decide: DecideOrWant) -> tuple[SittingState, Decision]:
        async with self._lock(ref):
            state, is_fresh = await self._known(ref)
            for _ in range(ATTEMPTS):
                made = decide(state)
                decision = await self._chooser.decide(made) if isinstance(made, Wanted) else made
                if decision.entry is None and is_fresh:
                    return state, decision
                if decision.entry is None:  # only the log itself may say no: another worker may know more
                    before, state = state, await self._refresh(ref)
                    is_fresh = True
                    if state is before:
                        return state, decision
                    continue
                after = await self._append({ref: state}, {ref: decision.entry})
                if after is not None:
                    return after[ref], decision
                state, is_fresh = await self._refresh(ref), True
        raise JournalError(f"sitting {ref.sitting_id}: lost {ATTEMPTS} races in a row. Try again.")

    async def _perform_all(
        self, decisions: Mapping[SittingRef, Decide], *, around_damage: bool
    ) -> dict[SittingRef, SittingState]:
        async with AsyncExitStack() as held:
            for ref in sorted(decisions, key=lambda ref: ref.sitting_id):  # one order, so that nobody waits in a ring
                await held.enter_async_context(self._lock(ref))
            for _ in range(ATTEMPTS):
                states = await self._refresh_all(decisions, around_damage=around_damage)
                made = {ref: decisions[ref](state).entry for ref, state in states.items()}
                entries = {ref: entry for ref, entry in made.items() if entry is not None}
                after = await self._append(states, entries)
                if after is not None:
                    return states | after
        raise JournalError(f"{len(decisions)} sittings: lost {ATTEMPTS} races in a row. Try again.")

    async def _append(
        self, before: Mapping[SittingRef, SittingState], entries: Mapping[SittingRef, Entry]
    ) -> dict[SittingRef, SittingState] | None:
        """Append in one transaction and remember the states after it; None when a race was lost."""
        for ref in entries:  # until the commit is known, memory knows nothing
            self._states.pop(ref, None)
        try:
            if entries:
                await self.journal.append(list(entries.values()))
        except LostRaceError:
            return None
        return {ref: self._remember(ref, fold(before[ref], [entry.event])) for ref, entry in entries.items()}

    async def _known(self, ref: SittingRef) -> tuple[SittingState, bool]:
        """State from memory, or from the log; and whether it is fresh from the log."""
        state = self._states.get(ref)
        return (await self._refresh(ref), True) if state is None else (state, False)

    async def _refresh(self, ref: SittingRef) -> SittingState:
        """Read what the log has more than memory; the same object when that is nothing."""
        state = self._states.get(ref) or empty_state(ref.school_id, ref.sitting_id)
        events = await self.journal.load(ref.school_id, ref.sitting_id, state.event_number)
        return self._remember(ref, _read_on(state, events) if events else state)

    async def _refresh_all(self, refs: Iterable[SittingRef], *, around_damage: bool) -> dict[SittingRef, SittingState]:
        """The same for several."""
        states = {}
        for ref in refs:
            try:
                states[ref] = await self._refresh(ref)
            except DamagedLogError as error:
                if not around_damage:
                    raise
                log.error("sitting is left as it is", reason=str(error))
        return states

    def _remember(self, ref: SittingRef, state: SittingState) -> SittingState:
        """Keep a state, and let go of the ones that were not used for longest."""
        self._states[ref] = state
        self._states.move_to_end(ref)
        while len(self._states) > REMEMBERED_SITTINGS:
            self._states.popitem(last=False)
        return state

    def _lock(self, ref: SittingRef) -> asyncio.Lock:
        """Lock of a sitting; it exists as long as somebody holds or awaits it."""
        lock = self._locks.get(ref)
        if lock is None:
            lock = self._locks[ref] = asyncio.Lock()
        return lock


def _read_on(state: SittingState, events: Sequence[Event]) -> SittingState:
    """State after more of the log; what no release of ours can have written is no passing fault."""
    try:
        after = fold(state, events)
        if len(after.digest) == len(FIRST_DIGEST):
            if after.phase is Phase.READ_ONLY and state.phase is not Phase.READ_ONLY:
                log.error(
                    "sitting cannot go on: run peil audit",
                    sitting=str(state.ref.sitting_id),
                    unreadable=after.unreadable,
                )
            return after
        fault = "a digest that is none"
    except (TypeError, ValueError, LookupError, AttributeError, msgspec.MsgspecError) as error:
        fault = type(error).__name__  # its words may hold what stands in the log
    raise DamagedLogError(f"sitting {state.ref.sitting_id}: its log cannot be read ({fault}). Run `peil audit`.")
