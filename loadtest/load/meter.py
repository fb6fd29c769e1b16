"""Processor time by part, read from the system while something runs."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from time import time
from types import TracebackType

import numpy as np
import psutil  # type: ignore[import-untyped]  # it ships no types

PERIOD_S = 0.5
MACHINE = "machine"
IDLE = ("idle", "iowait")
ALREADY_COUNTED = ("guest", "guest_nice")  # Linux counts these in user and nice too


def tree_seconds(pid: int) -> float:
    """Processor time of a process and all its children, those that ended included, in seconds; 0 when it is gone."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0.0
    for process in family:
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:  # it ended just now: its parent has its time
            continue
        total += used.user + used.system + used.children_user + used.children_system
    return total


def machine_seconds() -> float:
    """Processor time of everything on this machine, in seconds."""
    times = psutil.cpu_times()._asdict()
    return float(sum(value for name, value in times.items() if name not in IDLE + ALREADY_COUNTED))


class Meter:
    """Reads twice a second what every part has used so far.

    Parameters
    ----------
    parts
        Process numbers by the name of a part; the whole machine is added.
    """

    def __init__(self, parts: Mapping[str, Sequence[int]]) -> None:
        self._parts = parts
        self._at: list[float] = []
        self._used: dict[str, list[float]] = {name: [] for name in (*parts, MACHINE)}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read_often, daemon=True)

    def used(self, part: str, begin: float, end: float) -> float:
        """Seconds of processor time that a part used between two instants (seconds since 1970)."""
        first, last = np.interp([begin, end], self._at, np.maximum.accumulate(self._used[part]))
        return float(last - first)

    def _read_often(self) -> None:
        while not self._over.wait(PERIOD_S):
            self._read()

    def _read(self) -> None:
        self._at.append(time())
        for name, pids in self._parts.items():
            self._used[name].append(sum(map(tree_seconds, pids)))
        self._used[MACHINE].append(machine_seconds())

    def __enter__(self) -> Meter:
        self._read()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._read()
