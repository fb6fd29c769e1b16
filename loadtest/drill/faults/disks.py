"""The disk is full, until somebody makes room.

PostgreSQL's tables stand on a small file system of their own, which is filled up. SQLite's process may make no file
longer (RLIMIT_FSIZE): that needs no rights, and leaves the rest of the machine alone.
"""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from loadtest.drill.site import Scene

BLOCK = bytes(64 * 1024)
BALLAST = "ballast"
NO_SPACE = os.strerror(errno.ENOSPC)
ERRORS = 3  # so many refusals are the disk's, and not of a request that was on its way before
LONGEST_S = 30.0


@cache
def can_mount() -> bool:
    """Whether a small file system can be made here: on Linux, as root, where a container does not forbid it."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    try:
        with small_disk(1):
            return True
    except subprocess.CalledProcessError:
        return False


def can_limit() -> bool:
    """Whether a running process can be kept from making files longer: on Linux."""
    return hasattr(resource, "prlimit")


@contextmanager
def small_disk(size_mb: int) -> Iterator[Path]:
    """Mount point of a file system in memory, of so many MB; it is gone after the block."""
    with tempfile.TemporaryDirectory(prefix="peil-disk-") as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", name]
        subprocess.run(command, check=True, capture_output=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


async def fill_disk(scene: Scene) -> bool:
    """Fill it, let pupils meet it, and make room again."""
    if scene.site.installation.postgres is None:
        with _no_longer_files(scene.site.workers[0].pid):
            return await scene.server_errors(ERRORS)
    disk = scene.site.installation.disk
    assert disk is not None
    before = scene.site.n_said(NO_SPACE)
    with _filled(disk):
        return await scene.servers_say(NO_SPACE, before, LONGEST_S) and await scene.server_errors(ERRORS)


@contextmanager
def _no_longer_files(pid: int) -> Iterator[None]:
    """Let a process make no file longer than one block during this block; Python gets an error, and no signal."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def _filled(disk: Path) -> Iterator[None]:
    """Leave not one block of a disk free."""
    ballast = disk / BALLAST
    try:
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(BLOCK)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
        yield
    finally:
        ballast.unlink(missing_ok=True)
