"""One run: pupils answer, faults strike, and what the pupils know is held against the log."""

from __future__ import annotations

import asyncio
import random
import subprocess
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx2

from loadtest.chance import AnswerByChance
from loadtest.drill.faults import FAULTS
from loadtest.drill.laptops import RACE, RestlessPupil
from loadtest.drill.messages import MessageFaults
from loadtest.drill.moulds import Installation
from loadtest.drill.proxy import FaultProxy
from loadtest.drill.site import Scene, Site
from loadtest.errors import LoadtestError
from loadtest.ledger import Ledger, read_ledger
from loadtest.log import Verdict, compare, read_evidence, read_log
from loadtest.pupils import NotAccepted, VirtualPupil
from loadtest.rooms import DATABASE_FILE, PEIL

CONNECTIONS = 50
TIMEOUT_S = 10.0
TRIES = 3  # a strike that fell into a lull is made again
WRONG_CLOCKS = 0.1  # of the working times that laptops send
PUPIL_CLOCKS = "pupils' clocks wrong"
SERVER_ERROR, BACK_S = "server error", 1.0  # how long after a kill its pupils can notice it


@dataclass(frozen=True, slots=True)
class DrillPlan:
    """What one run does.

    Attributes
    ----------
    faults : how often each fault of `FAULTS` strikes, one after the other, in an order that the seed decides
    races : how often two laptops must have answered one question at the same time
    answers : how many answers must be acknowledged before it ends
    messages : what befalls messages all the time
    workers : server processes; SQLite takes one
    pupils : how many answer at the same time; who is done makes place for another
    think_s : shortest and longest time between two answers of one
    moves : share of the questions at which a pupil changes laptops
    speed : seconds of the pupils' time in one of ours: what a cut lasts, and what their clocks count
    patience_s : how long a pupil tries to get one request answered
    seed : decides answers, moments and messages; moments also depend on how fast the machine is
    serve : command that serves, without ``--host``, ``--data`` and ``--port``
    """

    faults: Mapping[str, int] = field(default_factory=dict)
    races: int = 0
    answers: int = 0
    messages: MessageFaults = field(default_factory=MessageFaults)
    workers: int = 1
    pupils: int = 24
    think_s: tuple[float, float] = (0.2, 1.2)
    moves: float = 0.0
    speed: float = 60.0
    patience_s: float = 120.0
    seed: int = 0
    serve: Sequence[str] = (*PEIL, "serve")


@dataclass(frozen=True, slots=True)
class DrillResult:
    """What came of it.

    Attributes
    ----------
    plan : what was to be done
    verdict : what the pupils know against what the log holds
    happened : how often each thing really took place, by name
    failures : why pupils could not go on, with how many
    finished : pupils who handed in
    claims : seconds of servers from a claim to the first item
    reentries : seconds from the codes on another laptop to the first item there, as its pupil sees it
    back : for each kill of a server, seconds until the last of its pupils had an answer
    audit : what ``peil audit`` found wrong with the log; "" when it is sound
    seconds : how long pupils were answering
    """

    plan: DrillPlan
    verdict: Verdict
    happened: Mapping[str, int]
    failures: Mapping[str, int]
    finished: int
    claims: tuple[float, ...]
    reentries: tuple[float, ...]
    back: tuple[float, ...]
    audit: str
    seconds: float

    @property
    def missing(self) -> dict[str, int]:
        """How many strikes did not take place, by name."""
        wanted = {**self.plan.faults, RACE: self.plan.races}
        return {name: n - self.happened.get(name, 0) for name, n in wanted.items() if self.happened.get(name, 0) < n}

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost or doubled, everybody could go on, and every fault took place."""
        return self.verdict.is_clean and not (self.failures or self.missing or self.audit)


def run_drill(
    installation: Installation, plan: DrillPlan, logs: Path, say: Callable[[str], None] = lambda _: None
) -> DrillResult:
    """Let pupils answer under fire, and compare.

    Parameters
    ----------
    installation
        A fresh copy (`Mould.copy`).
    plan
        What to do.
    logs
        Folder, made when missing, for the pupils' ledger and what servers say: not on a disk that is filled up.
    say
        Called with each strike, as progress.

    Raises
    ------
    LoadtestError
        If a server or the database does not come back.
    """
    logs.mkdir(parents=True, exist_ok=True)
    run = _Run(installation, plan, logs, say)
    asyncio.run(run.go())
    database = (installation.folder / DATABASE_FILE, installation.url)
    verdict = compare(read_ledger(run.ledger_file), read_log(*database), run.refused, read_evidence(*database))
    return DrillResult(
        plan=plan,
        verdict=verdict,
        happened=dict(run.happened),
        failures=dict(run.failures),
        finished=run.finished,
        claims=tuple(run.claims),
        reentries=tuple(run.reentries),
        back=_back(run.kills, [outage for laptop in run.laptops for outage in laptop.outages]),
        audit=_audit(installation),
        seconds=run.seconds,
    )


def _back(kills: Sequence[float], outages: Sequence[Any]) -> tuple[float, ...]:
    """Longest wait of those who met each kill."""
    met = ([outage.seconds for outage in outages if 0.0 <= outage.begun - kill < BACK_S] for kill in kills)
    return tuple(max(waits) for waits in met if waits)


def _audit(installation: Installation) -> str:
    """What the program itself says of the log's digests and signed heads."""
    command = (*PEIL, "audit", "--data", str(installation.folder))
    done = subprocess.run(
        command, env=installation.full_environment, capture_output=True, text=True, check=False, timeout=600
    )
    return (done.stdout + done.stderr)[-2000:] if done.returncode else ""


