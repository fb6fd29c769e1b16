"""Starts, kills and stops a real server process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtest.errors import LoadtestError

START_S, STOP_S, LOOK_S = 60.0, 15.0, 0.01

# On Linux the kernel stops the child when its parent is gone, however that ended; the setting survives the exec.
# 1 is PR_SET_PDEATHSIG of <linux/prctl.h>, 15 is SIGTERM.
LEASH = "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 15); os.execv(sys.argv[1], sys.argv[1:])"


def leashed(command: Sequence[str]) -> list[str]:
    """Make a command whose process ends with its parent, where the system can do that."""
    return [*((sys.executable, "-c", LEASH) if sys.platform == "linux" else ()), *command]


@dataclass(slots=True)
class ServerProcess:
    """One server, to start and end at will; a restart comes back at the same address.

    Attributes
    ----------
    command : program (its full path) and arguments that serve; ``--port N`` is added
    log : file for everything that it writes
    environment : added to ours
    port : 0 lets the system choose at the first start
    """

    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    address: str = field(default="", init=False)
    startup_s: float = field(default=0.0, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _log_begins: int = field(default=0, init=False)
    _begun: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int:
        """Process number while it runs."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> str:
        """Start, wait until it listens, and return its address (see `wait_until_ready`)."""
        self.spawn()
        return self.wait_until_ready()

    def spawn(self) -> None:
        """Start the process; call it from a thread that lives on, for on Linux the process ends with it."""
        self._begun = time.monotonic()
        with self.log.open("ab") as log:
            self._log_begins = log.tell()
            self._process = subprocess.Popen(
                leashed([*self.command, "--port", str(self.port)]),
                stdin=subprocess.DEVNULL,
                stdout=log,  # no pipe: one that nobody reads is full one day, and stops a server in the middle
                stderr=log,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )

    def wait_until_ready(self) -> str:
        """Wait until it listens, and return its address.

        Raises
        ------
        LoadtestError
            If it ends, or says no address within a minute; gives the end of its log.
        """
        self.address = self._read_address(self._begun + START_S)
        self.startup_s = time.monotonic() - self._begun
        self.port = int(self.address.rsplit(":", 1)[1].strip("/"))
        return self.address

    def _read_address(self, deadline: float) -> str:
        """First line that is an address, among those written since the start."""
        assert self._process is not None
        while time.monotonic() < deadline:
            has_ended = self._process.poll() is not None
            with self.log.open(errors="replace") as log:
                log.seek(self._log_begins)
                for line in log:
                    if line.startswith(("http://", "https://")) and line.endswith("\n"):
                        return line.split()[0].rstrip("/")
            if has_ended:
                break
            time.sleep(LOOK_S)
        self.kill()
        raise LoadtestError(f"the server did not start: {self.log.read_text(errors='replace')[-2000:]}")

    def kill(self) -> None:
        """End it at once, as a power cut would (``kill -9``)."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop, as an operator would; insist after 15 s."""
        self._end(signal.SIGTERM)

    def _end(self, sent: signal.Signals) -> None:
        """Send a signal and wait for the end."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            process.send_signal(sent)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
