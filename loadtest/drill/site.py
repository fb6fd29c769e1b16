"""The server processes of one installation, and the moment-to-moment state that faults work on."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from loadtest.drill.moulds import Installation
from loadtest.drill.proxy import Address, FaultProxy
from loadtest.ledger import Ledger
from loadtest.server import ServerProcess

LOOK_S, READ_S = 0.001, 0.1


@dataclass(slots=True)
class Site:
    """An installation that is being served.

    Attributes
    ----------
    installation : its data and database
    command : program that serves; ``--host``, ``--data`` and ``--port`` are added
    logs : folder for what the servers write down
    workers : server processes; SQLite takes one
    """

    installation: Installation
    command: Sequence[str]
    logs: Path
    workers: list[ServerProcess] = field(default_factory=list)
    _n_made: int = field(default=0, init=False)

    def add_worker(self, environment: Mapping[str, str] | None = None) -> ServerProcess:
        """Make a server process, at a port of its own; it is not started, and nobody is sent to it yet."""
        self._n_made += 1
        return ServerProcess(
            (*self.command, "--host", "127.0.0.1", "--data", str(self.installation.folder)),
            self.logs / f"server{self._n_made}.log",
            {**self.installation.environment, **(environment or {})},
        )

    async def start(self, n_workers: int) -> None:
        """Start so many server processes."""
        for _ in range(n_workers):
            worker = self.add_worker()
            self.workers.append(worker)
            await start(worker)

    def addresses(self) -> list[Address]:
        """Where pupils may be sent."""
        return [address_of(worker) for worker in self.workers]

    def stop(self) -> None:
        """Stop every server process."""
        for worker in self.workers:
            worker.stop()

    def n_said(self, words: str) -> int:
        """How often the servers wrote these words down."""
        return sum(path.read_text(errors="replace").count(words) for path in self.logs.glob("server*.log"))


async def start(worker: ServerProcess) -> None:
    """Start a server process, and wait beside the pupils until it listens."""
    worker.spawn()  # in the thread that lives on
    await asyncio.to_thread(worker.wait_until_ready)


def address_of(worker: ServerProcess) -> Address:
    """Host and port of a server process that listens, or did."""
    parts = urlsplit(worker.address)
    return str(parts.hostname), int(parts.port or 0)


@dataclass(slots=True)
class Scene:
    """What is going on while faults strike.

    Attributes
    ----------
    site, proxy, ledger : where pupils work, through what, and what they hold receipts for
    rng : decides the moments
    speed : seconds of the pupils' time in one of ours
    is_over : whether nobody answers any more
    kills : when a server process was killed (`time.monotonic`), in order
    figures : what was counted, by name
    """

    site: Site
    proxy: FaultProxy
    ledger: Ledger
    rng: random.Random
    speed: float
    is_over: Callable[[], bool]
    kills: list[float] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)

    async def until(self, happened: Callable[[], bool], seconds: float = 60.0, every_s: float = LOOK_S) -> bool:
        """Wait until something happens while pupils answer, looking now and then; say whether it did."""
        deadline = time.monotonic() + seconds
        while not happened():
            if self.is_over() or time.monotonic() > deadline:
                return False
            await asyncio.sleep(every_s)
        return True

    async def servers_say(self, words: str, before: int, seconds: float = 60.0) -> bool:
        """Wait until servers have written these words more often than ``before``."""
        return await self.until(lambda: self.site.n_said(words) > before, seconds, every_s=READ_S)

    async def more_answers(self, n_answers: int) -> bool:
        """Wait until so many more answers are acknowledged."""
        goal = self.ledger.n_answers + n_answers
        return await self.until(lambda: self.ledger.n_answers >= goal)

    async def server_errors(self, n_errors: int = 1) -> bool:
        """Wait until pupils meet so many more refusals for a fault of the server's."""
        goal = self.proxy.happened["server error"] + n_errors
        return await self.until(lambda: self.proxy.happened["server error"] >= goal)
