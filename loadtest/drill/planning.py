"""Which runs a drill is made of, and how many seats they take."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loadtest.drill.faults import FAULTS, POSTGRES_ONLY
from loadtest.drill.faults.clocks import can_shift_clocks
from loadtest.drill.faults.disks import can_limit, can_mount
from loadtest.drill.messages import MessageFaults
from loadtest.drill.running import DrillPlan

POSTGRESQL, SQLITE = "PostgreSQL", "SQLite"
SQLITE_SHARE = 10  # SQLite gets one kill and race in ten: everybody waits for its one server
MESSAGES = MessageFaults(0.02)
MOVES = 0.15
STRIKE_S = 8.0  # a strike with what comes before it, on two busy cores
TEST_LENGTH = 20  # questions of a demo test
EMPTY_MB, COPY_MB = 64, 48  # of a prepared database; of 300 tests, at 8 kB an answer with its indexes
SEATS_OF_A_COPY = 300  # of the demo's roster: 150 pupils, two tests


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything.

    Attributes
    ----------
    kills, stops : of server processes, and of PostgreSQL
    races : of two laptops
    others : how often every other fault strikes on each database
    pupils : at the same time
    seed : decides everything that is drawn
    """

    kills: int = 20
    stops: int = 5
    races: int = 100
    others: int = 1
    pupils: int = 16
    seed: int = 0


def left_out(database: str) -> dict[str, str]:
    """Faults that a database cannot have, or that cannot be made on this machine, with the reason."""
    reasons = {}
    if not can_shift_clocks():
        reasons["server clock wrong"] = (
            "it needs Linux and a C compiler (cc); the pupils' clocks are wrong all the same"
        )
    if database == POSTGRESQL and not can_mount():
        reasons["disk full"] = "PostgreSQL's needs a small file system of its own, which only root can mount, on Linux"
    if database == SQLITE:
        reasons |= dict.fromkeys(POSTGRES_ONLY, "SQLite has no server to stop, and no lock on one table")
        if not can_limit():
            reasons["disk full"] = "a running process can be kept from writing on Linux only"
    return reasons


def plan_for(database: str, size: Size) -> DrillPlan:
    """Two server processes on PostgreSQL or one on SQLite, and everything that can go wrong there."""
    is_large = database == POSTGRESQL
    share = 1 if is_large else SQLITE_SHARE
    counted = {"worker killed": math.ceil(size.kills / share), "database stopped": size.stops}
    return DrillPlan(
        faults={name: counted.get(name, size.others) for name in FAULTS if name not in left_out(database)},
        races=math.ceil(size.races / share),
        messages=MESSAGES,
        workers=2 if is_large else 1,
        pupils=size.pupils,
        moves=MOVES,
        seed=size.seed,
    )


def copies_for(plan: DrillPlan) -> int:
    """How often the demo's roster must be seated for a run."""
    pace = plan.pupils / (sum(plan.think_s) / 2)
    for_faults = sum(plan.faults.values()) * STRIKE_S * pace / TEST_LENGTH
    for_races = plan.races / (MOVES * TEST_LENGTH / 2)
    return math.ceil((max(for_faults, for_races) + plan.pupils) / SEATS_OF_A_COPY)


def disk_mb(plan: DrillPlan) -> int:
    """Size of a disk, in MB, that holds all that a run writes, and is filled up in a moment."""
    return EMPTY_MB + COPY_MB * copies_for(plan)
