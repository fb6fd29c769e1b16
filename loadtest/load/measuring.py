"""From an empty folder to figures: set up, measure, hold the ledger against the log, take down."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import psycopg

from loadtest.ledger import read_ledger
from loadtest.load.pgbench import RawRate, measure_raw_rate
from loadtest.load.planning import WARM_UP, LoadPlan, seats_for
from loadtest.load.running import Run, Site, Step, in_words, run_step
from loadtest.log import Verdict, compare, read_log
from loadtest.postgres import PostgresServer
from loadtest.rooms import DATABASE_FILE, PEIL, Seat, prepare_rooms

URL = "PEIL_DATABASE_URL"
COMPLAINT = re.compile(r"\[(error|critical) *\]|^[\w.]+(Error|Exception)\b")


@dataclass(frozen=True, slots=True)
class Measured:
    """One step with what the log says about it.

    Attributes
    ----------
    run : what was seen from outside
    answers : answers that were committed in the time that counts, by the log's own clock
    raw : what PostgreSQL did by itself just before with these workers, where pgbench is there
    """

    run: Run
    answers: int
    raw: RawRate | None

    @property
    def rate(self) -> float:
        """Committed answers a second."""
        return self.answers / (self.run.end - self.run.begin)

    @property
    def events(self) -> int:
        """What processor time is divided by: log-ins of a wave, answers otherwise."""
        return len(self.run.waited("log-in")) if self.run.step.is_wave else self.answers

    def cpu_s(self, *parts: str) -> float:
        """Processor time of some parts for one answer, or one log-in of a wave, in seconds; NaN without any."""
        return sum(self.run.cpu_s.get(part, 0.0) for part in parts) / self.events if self.events else float("nan")


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What came of it.

    Attributes
    ----------
    measured : every step, in order
    verdict : ledger against log
    audit : what ``peil audit`` said; ``is_whole`` whether it was content
    complaints : errors in the logs of the servers
    """

    measured: tuple[Measured, ...]
    verdict: Verdict
    audit: str
    is_whole: bool
    complaints: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing failed, was lost or doubled; says nothing about speed."""
        return self.is_whole and self.verdict.is_clean and not any(each.run.failures for each in self.measured)


@contextmanager
def throwaway_site(*, on_postgresql: bool) -> Iterator[Site]:
    """Keep a folder, and a PostgreSQL server or SQLite, as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="peil-load-") as name:
        folder = Path(name)
        if not on_postgresql:
            yield Site(folder, None, {URL: ""})
            return
        server = PostgresServer()
        try:
            server.start()
            with psycopg.connect(server.superuser_url, autocommit=True) as db:
                db.execute("CREATE DATABASE peil")
            yield Site(folder, server, {URL: server.superuser_url.rpartition("/")[0] + "/peil"})
        finally:
            server.remove()


def measure(plan: LoadPlan, site: Site, say: Callable[[str], None]) -> LoadResult:
    """Prepare, run every step, and hold what pupils were promised against the log.

    Parameters
    ----------
    plan, site
        How much traffic, and where it goes.
    say
        Told what is being done.

    Raises
    ------
    LoadtestError
        If rooms, servers or traffic cannot be made.
    """
    say("an installation with the demo bank and open rooms")
    seats = iter(prepare_rooms(site.folder, plan.seed, site.environment, plan.copies))
    runs = [pair for workers in plan.workers for pair in _run_with(workers, plan, site, seats, say)]
    say("the ledger against the log")
    log = read_log(site.folder / DATABASE_FILE, site.environment[URL])
    recorded = np.sort([answer.recorded_at for answer in log])
    audit = subprocess.run(
        (*PEIL, "audit", "--data", str(site.folder)),
        env={**os.environ, **site.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return LoadResult(
        measured=tuple(
            Measured(run, int(np.diff(np.searchsorted(recorded, [run.begin, run.end]))[0]), raw) for run, raw in runs
        ),
        verdict=compare(read_ledger(site.ledger), log),
        audit=f"{audit.stdout}{audit.stderr}".strip(),
        is_whole=audit.returncode == 0,
        complaints=complaints_of(site.folder),
    )


def complaints_of(folder: Path) -> tuple[str, ...]:
    """Errors that the servers of a site wrote down, and the last line of every traceback."""
    return tuple(
        line
        for log in sorted(folder.glob("server*.log"))
        for line in log.read_text(errors="replace").splitlines()
        if COMPLAINT.search(line)
    )


def _run_with(
    workers: int, plan: LoadPlan, site: Site, seats: Iterator[Seat], say: Callable[[str], None]
) -> Sequence[tuple[Run, RawRate | None]]:
    """All steps with one number of workers, after the raw rate."""

    def run(step: Step) -> Run:
        """One step with seats of its own."""
        say(f"{in_words(workers)}: {step}")
        return run_step(site, servers, step, list(islice(seats, seats_for(step))))

    with site.serving(workers) as servers:
        run(WARM_UP)
        runs: list[tuple[Run, RawRate | None]] = []
        for _ in range(plan.pairs):
            raw = None
            if site.postgres is not None:
                say(f"{in_words(workers)}: the raw rate of PostgreSQL")
                raw = measure_raw_rate(site.postgres, plan.seconds)
            runs.append((run(plan.saturation), raw))
        raw = runs[-1][1] if runs else None
        return [*runs, *((run(step), raw) for step in plan.steps)]
