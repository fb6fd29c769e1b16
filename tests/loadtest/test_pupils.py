from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import httpx2
import pytest

from loadtest.chance import AnswerByChance
from loadtest.errors import Unreachable
from loadtest.pupils import VirtualPupil

pytestmark = pytest.mark.anyio
BUSY = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nContent-Length: 2\r\n\r\n{}"
TICKET = b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"ticket":"t"}'
BODY = b'{"sitting":"0a","token":"t","epoch":1,"head":{"current":null}}'
SEAT = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def pupil_before(replies: Iterable[bytes], patience_s: float) -> AsyncIterator[VirtualPupil]:
    """A pupil before something that gives these replies, one after the other."""
    waiting = iter(replies)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(next(waiting))
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(serve, "127.0.0.1", 0) as server,
        httpx2.AsyncClient(base_url="http://{}:{}".format(*server.sockets[0].getsockname())) as client,
    ):
        yield VirtualPupil(client, "ROOM", "SEAT", AnswerByChance(random.Random(0)), patience_s=patience_s)


async def test_a_pupil_who_is_asked_to_wait_comes_back_no_sooner() -> None:
    async with pupil_before([BUSY, TICKET, SEAT], patience_s=5.0) as pupil:
        assert await pupil.enter() == {"current": None}
        assert pupil.repeats == 1
        assert [outage.seconds >= 1.0 for outage in pupil.outages] == [True]


async def test_a_pupil_who_is_asked_to_wait_longer_than_patience_lasts_gives_up() -> None:
    async with pupil_before([BUSY], patience_s=0.5) as pupil:
        with pytest.raises(Unreachable, match="429"):
            await pupil.enter()
