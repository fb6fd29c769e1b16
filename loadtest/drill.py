"""The fault drill: a server under load is killed again and again; every acknowledged answer must still be there."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from rich.console import Console
from rich.markup import escape

from loadtest.errors import LoadtestError
from loadtest.fragments import Answer, Field, Value
from loadtest.ledger import Ledger, read_ledger
from loadtest.log import Verdict, compare, read_log
from loadtest.pupils import Finished, VirtualPupil
from loadtest.rooms import DATABASE_FILE, PEIL, prepare_rooms
from loadtest.server import ServerProcess

PATIENCE_S = 120.0
CONNECTIONS = 50


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """What a drill does.

    Attributes
    ----------
    folder : where data, ledger and log files go
    kills : how often the server is killed
    pupils : how many virtual pupils answer at the same time
    seed : decides the answers and the moments
    serve : command that serves, without ``--port``
    environment : added to ours, such as ``PEIL_DATABASE_URL``
    """

    folder: Path
    kills: int = 20
    pupils: int = 60
    seed: int = 0
    serve: Sequence[str] = (*PEIL, "serve")
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DrillResult:
    """What came of it.

    Attributes
    ----------
    verdict : ledger against log
    kills : times that the server was killed while pupils were answering
    finished : sittings that were sealed
    failures : why the other pupils could not go on
    repeats : requests that had to be sent again
    seconds : how long pupils were answering
    """

    verdict: Verdict
    kills: int
    finished: int
    failures: tuple[str, ...]
    repeats: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AnswerByChance:
    """An answer function for someone who knows nothing: picks or types something in every field."""

    rng: random.Random

    def __call__(self, _fragment: str, fields: Sequence[Field]) -> Answer:
        """Answer what is on the screen."""
        return {item_field.identifier: self._value(item_field) for item_field in fields}

    def _value(self, item_field: Field) -> Value:
        """One field."""
        if item_field.is_list:
            return self.rng.sample(item_field.choices, 1)
        return self.rng.choice(item_field.choices) if item_field.choices else str(self.rng.randrange(1000))


def run_drill(plan: DrillPlan) -> DrillResult:
    """Prepare, answer under fire, and compare.

    Raises
    ------
    LoadtestError
        If the rooms cannot be made or the server does not come back.
    """
    seats = prepare_rooms(plan.folder, plan.seed, plan.environment)
    random.Random(plan.seed).shuffle(seats)
    kills, outcomes, seconds = asyncio.run(_answer_under_fire(plan, seats[: plan.pupils]))
    url = plan.environment.get("PEIL_DATABASE_URL") or os.environ.get("PEIL_DATABASE_URL", "")
    log = read_log(plan.folder / DATABASE_FILE, url)
    finished = [outcome for outcome in outcomes if isinstance(outcome, Finished)]
    return DrillResult(
        verdict=compare(read_ledger(_ledger_file(plan)), log),
        kills=kills,
        finished=len(finished),
        failures=tuple(str(outcome) for outcome in outcomes if not isinstance(outcome, Finished)),
        repeats=sum(pupil.repeats for pupil in finished),
        seconds=seconds,
    )


def _ledger_file(plan: DrillPlan) -> Path:
    """Place of the client's own ledger."""
    return plan.folder / "ledger.jsonl"


async def _answer_under_fire(
    plan: DrillPlan, seats: list[tuple[str, str]]
) -> tuple[int, list[Finished | LoadtestError], float]:
    """Let pupils answer while the server is killed and started again; return kills, outcomes and seconds."""
    server = ServerProcess((*plan.serve, "--data", str(plan.folder)), plan.folder / "server.log", plan.environment)
    server.spawn()
    await asyncio.to_thread(server.wait_until_ready)
    begun = time.monotonic()
    limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    try:
        with Ledger(_ledger_file(plan)) as ledger:
            async with httpx2.AsyncClient(base_url=server.address, limits=limits, timeout=10.0) as client:
                pupils = [
                    VirtualPupil(
                        client, room, seat, AnswerByChance(random.Random(number)), ledger, patience_s=PATIENCE_S
                    )
                    for number, (room, seat) in enumerate(seats, plan.seed)
                ]
                work = asyncio.gather(*map(_outcome, pupils))
                killer = asyncio.create_task(_kill_often(plan, server, ledger, work))
                outcomes = await work
                kills = await killer
    finally:
        server.stop()
    return kills, outcomes, time.monotonic() - begun


async def _outcome(pupil: VirtualPupil) -> Finished | LoadtestError:
    """What became of one pupil; a failure is a finding, and the others go on."""
    try:
        return await pupil.run()
    except LoadtestError as failure:
        return failure


async def _kill_often(
    plan: DrillPlan, server: ServerProcess, ledger: Ledger, work: asyncio.Future[list[Finished | LoadtestError]]
) -> int:
    """Kill the server at random moments, always with answers under way, and start it again; count the kills."""
    rng = random.Random(plan.seed)
    kills = 0
    while kills < plan.kills and not work.done():
        # A moment is a number of answers since the last start and a few milliseconds after it: so every kill
        # falls in the middle of the traffic, in whatever step of a request.
        goal = ledger.n_answers + rng.randint(1, 2 * plan.pupils // 3)
        while ledger.n_answers < goal and not work.done():
            await asyncio.sleep(0.001)
        await asyncio.sleep(rng.uniform(0.0, 0.02))
        if work.done():
            break
        server.kill()
        kills += 1
        server.spawn()
        await asyncio.to_thread(server.wait_until_ready)
    return kills


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a drill from the command line; 0 when nothing was lost or doubled and every kill took place."""
    parser = argparse.ArgumentParser(description="Kill a server under load and count the answers.")
    parser.add_argument("--kills", type=int, default=20, help="how often the server is killed (20)")
    parser.add_argument("--pupils", type=int, default=60, help="virtual pupils at the same time (60)")
    parser.add_argument("--seed", type=int, default=0, help="decides answers and moments (0)")
    chosen = parser.parse_args(arguments)
    console = Console()
    with tempfile.TemporaryDirectory(prefix="peil-drill-") as folder:
        result = run_drill(DrillPlan(Path(folder), chosen.kills, chosen.pupils, chosen.seed))
    verdict = result.verdict
    console.print(f"{result.kills} kills in {result.seconds:.0f} s; {result.repeats} requests were sent again")
    for failure in result.failures[:3]:
        console.print(f"[red]a pupil could not go on:[/] {escape(failure)}", highlight=False)
    console.print(
        f"{result.finished} sittings sealed; {verdict.stored} answers in the log, {verdict.unkeyed} without key"
    )
    console.print(f"acknowledged {verdict.acknowledged}, lost {verdict.lost}, doubled {verdict.doubled}")
    return 0 if verdict.is_clean and not result.failures and result.kills == chosen.kills else 1


if __name__ == "__main__":
    sys.exit(main())
