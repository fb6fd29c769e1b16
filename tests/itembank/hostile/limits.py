"""Examine a hostile file in a child process with limits, and measure what it took."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.itembank.hostile.examining import examine, verdict
from tests.itembank.hostile.making import Case, Lure
from tests.itembank.hostile.watching import watched

MOST_SECONDS, MOST_MEGABYTES = 5, 200
PAGE = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class Measured:
    """What a file took; ``wrong`` says what is wrong with its outcome, or ""."""

    wrong: str
    is_refused: bool
    seconds: float
    megabytes: float


def _resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def _trim() -> None:
    """Give free memory back: a child that fills what its parent left free would seem to take none."""
    ctypes.CDLL(None).malloc_trim(0)


def _examine_in_child(case: Case, path: Path, lure: Lure, pipe: int) -> None:
    """Set the limits, examine, and say the outcome in one line."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
    space = int(Path("/proc/self/statm").read_text().split()[0]) * PAGE + 3 * MOST_MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (space, space))
    os.write(pipe, b"%20d" % _resident())
    with watched(path.parent, lure) as seen:
        examined = examine(path)
    wrong = verdict(case, examined) or (f"it did {seen[:3]}" if seen else "")
    os.write(pipe, f"{int(bool(examined.problems))}{wrong[:2_000]}".encode())


def measure(case: Case, folder: Path, lure: Lure) -> Measured:
    """Examine one file in a process of its own.

    Parameters
    ----------
    case : the file
    folder : empty folder to write it in
    lure : what it may not read
    """
    path = case.write(folder, lure)
    receive, send = os.pipe()
    _trim()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _examine_in_child(case, path, lure, send)
            status = 0
        except BaseException as error:
            os.write(send, f"0raised {type(error).__name__}: {error}"[:2_000].encode())
        finally:
            os._exit(status)
    os.close(send)
    with os.fdopen(receive, "rb") as answer:
        before, said = int(answer.read(20) or 0), answer.read().decode(errors="replace")
    _, status, used = os.wait4(child, 0)
    seconds, megabytes = used.ru_utime + used.ru_stime, max(0.0, used.ru_maxrss * 1024 - before) / 1e6
    return Measured(_wrong(said, status, seconds, megabytes), said[:1] == "1", seconds, megabytes)


def _wrong(said: str, status: int, seconds: float, megabytes: float) -> str:
    """Say what is wrong with how the child ended, with what it said, or with what it took."""
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name} after {seconds:.1f} s"
    if said[1:]:
        return said[1:]
    if seconds > MOST_SECONDS:
        return f"took {seconds:.1f} s"
    return f"took {megabytes:.0f} MB" if megabytes > MOST_MEGABYTES and sys.platform == "linux" else ""
