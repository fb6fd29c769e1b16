from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest

WAIT_S = 60.0


def wait_for_a_server(demo: psutil.Process) -> psutil.Process:
    """Child that serves; it comes when the virtual pupils do."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        for child in demo.children(recursive=True):
            if "serve" in child.cmdline():
                return child
        time.sleep(0.05)
    raise AssertionError("the demo started no server")


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_stopped_leaves_no_process_behind(tmp_path: Path, sent: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "peil", "demo", "--check", "--seed", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as demo:
        server = wait_for_a_server(psutil.Process(demo.pid))
        demo.send_signal(sent)
        said, _ = demo.communicate(timeout=WAIT_S)
    _, alive = psutil.wait_procs([server], timeout=15)
    assert not alive
    assert demo.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[sent]
    if sent != signal.SIGKILL:  # nobody can clean up after that
        assert not list(tmp_path.iterdir())
        assert "Traceback" not in said
