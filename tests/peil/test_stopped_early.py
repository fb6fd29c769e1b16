"""A server that is stopped while it starts."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn

from peil.server import bind, run


async def nothing(_scope: Any, _receive: Callable[[], Awaitable[Any]], _send: Callable[[Any], Awaitable[None]]) -> None:
    """An application that is never reached."""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_stopped_while_its_loop_is_made_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    def interrupted(_config: uvicorn.Config) -> Callable[[], asyncio.AbstractEventLoop]:
        def make() -> asyncio.AbstractEventLoop:
            os.kill(os.getpid(), sent)
            return asyncio.new_event_loop()

        return make

    monkeypatch.setattr(uvicorn.Config, "get_loop_factory", interrupted)
    listener = bind("127.0.0.1", 0)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it
    try:
        run(nothing, listener, lambda: pytest.fail("it served"))
    finally:
        signal.signal(signal.SIGINT, before)
    assert listener.fileno() == -1
    gc.collect()  # a coroutine that was never awaited would be a warning here, and so an error
