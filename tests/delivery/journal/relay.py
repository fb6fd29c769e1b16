"""A way to a database server that breaks at the worst moment: it did what was asked, and nobody hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url


class Relay:
    """Passes bytes to a server and back.

    Attributes
    ----------
    swallows_next : break the connection on which the server speaks next, before its word gets through; once
    """

    def __init__(self, url: str) -> None:
        self._there = make_url(url)
        self.swallows_next = False

    @asynccontextmanager
    async def address(self) -> AsyncIterator[str]:
        """Address of the same database by this way."""
        async with await asyncio.start_server(self._connect, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            yield self._there.set(port=port).render_as_string(hide_password=False)

    async def _connect(self, asking: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways, until one side ends it."""
        assert self._there.host is not None
        assert self._there.port is not None
        answering, server = await asyncio.open_connection(self._there.host, self._there.port)
        ways = [asyncio.create_task(self._ask(asking, server)), asyncio.create_task(self._answer(answering, client))]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        client.close()
        server.close()

    async def _ask(self, asking: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while data := await asking.read(65_536):
            server.write(data)

    async def _answer(self, answering: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        while data := await answering.read(65_536):
            if self.swallows_next:
                self.swallows_next = False
                return
            client.write(data)
