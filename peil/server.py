"""Serves the application with uvicorn: finds a free port, says where, stops cleanly."""

from __future__ import annotations

import asyncio
import errno
import gc
import resource
import signal
import socket
import sys
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from peil.errors import CommandError

KEEP_ALIVE_S = 75  # a pupil thinks longer than uvicorn's 5 s between two answers
STOP_S = 3  # open streams of the console may take this long to end
OTHER_PORTS = 20
COLLECT_AFTER = (10_000, 20, 20)
"""Objects between two looks for cycles, of which requests leave hardly any: 700 took a sixth of an answer's time."""


def bind(host: str, port: int) -> socket.socket:
    """Listen at a port, or at the next free one.

    Parameters
    ----------
    host, port
        Where to listen; port 0 lets the system choose.

    Raises
    ------
    CommandError
        If neither the port nor one of the next twenty can be used.
    """
    last = port if port == 0 else min(port + OTHER_PORTS, 65_535)
    for candidate in range(port, last + 1):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE:
                raise CommandError(
                    f"{host}:{candidate}: cannot listen here ({error.strerror}). Choose --port."
                ) from None
        else:
            return listener
    raise CommandError(f"{host}: ports {port} to {last} are all taken. Choose another one with --port.")


def address_of(listener: socket.socket) -> str:
    """Address that a browser on this machine can open."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def memory_mb() -> float:
    """Most memory this process has used so far, in MB (10⁶ bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1.0 if sys.platform == "darwin" else 1024.0) / 1e6


def make_server(app: ASGIApp, announce: Callable[[], None]) -> uvicorn.Server:
    """Make a server that calls ``announce`` once requests are answered."""

    class Announcing(uvicorn.Server):
        """Calls back when it has started."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            announce()

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_S,
        server_header=False,
    )
    return Announcing(config)


def run(app: ASGIApp, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, then let running requests end and return.

    Parameters
    ----------
    app
        What to serve; its start-up and shut-down run too.
    listener
        Where; closed at the end.
    announce
        Called once requests are answered.
    """
    _collect_seldom()
    previous = signal.signal(signal.SIGTERM, _leave)  # uvicorn raises the signal again when it has stopped
    try:
        server = make_server(app, announce)
        with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
            runner.get_loop()  # whoever stops us while it is made leaves no coroutine behind that nobody awaits
            runner.run(server.serve(sockets=[listener]))
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, previous)
        listener.close()


def _collect_seldom() -> None:
    """Let the collector of cycles leave alone what is there from the start, and look at the rest less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into the same clean way out as Ctrl-C."""
    raise KeyboardInterrupt
