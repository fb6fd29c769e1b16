"""What Locust is to do, and what it saw: two files between its process and ours, for Locust patches its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, time
from types import TracebackType

VARIABLE = "PEIL_TRAFFIC"
LOG_IN, ANSWER, FAILURE, STOP = "log-in", "answer", "failure", "stop"


@dataclass(frozen=True, slots=True)
class Traffic:
    """One run of Locust.

    Attributes
    ----------
    addresses : servers; each pupil stays with one, as behind a balancer
    seats : room and seat codes that nobody used yet
    n_pupils : pupils at the same time
    arrive_s : seconds within which all of them log in, each at a random moment
    work_s : seconds that the traffic goes on when everybody is in
    think_s : mean time between an answer and the next, in seconds; 0 for pupils who never think
    ledger, samples : files to add to
    """

    addresses: tuple[str, ...]
    seats: tuple[tuple[str, str], ...]
    n_pupils: int
    arrive_s: float
    work_s: float
    think_s: float
    ledger: str
    samples: str

    def write(self, path: Path) -> None:
        """Write it down for another process."""
        path.write_text(json.dumps(asdict(self)))


def read_traffic(path: Path) -> Traffic:
    """Read what `Traffic.write` wrote."""
    content = json.loads(path.read_text())
    seats, addresses = tuple(map(tuple, content["seats"])), tuple(content["addresses"])
    return Traffic(**{**content, "seats": seats, "addresses": addresses})


@dataclass(frozen=True, slots=True)
class Sample:
    """Something that a virtual pupil waited for.

    Attributes
    ----------
    kind : ``log-in`` (from the codes to the first item), ``answer``, ``failure``, or ``stop``: the end of the traffic
    started : seconds since 1970
    seconds : until the reply had been read
    detail : which request failed, and how
    """

    kind: str
    started: float
    seconds: float = 0.0
    detail: str = ""


class SampleBook:
    """Adds a line a sample; on disk when it is closed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def add(self, sample: Sample) -> None:
        """Write one down."""
        self._file.write(json.dumps(asdict(sample)) + "\n")

    @contextmanager
    def timing(self, kind: str) -> Iterator[None]:
        """Time the block; what fails is no sample."""
        started, begun = time(), perf_counter()
        yield
        self.add(Sample(kind, started, perf_counter() - begun))

    def close(self) -> None:
        """Write everything out."""
        self._file.close()

    def __enter__(self) -> SampleBook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_samples(path: Path) -> list[Sample]:
    """Read every line back."""
    return [Sample(**json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []
