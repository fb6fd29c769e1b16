"""Signing the heads of sittings that are over, outside the database, beside the request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import structlog

from delivery.journal.checkpoints import Head, append_checkpoint
from delivery.sittings.phases import Phase
from delivery.sittings.state import SittingState

GATHER_S = 0.1
"""Seconds in which heads come together: at the end of a test many seal at once, and each line waits for a disk."""
OVER = frozenset({Phase.SEALED, Phase.VOID, Phase.ERASED})
log = structlog.get_logger(__name__)


class HeadSigner:
    """Writes checkpoints; the heads that come in while one is written go into the next."""

    def __init__(self, path: Path | None, key: bytes) -> None:
        self._path = path
        self._key = key
        self._waiting: dict[UUID, Head] = {}
        self._writing: asyncio.Task[None] | None = None

    def note(self, states: Iterable[SittingState]) -> asyncio.Task[None] | None:
        """Let heads be signed soon; whoever must know when awaits the task that is returned (None signs nothing)."""
        if self._path is None:
            return None
        self._waiting |= {state.ref.sitting_id: Head(state.event_number, state.digest) for state in states}
        if self._waiting and (self._writing is None or self._writing.done()):
            self._writing = asyncio.create_task(self._write(self._path))
        return self._writing

    async def _write(self, path: Path) -> None:
        """Write until nothing waits; what cannot be written waits for the next time."""
        while self._waiting:
            await asyncio.sleep(GATHER_S)
            heads, self._waiting = self._waiting, {}
            try:
                await asyncio.to_thread(append_checkpoint, path, self._key, heads)
            except OSError as error:
                self._waiting = heads | self._waiting
                log.error("checkpoint not written", heads=len(heads), error=error.strerror)
                return

    async def close(self) -> None:
        """Sign what still waits."""
        if self._writing is not None:
            await self._writing
