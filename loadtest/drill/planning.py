"""Which runs a drill is made of, and how many seats they take."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loadtest.drill.faults import FAULTS, POSTGRES_ONLY
from loadtest.drill.faults.clocks import can_shift_clocks
from loadtest.drill.faults.disks import can_mount
from loadtest.drill.messages import MessageFaults
from loadtest.drill.running import DrillPlan

SQLITE_SHARE = 10  # one kill in ten is on SQLite, where everybody waits for the one server
MESSAGES = MessageFaults(0.02)
MOVES = 0.15
STRIKE_S = 8.0  # a strike with what comes before it, on two busy cores
TEST_LENGTH = 20  # questions of a demo test
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


def left_out() -> dict[str, str]:
    """Faults that cannot be made on this machine, with the reason."""
    reasons = {}
    if not can_mount():
        reasons["disk full"] = "PostgreSQL's needs a small file system, which only root can mount; SQLite's is made"
    if not can_shift_clocks():
        reasons["server clock wrong"] = (
            "it needs Linux and a C compiler (cc); the pupils' clocks are wrong all the same"
        )
    return reasons


def postgres_plan(size: Size) -> DrillPlan:
    """Two server processes on PostgreSQL, and everything that can go wrong there."""
    counted = {"worker killed": size.kills, "database stopped": size.stops}
    faults = {name: counted.get(name, size.others) for name in FAULTS if name not in left_out()}
    return _plan(size, faults, workers=2, races=size.races)


def sqlite_plan(size: Size) -> DrillPlan:
    """One server process on SQLite."""
    missing = POSTGRES_ONLY | ({"server clock wrong"} & left_out().keys())
    counted = {"worker killed": math.ceil(size.kills / SQLITE_SHARE)}
    faults = {name: counted.get(name, size.others) for name in FAULTS if name not in missing}
    return _plan(size, faults, workers=1, races=math.ceil(size.races / SQLITE_SHARE))


def _plan(size: Size, faults: dict[str, int], workers: int, races: int) -> DrillPlan:
    """What both have in common."""
    return DrillPlan(
        faults=faults,
        races=races,
        messages=MESSAGES,
        workers=workers,
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