class _Run:
    """What a run is doing now."""

    def __init__(self, installation: Installation, plan: DrillPlan, logs: Path, say: Callable[[str], None]) -> None:
        self.plan = plan
        self.ledger_file = logs / "ledger.jsonl"
        self.happened: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.refused: set[NotAccepted] = set()
        self.claims: list[float] = []
        self.reentries: list[float] = []
        self.laptops: list[VirtualPupil] = []
        self.kills: list[float] = []
        self.finished = 0
        self.seconds = 0.0
        self._say = say
        self._rng = random.Random(plan.seed)
        self._site = Site(installation, plan.serve, logs)
        seats = list(installation.seats)
        self._rng.shuffle(seats)
        self._seats = deque(seats)
        self._n_sitting = plan.pupils
        self._has_struck = False

    async def go(self) -> None:
        """Serve, answer and strike until everything took place."""
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        try:
            await self._site.start(self.plan.workers)
            begun = time.monotonic()
            with Ledger(self.ledger_file) as ledger:
                async with (
                    FaultProxy(self._site.addresses, self.plan.messages, random.Random(self.plan.seed)) as proxy,
                    httpx2.AsyncClient(base_url=proxy.address, limits=limits, timeout=TIMEOUT_S) as client,
                ):
                    scene = Scene(self._site, proxy, ledger, self._rng, self.plan.speed, lambda: not self._n_sitting)
                    async with asyncio.TaskGroup() as tasks:
                        for number in range(self.plan.pupils):
                            tasks.create_task(self._sit(client, ledger, random.Random(f"{self.plan.seed}/{number}")))
                        tasks.create_task(self._strike(scene))
            self.seconds = time.monotonic() - begun
            self.kills, self.claims = scene.kills, proxy.claims
            self.happened += scene.figures + proxy.happened
        finally:
            self._site.stop()

    async def _strike(self, scene: Scene) -> None:
        """Let every fault strike as often as planned; again, where it fell into a lull."""
        agenda = [name for name, times in self.plan.faults.items() for _ in range(times)]
        self._rng.shuffle(agenda)
        for number, name in enumerate(agenda, 1):
            for _ in range(TRIES):
                await scene.more_answers(self._rng.randint(1, max(2, 2 * self.plan.pupils // 3)))
                if await FAULTS[name](scene):
                    self.happened[name] += 1
                    break
            self._say(f"{number}/{len(agenda)} {name}; {scene.ledger.n_answers} answers acknowledged")
        self._has_struck = True

    def _is_enough(self, ledger: Ledger) -> bool:
        """Whether nobody needs to come in any more."""
        return self._has_struck and self.happened[RACE] >= self.plan.races and ledger.n_answers >= self.plan.answers

    async def _sit(self, client: httpx2.AsyncClient, ledger: Ledger, rng: random.Random) -> None:
        """Let one pupil after another take a seat and the whole test; a failure is a finding, and others go on."""
        while self._seats and not self._is_enough(ledger):
            codes = self._seats.popleft()
            pupil = RestlessPupil(
                partial(self._open_laptop, client, codes, ledger, rng),
                rng,
                self.plan.moves,
                self.happened,
                self.reentries,
            )
            try:
                await pupil.run()
            except LoadtestError as failure:
                self.failures[_in_short(failure)] += 1
            else:
                self.finished += 1
        self._n_sitting -= 1

    def _open_laptop(
        self, client: httpx2.AsyncClient, codes: tuple[str, str], ledger: Ledger, rng: random.Random
    ) -> VirtualPupil:
        """Another laptop for a seat."""
        laptop = VirtualPupil(
            client,
            *codes,
            AnswerByChance(rng),
            ledger,
            not_accepted=self.refused.add,
            think=lambda: rng.uniform(*self.plan.think_s),
            patience_s=self.plan.patience_s,
            elapsed=lambda: self._elapsed_ms(rng),
        )
        self.laptops.append(laptop)
        return laptop

    def _elapsed_ms(self, rng: random.Random) -> int:
        """Working time by a laptop's clock, which now and then is wrong: stands still, leaps a day, or runs over."""
        if rng.random() < WRONG_CLOCKS:
            self.happened[PUPIL_CLOCKS] += 1
            return rng.choice((0, 24 * 3_600_000, 2**31 - 1))
        return round(1000 * self.plan.speed * rng.uniform(*self.plan.think_s))


def _in_short(failure: LoadtestError) -> str:
    """A failure without what differs from pupil to pupil."""
    words = str(failure).split()
    return " ".join("…" if len(word) > 60 or word.count("-") >= 4 else word for word in words)[:200]
