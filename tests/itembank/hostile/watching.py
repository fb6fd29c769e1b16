"""Watch what a file makes the process do: open, connect, start."""

from __future__ import annotations

import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.itembank.hostile.making import SECRET, Lure

_FORBIDDEN = (
    "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.symlink", "os.mkdir",
    "socket.", "shutil.", "urllib.", "http.", "ftplib.", "ctypes.", "webbrowser.", "pickle.", "tempfile.",
)  # fmt: skip
_CODE = (".py", ".pyc", ".so")
_active: list[tuple[Path, list[str]]] = []
_hooked: list[bool] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Note an event of the interpreter; a hook can never be taken out, so it sleeps when nobody watches."""
    if not _active:
        return
    folder, seen = _active[-1]
    if event == "open" and isinstance(arguments[0], str):
        name, mode = arguments[0], str(arguments[1] or "r")
        may = name.endswith(_CODE) or name.startswith(("/proc/self", str(folder)))
        if not may or set(mode) & set("wax+"):
            seen.append(f"open {name} {mode}")
    elif event.startswith(_FORBIDDEN):
        seen.append(event)


@contextmanager
def watched(folder: Path, lure: Lure) -> Iterator[list[str]]:
    """Note everything that is opened outside a folder, written, connected to or started.

    Parameters
    ----------
    folder : where reading is allowed
    lure : must not have been visited either; XML libraries open files behind the interpreter's back
    """
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)
    seen: list[str] = []
    _active.append((folder, seen))
    try:
        yield seen
    finally:
        _active.pop()
    if lure.server is not None and select.select([lure.server], [], [], 0)[0]:
        seen.append("connected to the lure")


@contextmanager
def laid(folder: Path) -> Iterator[Lure]:
    """Lay a file and a server out that nothing may read.

    Parameters
    ----------
    folder : where the file is written
    """
    file = folder / "secret.txt"
    file.write_text(SECRET)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Lure(file, f"http://127.0.0.1:{server.getsockname()[1]}", server)
