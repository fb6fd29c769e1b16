from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from loadtest.server import ServerProcess
from peil.errors import CommandError
from peil.server import address_of, bind

SERVE = (sys.executable, "-m", "peil", "serve")


@pytest.fixture
def server(tmp_path: Path) -> ServerProcess:
    """Real server on a database of its own, not started yet."""
    return ServerProcess((*SERVE, "--data", str(tmp_path / "data with a space")), tmp_path / "server.log")


def test_a_taken_port_leads_to_the_next_one() -> None:
    with bind("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with bind("127.0.0.1", port) as second:
            assert port < second.getsockname()[1] <= port + 20
            assert address_of(second) == f"http://127.0.0.1:{second.getsockname()[1]}"


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CommandError, match=r"192\.0\.2\.1"):  # TEST-NET-1 of RFC 5737: never ours
        bind("192.0.2.1", 0)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_stops_cleanly(server: ServerProcess, tmp_path: Path, sent: signal.Signals) -> None:
    address = server.start()
    process = server._process
    assert process is not None
    with httpx2.Client(base_url=address) as client:
        start = client.get("/")
        assert start.status_code == 200
        assert "/toets" in start.text
        assert "emonstratie" not in start.text  # codes and accounts are shown in the demo only
        os.kill(server.pid, sent)
        assert process.wait(15) == 0
    server.stop()
    log = (tmp_path / "server.log").read_text()
    assert "ready in" in log
    assert "Traceback" not in log


def test_a_second_server_on_the_same_file_is_refused_in_one_sentence(server: ServerProcess, tmp_path: Path) -> None:
    server.start()
    try:
        command = [*SERVE, "--data", str(tmp_path / "data with a space"), "--port", "0"]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    finally:
        server.stop()
    assert second.returncode == 1
    assert "another server process" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_dead_parent_takes_the_server_with_it(tmp_path: Path) -> None:
    program = (
        "import os, sys; from pathlib import Path; from loadtest.server import ServerProcess\n"
        "server = ServerProcess((sys.executable, '-m', 'peil', 'serve', '--data', sys.argv[1]), Path(sys.argv[2]))\n"
        "sys.stdout.write(server.start()); sys.stdout.flush(); os._exit(9)\n"
    )
    arguments = [str(tmp_path / "data"), str(tmp_path / "log")]
    parent = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert parent.returncode == 9
    host, port = parent.stdout.removeprefix("http://").split(":")
    for _ in range(100):
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex((host, int(port))):
                return
        signal.sigtimedwait([], 0.1)
    pytest.fail("the server outlived its parent")
