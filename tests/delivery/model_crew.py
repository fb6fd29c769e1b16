"""Two workers over one database, as the model test drives them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

from delivery.access import SittingRef
from delivery.journal import Event, Journal
from tests.delivery.delivery_world import Clock, Site, World, make_site
from tests.delivery.faulty_journal import FaultyJournal

Sabotage = Callable[[Journal], Journal]


@dataclass
class Crew:
    """Two workers over one database, in one event loop."""

    world: World
    runner: asyncio.Runner
    journals: list[Journal]
    sabotage: Sabotage = lambda journal: journal
    workers: list[Site] = field(default_factory=list)
    faults: list[FaultyJournal] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run to the end."""
        return self.runner.run(work)

    def start(self) -> None:
        """Two workers without any memory."""
        self.run(self.world.stop())
        self.faults = [FaultyJournal(self.sabotage(journal)) for journal in self.journals]
        self.workers = [self._worker(fault) for fault in self.faults]

    def send_ahead(self, size: int) -> None:
        """Send so many items ahead from now on."""
        self.world.config = replace(self.world.config, reserve_items=size)
        for site in self.workers:
            site.sittings.config = self.world.config

    def restart(self, worker: int) -> None:
        """A worker that forgot everything."""
        self.workers[worker] = self._worker(self.faults[worker])

    def _worker(self, journal: Journal) -> Site:
        """A worker by the clock that all share."""
        made = make_site(self.world, journal)
        made.sittings.clock = self.clock
        return made

    def log(self, ref: SittingRef) -> list[Event]:
        """What is committed, read past the workers."""
        events: list[Event] = self.run(self.journals[0].load(ref.school_id, ref.sitting_id))
        return events
