"""What PostgreSQL does by itself: the raw rate that answers are held against."""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass

import psycopg

from loadtest.errors import LoadtestError
from loadtest.load.meter import tree_seconds
from loadtest.postgres import PostgresServer

CLIENTS, THREADS, N_SITTINGS = 8, 2, 10_000
REAPED_S = 0.3  # after this the server has the time of the connections that ended

# As little as a kept answer can be: an event and its key, without foreign keys or row security. More or dearer
# statements would lower the rate, and flatter what is held against it.
TABLES = """
CREATE TABLE event (sitting int NOT NULL, number bigserial, payload bytea NOT NULL, PRIMARY KEY (sitting, number));
CREATE TABLE answer (sitting int NOT NULL, number bigserial, hash bytea NOT NULL, PRIMARY KEY (sitting, number));
"""
SCRIPT = rf"""\set sitting random(1, {N_SITTINGS})
BEGIN;
INSERT INTO event (sitting, payload) VALUES (:sitting, decode(repeat('00', 500), 'hex'));
INSERT INTO answer (sitting, hash) VALUES (:sitting, decode(repeat('00', 32), 'hex'));
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class RawRate:
    """What pgbench measured.

    Attributes
    ----------
    rate : committed transactions a second
    cpu_s : processor time of PostgreSQL for one, in seconds
    """

    rate: float
    cpu_s: float


def measure_raw_rate(server: PostgresServer, seconds: int) -> RawRate | None:
    """Run pgbench in a fresh database: BEGIN, event, answer, COMMIT; 8 clients, prepared, every commit on disk.

    Returns
    -------
    RawRate or None
        None when this distribution of PostgreSQL comes without pgbench.

    Raises
    ------
    LoadtestError
        If it fails; gives what it said.
    """
    program = server.program("pgbench")
    if not program.exists():
        return None
    url = _fresh_database(server)
    before = tree_seconds(server.pid)
    how = ("--no-vacuum", "--protocol=prepared", f"--client={CLIENTS}", f"--jobs={THREADS}", f"--time={seconds}")
    command = (program, *how, "--file=-", url)
    done = subprocess.run(command, input=SCRIPT, capture_output=True, text=True, check=False)
    time.sleep(REAPED_S)
    used = tree_seconds(server.pid) - before
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    count = re.search(r"^number of transactions actually processed: (\d+)", done.stdout, re.MULTILINE)
    if done.returncode or not rate or not count:
        raise LoadtestError(f"pgbench failed: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    return RawRate(float(rate[1]), used / int(count[1]))


def _fresh_database(server: PostgresServer) -> str:
    """Make the tables; return the address of their database."""
    with psycopg.connect(server.superuser_url, autocommit=True) as db:
        db.execute("DROP DATABASE IF EXISTS raw")
        db.execute("CREATE DATABASE raw")
    url = server.superuser_url.rpartition("/")[0] + "/raw"
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(TABLES.encode())
        (commit,) = db.execute("SHOW synchronous_commit").fetchone() or ("",)
        db.execute("CHECKPOINT")
    if commit != "on":
        raise LoadtestError(f"synchronous_commit is {commit}: a raw rate without commits on disk means nothing")
    return url
