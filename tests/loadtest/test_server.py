from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from loadtest.errors import LoadtestError
from loadtest.server import ServerProcess

TALKATIVE = """
import pathlib, sys, time
print("http://127.0.0.1:1", flush=True)
for _ in range(1000):
    print("x" * 1000, flush=True)  # a pipe holds 64 kB
pathlib.Path(sys.argv[1]).touch()
time.sleep(60)
"""


def test_a_server_that_writes_a_lot_is_not_stopped_by_it(tmp_path: Path) -> None:
    done = tmp_path / "done"
    server = ServerProcess((sys.executable, "-c", TALKATIVE, str(done)), tmp_path / "log")
    assert server.start() == "http://127.0.0.1:1"
    try:
        deadline = time.monotonic() + 20.0
        while not done.exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        server.kill()


def test_a_server_that_ends_at_once_is_named_with_what_it_said_and_not_with_its_last_address(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("http://127.0.0.1:7\n")  # of a start before this one
    server = ServerProcess((sys.executable, "-c", "raise SystemExit('no database')"), log)
    with pytest.raises(LoadtestError, match="no database"):
        server.start()
