"""Controls: the drill against systems that are sabotaged on purpose, which it must find out (point 27 of the protocol).

Nothing in the product can be told to be unsafe. A sabotaged server is a program of the tests that starts the real one
after it put its own hands on it; the database loses its keys by SQL; and one address signs in a superuser.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from psycopg import sql

from loadtest.drill.messages import MessageFaults
from loadtest.drill.moulds import Installation, Mould, remove_database
from loadtest.drill.running import DrillPlan, DrillResult, run_drill
from loadtest.drill.site import Site, start
from loadtest.errors import LoadtestError

HASTY, ASYNCHRONOUS = "hasty_server.py", "asynchronous_server.py"
POSTGRES_SETTINGS = "wal_writer_delay=10s\n"
"""Without effect where a commit means on disk; where it does not, an immediate stop finds more to lose."""
BASE = DrillPlan(pupils=8, think_s=(0.0, 0.1), patience_s=8.0)
KILLS = replace(BASE, faults={"worker killed": 2})
STOPS = replace(BASE, faults={"database stopped": 2})
DOUBLED = replace(BASE, workers=2, messages=MessageFaults(doubled=0.5), answers=100)
OUTBOX = "the outbox is the browser's: its control is in tests/browser/test_leftovers.py"
KEYS = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE conrelid IN ('delivery_event'::regclass, 'delivery_answer'::regclass) AND contype IN ('p', 'u')
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a control.

    Attributes
    ----------
    name : what was taken away
    is_shown : whether the drill found out what it must, and nothing else
    words : what it found
    """

    name: str
    is_shown: bool
    words: str


@dataclass(frozen=True, slots=True)
class Bench:
    """Where controls run.

    Attributes
    ----------
    mould : what they take copies of
    servers : folder with the sabotaged servers
    folder : for their data
    seed : as for `DrillPlan`
    """

    mould: Mould
    servers: Path
    folder: Path
    seed: int

    def run(
        self, plan: DrillPlan, server: str = "", sabotage: Callable[[Installation], None] | None = None
    ) -> DrillResult:
        """Run a plan on a copy, with a sabotaged server or database."""
        serve = (sys.executable, str(self.servers / server), "serve") if server else plan.serve
        with self.copy() as installation:
            if sabotage is not None:
                sabotage(installation)
            logs = installation.folder.with_suffix(".logs")
            return run_drill(installation, replace(plan, serve=serve, seed=self.seed), logs)

    @contextmanager
    def copy(self) -> Iterator[Installation]:
        """Yield an installation that is gone afterwards."""
        number = len(list(self.folder.glob("control*.data")))
        installation = self.mould.copy(self.folder / f"control{number}.data")
        try:
            yield installation
        finally:
            remove_database(installation)


def reply_before_commit(bench: Bench) -> Outcome:
    """A server that promises first and stores a little later must be found out when it is killed."""
    result = bench.run(KILLS, HASTY)
    return Outcome("reply before commit", result.verdict.lost > 0, _counted(result))


def no_unique_key(bench: Bench) -> Outcome:
    """Without keys in the log, two servers that get one answer at the same time must be found to store it twice."""
    result = bench.run(DOUBLED, sabotage=drop_keys)
    return Outcome("no unique key", result.verdict.doubled > 0, _counted(result))


def commit_not_on_disk_and_stopped(bench: Bench) -> Outcome:
    """With ``synchronous_commit=off`` an immediate stop of the database must be found to lose answers."""
    result = bench.run(STOPS, ASYNCHRONOUS)
    return Outcome("synchronous_commit=off, database stopped", result.verdict.lost > 0, _counted(result))


def commit_not_on_disk_and_killed(bench: Bench) -> Outcome:
    """With ``synchronous_commit=off`` a killed server loses nothing: the fault above is the database's alone."""
    result = bench.run(KILLS, ASYNCHRONOUS)
    return Outcome("synchronous_commit=off, worker killed", result.verdict.is_clean, _counted(result))


def superuser(bench: Bench) -> Outcome:
    """A server that signs in as a superuser must not start: row-level security would not bind it."""
    with bench.copy() as installation:
        logs = installation.folder.with_suffix(".logs")
        logs.mkdir()
        said = [_start_as_superuser(installation, logs, address) for address in ("PEIL_WEB_URL", "PEIL_JOURNAL_URL")]
    return Outcome("superuser's connection", all("superuser" in words for words in said), said[0])


def _start_as_superuser(installation: Installation, logs: Path, address: str) -> str:
    """What a server says that is given a superuser's address; "" when it starts."""
    worker = Site(installation, BASE.serve, logs).add_worker({address: installation.url})
    try:
        asyncio.run(start(worker))
    except LoadtestError as refusal:
        return str(refusal).strip().splitlines()[-1]
    worker.kill()
    return ""


POSTGRES_CONTROLS = (
    reply_before_commit,
    no_unique_key,
    commit_not_on_disk_and_stopped,
    commit_not_on_disk_and_killed,
    superuser,
)
SQLITE_CONTROLS = (reply_before_commit,)


def drop_keys(installation: Installation) -> None:
    """Take every key from the two tables of the log."""
    with psycopg.connect(installation.url) as db:
        for table, key in db.execute(KEYS).fetchall():
            command = sql.SQL("ALTER TABLE {} DROP CONSTRAINT {} CASCADE")
            db.execute(command.format(sql.Identifier(table), sql.Identifier(key)))


def _counted(result: DrillResult) -> str:
    """What a reader wants to know of a run."""
    verdict = result.verdict
    struck = ", ".join(f"{name} {result.happened.get(name, 0)} times" for name in result.plan.faults)
    counted = f"acknowledged {verdict.acknowledged}, lost {verdict.lost}, doubled {verdict.doubled}"
    return f"{struck or 'messages doubled'}: {counted}"
