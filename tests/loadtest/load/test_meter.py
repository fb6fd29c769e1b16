from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from loadtest.load.meter import MACHINE, Meter, tree_seconds

BUSY_S = 0.5
BURN = f"import time\nwhile time.process_time() < {BUSY_S}: pass"
# A parent that is idle itself: its child works, ends and is reaped, as PostgreSQL's connections do.
PARENT = (
    f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}]); print(flush=True); sys.stdin.read()"
)


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """A process with a child that works for half a second."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_the_time_of_children_that_ended_counts(parent: subprocess.Popen[str]) -> None:
    begin = time.time()
    with Meter({"work": [parent.pid]}) as meter:
        assert parent.stdout is not None
        parent.stdout.readline()
        worked = time.time()
        time.sleep(1.0)
        idle = time.time()
    own = 0.3  # two interpreters start as well
    assert BUSY_S - 0.02 <= tree_seconds(parent.pid) <= BUSY_S + own
    assert BUSY_S - 0.02 <= meter.used("work", begin, idle) <= BUSY_S + own
    assert meter.used("work", worked + 0.6, idle) == pytest.approx(0.0, abs=0.02)
    assert meter.used(MACHINE, begin, idle) >= meter.used("work", begin, idle) - 0.1


def test_a_process_that_is_gone_has_used_nothing_more(parent: subprocess.Popen[str]) -> None:
    parent.kill()
    parent.wait()
    assert tree_seconds(parent.pid) == 0.0
