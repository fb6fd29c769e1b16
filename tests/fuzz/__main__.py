"""``python -m tests.fuzz``: requests of every operation, as it is described and otherwise, sent by everybody.

Schemathesis makes them; a real installation with two schools at work answers. No reply may be a fault of the server,
and the pupils' interface answers only as it describes itself: statuses, types of content, and the form of a refusal.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from pathlib import Path

import schemathesis
from rich.console import Console

from tests.fuzz.describing import whole_description
from tests.fuzz.requesting import Finding, Tried, fuzz
from tests.matrix.operations import Operation, operations
from tests.matrix.place import MatrixPlace, matrix_place

CONTROL = "/api/v1/entry/confirm"


def in_order(place: MatrixPlace) -> list[Tried]:
    """Operations of the description; those that end something come last."""
    schema = schemathesis.openapi.from_dict(whole_description(place.app))
    described = {made.ok().label: made.ok() for made in schema.get_all_operations()}
    labelled = {str(operation).replace(":path}", "}"): operation for operation in operations(place.app)}
    return [Tried(operation, described[label]) for label, operation in labelled.items() if label in described]


def control(runner: asyncio.Runner, place: MatrixPlace, chance: int) -> bool:
    """Whether a refusal that is not described is found: the same look, at a description that was spoilt."""
    spoilt = whole_description(place.app)
    del spoilt["paths"][CONTROL]["post"]["responses"]["401"]
    made = schemathesis.openapi.from_dict(spoilt)[CONTROL]["POST"]
    found = fuzz(runner, place, Tried(Operation("POST", CONTROL), made), 5, chance)
    return bool(found.faults)


def say(console: Console, label: str, found: Finding) -> None:
    """One line an operation, and what was wrong."""
    statuses = " ".join(f"{status}×{n}" for status, n in sorted(found.statuses.items()))
    console.print(f"{label:88} {statuses}", highlight=False, soft_wrap=True)
    for fault, example in found.faults.items():
        console.print(f"  {fault}\n{example}", style="red", markup=False, soft_wrap=True)


def main() -> int:
    """Try everything; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=50, help="of each operation as described, and as many not")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="part of the method and address")
    asked = parser.parse_args()
    console, statuses, n_faults = Console(), Counter[int](), 0
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        opened = matrix_place(Path(folder) / "data")
        place = runner.run(opened.__aenter__())
        tried = [one for one in in_order(place) if asked.only in one.described.label]
        for one in tried:
            found = fuzz(runner, place, one, asked.examples, asked.seed)
            say(console, one.described.label, found)
            statuses += found.statuses
            n_faults += len(found.faults)
        can_fail = control(runner, place, asked.seed)
        runner.run(opened.__aexit__(None, None, None))
    n_requests = sum(statuses.values())
    console.print(f"{len(tried)} operations, {len(place.actors)} who ask, {n_requests:,} requests: {n_faults} faults")
    console.print(f"control, a refusal that is not described: {'found' if can_fail else 'NOT FOUND'}")
    return 1 if n_faults or not n_requests or not can_fail else 0


if __name__ == "__main__":
    sys.exit(main())
