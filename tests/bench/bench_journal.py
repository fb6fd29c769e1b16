"""Answers a second that the journal stores, with and without group commit, beside PostgreSQL's own bench.

    python tests/bench/bench_journal.py [--seconds S] [--rounds N]

So many sittings append realistic answers, each the next one when the last is on disk: in batches as the journal does,
and each in a transaction of its own on four connections. On PostgreSQL every round also runs the `pgbench` of
`make load`, and rates are divided by its rate, CPU by the server's CPU of one of its transactions (p). Medians over
the rounds; no gates: what a machine syncs in a second, and who else uses it, decides more than the code does.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

sys.path.insert(0, str(Path(__file__).parents[2]))

from delivery.isolation import in_school
from delivery.journal import AnswerKey, Entry, Event, PostgresJournal, SqliteJournal
from delivery.journal.grouping import Append
from delivery.sittings.events import Answered, EventKind, write_payload
from delivery.sittings.offers import Choice, Offer
from delivery.tables import AdministrationRow, ClassRow, SchoolRow, SittingRow
from loadtest.load.meter import tree_seconds
from loadtest.load.pgbench import RawRate, measure_raw_rate
from loadtest.postgres import PostgresServer
from tests.delivery.delivery_world import (
    World,
    make_bank,
    make_postgres_template,
    make_sqlite_template,
    postgres_world,
    sqlite_world,
)

SIZES = (1, 8, 64, 512)
SCHOOL = UUID(int=1)
HASH = "5f" * 32
PAYLOAD = write_payload(
    Answered(
        at=1_790_000_000_000,
        position=17,
        revision=0,
        item="wiskunde-getallen-0417@2",
        response={"RESPONSE": "choice_b"},
        typed="",
        category=1,
        score=1.0,
        elapsed_ms=43_210,
        worked_ms=43_377,
        epoch=1,
        late="",
        body_hash=HASH,
        following=Offer(
            position=18,
            item="wiskunde-meten-0093@1",
            rendering_hash=HASH,
            role="next",
            choice=Choice(
                inputs=HASH,
                best=tuple((f"wiskunde-meten-{n:04}@1", 0.4213371 - n / 1000) for n in range(5)),
                draw=0.7311904113,
                binding=("getallen: ten minste 8",),
                theta=0.3371094,
                standard_error=0.412907,
                fallback=False,
                route="plan",
            ),
        ),
        complete=False,
    )
)
console = Console(width=120)


class EachAlone(PostgresJournal):
    """A transaction for each append, on four connections."""

    async def append(self, entries: Append) -> None:
        """Append at once."""
        assert all(await self._store([entries]))

    async def _open(self, connections: int) -> asyncpg.Pool:
        return await super()._open(4 if connections == 1 else connections)


class EachAloneInFile(SqliteJournal):
    """A transaction for each append, in the writer thread."""

    async def append(self, entries: Append) -> None:
        """Append at once."""
        assert all(await self._store([entries]))


@dataclass
class Run:
    """What sittings did in one run.

    Attributes
    ----------
    rate : appends a second
    waits : milliseconds of each append
    cpu_here, cpu_server : milliseconds of CPU an append, of this process and of PostgreSQL
    """

    rate: float = 0.0
    waits: list[float] = field(default_factory=list)
    cpu_here: float = 0.0
    cpu_server: float = 0.0

    def percentile(self, percent: int) -> float:
        """Milliseconds within which so many appends were done."""
        return sorted(self.waits)[min(len(self.waits) - 1, len(self.waits) * percent // 100)]


Journals = PostgresJournal | SqliteJournal


def server_seconds(server: PostgresServer | None) -> float:
    """CPU that PostgreSQL used so far, connections that are gone included."""
    return 0.0 if server is None else tree_seconds(server.pid)


def measure(
    make: Callable[[], Journals],
    sittings: Sequence[UUID],
    numbers: Iterator[int],
    seconds: float,
    server: PostgresServer | None,
) -> Run:
    """Let sittings append for so many seconds, with event numbers that were not used before."""
    run, first = Run(), next(numbers) * 1_000_000

    async def sit(journal: Journals, sitting: UUID, until: float) -> None:
        for number in itertools.count(first):
            event = Event(SCHOOL, sitting, number, str(EventKind.ANSWERED), 2, PAYLOAD, bytes.fromhex(HASH))
            begun = time.perf_counter()
            await journal.append([Entry(event, AnswerKey(number, 0, event.digest))])
            run.waits.append((time.perf_counter() - begun) * 1000)
            if time.perf_counter() > until:
                return

    async def sit_all() -> None:
        journal = make()
        await journal.open()
        begun, here, there = time.perf_counter(), time.process_time(), server_seconds(server)
        await asyncio.gather(*(sit(journal, sitting, begun + seconds) for sitting in sittings))
        n = len(run.waits)
        run.rate = n / (time.perf_counter() - begun)
        run.cpu_here = (time.process_time() - here) / n * 1000
        run.cpu_server = (server_seconds(server) - there) / n * 1000
        await journal.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(sit_all())
    return run


def add_sittings(world: World) -> list[UUID]:
    """Sittings of one room, as many as the largest size asks."""
    sittings = [UUID(int=n + 1) for n in range(max(SIZES))]
    room = UUID(int=1)
    with Session(world.owner) as db, db.begin():
        in_school(db, SCHOOL)
        db.add(SchoolRow(school_id=SCHOOL, sourced_id="s", name="School"))
        db.flush()
        db.add(ClassRow(school_id=SCHOOL, class_id=room, sourced_id="c", title="4A"))
        db.flush()
        db.add(
            AdministrationRow(
                school_id=SCHOOL,
                administration_id=room,
                class_id=room,
                test="proef",
                title="Proef",
                bank_hash=world.bank.hash,
                simulated=True,
                status="open",
                room_code_sealed=b"",
            )
        )
        db.flush()
        db.add_all(SittingRow(school_id=SCHOOL, sitting_id=sitting, administration_id=room) for sitting in sittings)
    return sittings


Cell = tuple[int, str]
"""Number of sittings, and "grouped" or "alone"."""


def measure_all(
    ways: Mapping[str, Callable[[], Journals]],
    world: World,
    n_rounds: int,
    seconds: float,
    server: PostgresServer | None,
) -> tuple[dict[Cell, list[Run]], list[RawRate]]:
    """Rounds in which every way stands beside the others and beside pgbench."""
    sittings, numbers = add_sittings(world), itertools.count(1)
    runs: dict[Cell, list[Run]] = {(size, way): [] for size in SIZES for way in ways}
    raw: list[RawRate] = []
    for _ in range(n_rounds):
        if server is not None and (rate := measure_raw_rate(server, max(1, round(seconds)))) is not None:
            raw.append(rate)
        for (size, way), measured in runs.items():
            measured.append(measure(ways[way], sittings[:size], numbers, seconds, server))
    return runs, raw


def show(title: str, runs: dict[Cell, list[Run]], raw: list[RawRate]) -> None:
    """Table of the medians."""
    table = Table(title=title, title_justify="left")
    for head in ("sittings", "way", "answers/s", "÷ alone", "÷ pgbench", "p50 ms", "p99 ms", "CPU here", "CPU server"):
        table.add_column(head, justify="left" if head == "way" else "right")
    unit = 1000 * middle(each.cpu_s for each in raw) if raw else 1.0
    name = " p" if raw else " ms"
    for (size, way), measured in runs.items():
        gain = middle(run.rate / other.rate for run, other in zip(measured, runs[size, "alone"], strict=True))
        share = f"{middle(run.rate / base.rate for run, base in zip(measured, raw, strict=True)):.2f}" if raw else ""
        table.add_row(
            *(str(size), way, f"{middle(run.rate for run in measured):,.0f}", f"{gain:.2f}", share),
            *(f"{middle(run.percentile(percent) for run in measured):.1f}" for percent in (50, 99)),
            f"{middle(run.cpu_here for run in measured) / unit:.2f}{name}",
            f"{middle(run.cpu_server for run in measured) / unit:.2f}{name}" if raw else "",
        )
    console.print(table)
    if raw:
        rate = middle(each.rate for each in raw)
        console.print(f"pgbench: {rate:,.0f} transactions/s; p, its CPU in the server for one: {unit:.3f} ms\n")


def middle(figures: Iterable[float]) -> float:
    """Median."""
    return statistics.median(figures)


@contextmanager
def postgres() -> Iterator[tuple[World, PostgresServer]]:
    """A database with the application's roles on a server of its own."""
    server = PostgresServer()
    try:
        server.start()
        make_postgres_template(server.superuser_url)
        world = postgres_world(server.superuser_url, make_bank())
        yield world, server
        world.dispose()
    finally:
        server.remove()


def main() -> int:
    """Measure both databases and show the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with postgres() as (world, server):
        address = str(world.journal_address)
        ways = {"alone": lambda: EachAlone(address, 5), "grouped": lambda: PostgresJournal(address)}
        show("PostgreSQL", *measure_all(ways, world, asked.rounds, asked.seconds, server))
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:  # a disk: what is temporary may be kept in memory
        (template := Path(folder, "template")).mkdir()
        world = sqlite_world(Path(folder), make_sqlite_template(template), make_bank())
        file = Path(world.journal_address)
        files = {"alone": lambda: EachAloneInFile(file), "grouped": lambda: SqliteJournal(file)}
        show("SQLite", *measure_all(files, world, asked.rounds, asked.seconds, None))
        world.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
