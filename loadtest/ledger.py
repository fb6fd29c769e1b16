"""The client's own ledger: a file in another process than the server, on disk before an answer counts."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from types import TracebackType

from loadtest.pupils import Acknowledged


class Ledger:
    """Adds one line an acknowledged answer, and returns only when it is on disk.

    Parameters
    ----------
    path
        File to add to; made when missing.
    synced
        Whether it is on disk before an answer counts; without that a line outlives every process, not a power cut.
    """

    def __init__(self, path: Path, *, synced: bool = True) -> None:
        self._synced = synced
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.n_answers = 0

    def __call__(self, answer: Acknowledged) -> None:
        """Keep an answer whose receipt came."""
        os.write(self._descriptor, json.dumps(asdict(answer)).encode() + b"\n")
        if self._synced:
            os.fsync(self._descriptor)
        self.n_answers += 1

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)


def read_ledger(path: Path) -> tuple[Acknowledged, ...]:
    """Read every line back."""
    return tuple(Acknowledged(**json.loads(line)) for line in path.read_text().splitlines())
