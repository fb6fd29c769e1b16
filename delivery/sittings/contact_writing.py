"""Writes contacts beside the requests: one timer a worker, one statement a school."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from delivery.direct import Direct
from delivery.errors import DeliveryError
from delivery.sittings.contacts import Contacts, write_contacts

COLLECT_S = 0.5
"""How long the first contact that is due waits for others; the console shows a newcomer no later than that."""
log = structlog.get_logger(__name__)


class ContactWriter:
    """Writes what is due a little later, so that what came meanwhile goes with it.

    Parameters
    ----------
    contacts, direct
        What is written, and where.
    clock
        Present instant, in milliseconds since 1970.
    """

    def __init__(self, contacts: Contacts, direct: Direct, clock: Callable[[], int]) -> None:
        self._contacts = contacts
        self._direct = direct
        self._clock = clock
        self._timer: asyncio.TimerHandle | None = None
        self._writing: set[asyncio.Task[None]] = set()

    def soon(self) -> None:
        """Write what is due in half a second, if nobody asked for that yet."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COLLECT_S, self._begin)

    async def write_due(self) -> None:
        """Write what is due; when that fails the proctor sees an older contact, and nobody waits for it."""
        self._timer = None
        for school_id, due in self._contacts.take_due(self._clock()).items():
            try:
                await write_contacts(self._direct, school_id, due)
            except DeliveryError as error:
                log.warning("contacts not written", sittings=len(due), error=type(error).__name__)

    async def close(self) -> None:
        """Write what is due now, and wait for what is being written."""
        if self._timer is not None:
            self._timer.cancel()
        await self.write_due()
        if self._writing:
            await asyncio.wait(self._writing)

    def _begin(self) -> None:
        """Start writing."""
        task = asyncio.get_running_loop().create_task(self.write_due())
        self._writing.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._writing.discard)
