"""What is done to servers, database, disk, network and clocks while pupils answer: one idea a module."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from loadtest.drill.faults.clocks import wrong_clock
from loadtest.drill.faults.cuts import cut_long, cut_short
from loadtest.drill.faults.disks import fill_disk
from loadtest.drill.faults.kills import kill_worker
from loadtest.drill.faults.rolling import roll_version
from loadtest.drill.faults.services import lock_contacts, lose_checkpoints
from loadtest.drill.faults.stops import stop_database
from loadtest.drill.site import Scene

Strike = Callable[[Scene], Awaitable[bool]]
"""Strikes once and puts everything right again; says whether it really took place, in the middle of the traffic."""

FAULTS: dict[str, Strike] = {
    "worker killed": kill_worker,
    "database stopped": stop_database,
    "disk full": fill_disk,
    "network cut for 30 s": cut_short,
    "network cut for 10 min": cut_long,
    "server clock wrong": wrong_clock,
    "checkpoint file not writable": lose_checkpoints,
    "contacts table locked": lock_contacts,
    "version rolled in and back": roll_version,
}
"""By name."""
POSTGRES_ONLY = frozenset({"database stopped", "contacts table locked"})
