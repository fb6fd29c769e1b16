"""Runs the traffic: an installation, its servers, Locust, and a meter beside them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadtest.errors import LoadtestError
from loadtest.load.meter import MACHINE, Meter
from loadtest.load.traffic import FAILURE, LOG_IN, STOP, VARIABLE, Sample, Traffic, read_samples
from loadtest.postgres import PostgresServer
from loadtest.rooms import PEIL, Seat
from loadtest.server import ServerProcess, leashed

LOCUSTFILE = Path(__file__).parents[1] / "locustfile.py"
WEB, DATABASE, GENERATOR = "web", "PostgreSQL", "generator"
ARRIVALS_A_SECOND = 40  # pupils who come in before a measurement: slowly, it is not what is measured
A_MORNING = 150  # and before a long one: all must be in before the first has done a test of fifteen minutes
GRACE_S = 60  # how much longer coming in may take: a server's first pupil waits for its bank
STOP_S = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One measurement.

    Attributes
    ----------
    plan : class of `loadtest.locustfile`
    n_pupils : pupils at the same time
    think_s : mean time to think, in seconds
    seconds : how long answers are counted, or how long a log-in wave lasts
    """

    plan: str
    n_pupils: int
    think_s: float
    seconds: int

    def __str__(self) -> str:
        """In words."""
        if self.is_wave:
            return f"{self.n_pupils} pupils log in within {self.seconds} s"
        pause = f"think {self.think_s:g} s" if self.think_s else "never think"
        return f"{self.n_pupils} pupils at work who {pause}"

    @property
    def is_wave(self) -> bool:
        """Whether pupils only log in."""
        return self.plan == "Arriving"

    @property
    def arrive_s(self) -> float:
        """Seconds within which pupils come in."""
        if self.is_wave:
            return self.seconds
        return self.n_pupils / (A_MORNING if self.plan == "Enduring" else ARRIVALS_A_SECOND)

    @property
    def work_s(self) -> float:
        """Seconds after everybody is in: falling out of step, then being counted."""
        return 0.0 if self.is_wave else self.think_s + self.seconds


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen of one step.

    Attributes
    ----------
    workers : server processes
    begin, end : the time that counts, in seconds since 1970
    samples : what pupils waited for in that time
    failures : every failure of the run, with its reason
    cpu_s : processor time in that time by part, in seconds; ``others`` is all else on this machine
    load_average : of one minute, at the end
    """

    step: Step
    workers: int
    begin: float
    end: float
    samples: tuple[Sample, ...]
    failures: tuple[str, ...]
    cpu_s: Mapping[str, float]
    load_average: float

    def waited(self, kind: str) -> list[float]:
        """How long pupils waited for something of a kind, in seconds."""
        return [sample.seconds for sample in self.samples if sample.kind == kind]


@dataclass(frozen=True, slots=True)
class Site:
    """Where traffic goes.

    Attributes
    ----------
    folder : data folder of the installation; ledger and samples are kept in it too
    postgres : its database server, or None with SQLite
    environment : settings of the server processes
    """

    folder: Path
    postgres: PostgresServer | None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def ledger(self) -> Path:
        """What pupils hold receipts for."""
        return self.folder / "ledger.jsonl"

    @contextmanager
    def serving(self, workers: int) -> Iterator[list[ServerProcess]]:
        """Run so many server processes on the same database."""
        command = (*PEIL, "serve", "--host", "127.0.0.1", "--data", str(self.folder))
        with ExitStack() as stack:
            servers = [
                ServerProcess(command, self.folder / f"server{number}.log", self.environment)
                for number in range(workers)
            ]
            for server in servers:
                stack.callback(server.stop)
                server.start()
            yield servers


def in_words(workers: int) -> str:
    """A number of server processes."""
    return "1 worker" if workers == 1 else f"{workers} workers"


def run_step(site: Site, servers: Sequence[ServerProcess], step: Step, seats: Sequence[Seat]) -> Run:
    """Let Locust run one step; ``seats`` are used by nobody else."""
    samples = site.folder / "samples.jsonl"
    samples.unlink(missing_ok=True)
    traffic = Traffic(
        addresses=tuple(server.address for server in servers),
        seats=tuple(seats),
        n_pupils=step.n_pupils,
        arrive_s=step.arrive_s,
        work_s=step.work_s,
        think_s=step.think_s,
        ledger=str(site.ledger),
        samples=str(samples),
    )
    traffic.write(site.folder / "traffic.json")
    parts = {WEB: [server.pid for server in servers]}
    if site.postgres is not None:
        parts[DATABASE] = [site.postgres.pid]
    longest = math.ceil(step.arrive_s + step.work_s) + GRACE_S
    with _locust(site, step, longest) as locust, Meter({**parts, GENERATOR: [locust.pid]}) as meter:
        _wait_for(locust, longest + STOP_S, site.folder / "locust.log")
        load_average = os.getloadavg()[0]
    return _read_run(step, len(servers), read_samples(samples), meter, [*parts, GENERATOR], load_average)


@contextmanager
def _locust(site: Site, step: Step, longest: int) -> Iterator[subprocess.Popen[bytes]]:
    """Locust as long as the block runs, at most ``longest`` seconds by itself."""
    how = ("--headless", "--only-summary", "--loglevel", "WARNING", "--exit-code-on-error", "0", "--stop-timeout", "5")
    size = ("-u", str(step.n_pupils), "-r", str(step.n_pupils), "--run-time", f"{longest}s")
    command = (sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), step.plan, *how, *size)
    with (site.folder / "locust.log").open("ab") as log:
        process = subprocess.Popen(
            leashed(command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, VARIABLE: str(site.folder / "traffic.json")},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_for(locust: subprocess.Popen[bytes], seconds: float, log: Path) -> None:
    """Wait until Locust is done."""
    try:
        status = locust.wait(seconds)
    except subprocess.TimeoutExpired:
        status = -1
    if status:
        raise LoadtestError(f"Locust did not end well ({status}): {log.read_text(errors='replace')[-2000:]}")


def _read_run(
    step: Step, workers: int, samples: Sequence[Sample], meter: Meter, parts: Sequence[str], load_average: float
) -> Run:
    """Cut out the time that counts."""
    failures = [sample.detail for sample in samples if sample.kind == FAILURE]
    log_ins = [sample for sample in samples if sample.kind == LOG_IN]
    end = next((sample.started for sample in samples if sample.kind == STOP), time.time())
    begin = end - step.seconds
    if step.is_wave:
        missing = step.n_pupils - len(log_ins) - len(failures)
        failures += ["no first item before the end of the run"] * missing
        begin = min((sample.started for sample in log_ins), default=begin)
    cpu_s = {part: meter.used(part, begin, end) for part in parts}
    return Run(
        step=step,
        workers=workers,
        begin=begin,
        end=end,
        samples=tuple(sample for sample in samples if begin <= sample.started < end),
        failures=tuple(failures),
        cpu_s={**cpu_s, "others": meter.used(MACHINE, begin, end) - sum(cpu_s.values())},
        load_average=load_average,
    )
