from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from loadtest.drill.messages import FAULTS, Fate, MessageFaults
from loadtest.drill.proxy import Address, Exchange, FaultProxy

PUT, POST = b"PUT /api/v1/sittings/0a/answers/1 HTTP/1.1", b"POST /api/v1/entry HTTP/1.1"
pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def counting_server(received: list[bytes]) -> AsyncIterator[Address]:
    """An HTTP server that keeps the body of every request, and says how many there were."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        n_bytes = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        received.append(await reader.readexactly(n_bytes))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % (len(received) % 10))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield host, port


@pytest.mark.parametrize(
    ("fate", "n_received", "has_reply"),
    [
        (Fate.CARRIED, 1, True),
        (Fate.DELAYED, 1, True),
        (Fate.DOUBLED, 2, True),
        (Fate.REPEATED_LATE, 2, True),
        (Fate.REQUEST_LOST, 0, False),
        (Fate.REPLY_LOST, 1, False),
    ],
)
async def test_each_fate_is_what_its_name_says(fate: Fate, n_received: int, *, has_reply: bool) -> None:
    class Fixed(MessageFaults):
        def draw(self, _rng: random.Random, _head: bytes) -> Fate:
            return fate

    received: list[bytes] = []
    kept: list[Exchange] = []
    async with counting_server(received) as server:
        proxied = FaultProxy(lambda: [server], Fixed(), random.Random(0), kept)
        async with proxied as proxy, httpx2.AsyncClient() as client:
            request = client.put(f"{proxy.address}/api/v1/sittings/0a/answers/1", content=b"body")
            if has_reply:
                assert (await request).text in "12"
            else:
                with pytest.raises(httpx2.TransportError):
                    await request
        assert received == [b"body"] * n_received  # the proxy ends when every copy was carried
        assert proxy.happened[fate] == 1
    assert [request.body for request, _ in kept] == received
    assert (
        sorted(reply.body for _, reply in kept if reply) == [b"1", b"2"][:n_received]
    )  # also what the pupil never got


async def test_a_server_that_is_away_is_passed_over_and_without_any_the_answer_is_502() -> None:
    received: list[bytes] = []
    servers: list[Address] = [("127.0.0.1", 1)]  # nothing listens there
    async with (
        FaultProxy(lambda: servers, MessageFaults(), random.Random(0)) as proxy,
        httpx2.AsyncClient(base_url=proxy.address) as client,
    ):
        assert (await client.put("/x", content=b"one")).status_code == 502
        async with counting_server(received) as server:
            servers.append(server)
            for _ in range(8):  # whichever is tried first
                assert (await client.put("/x", content=b"two")).status_code == 200
    assert received == [b"two"] * 8


async def test_a_cut_breaks_what_is_under_way_and_lets_nobody_in_until_it_is_over() -> None:
    received: list[bytes] = []
    async with (
        counting_server(received) as server,
        FaultProxy(lambda: [server], MessageFaults(), random.Random(0)) as proxy,
        httpx2.AsyncClient(base_url=proxy.address) as client,
    ):
        assert (await client.put("/x", content=b"before")).status_code == 200
        cut = asyncio.create_task(proxy.cut(0.2))
        await asyncio.sleep(0.01)
        with pytest.raises(httpx2.TransportError):
            await client.put("/x", content=b"during")
        assert await cut >= 2  # the connection that waited, and the one that came
        assert (await client.put("/x", content=b"after")).status_code == 200
    assert received == [b"before", b"after"]


def test_faults_befall_their_share_of_messages_and_a_claim_never_comes_again_later() -> None:
    rng, faults = random.Random(1), MessageFaults(0.05)
    answers = Counter(faults.draw(rng, PUT) for _ in range(20_000))
    claims = Counter(faults.draw(rng, POST) for _ in range(20_000))
    for fate in FAULTS:  # 1,000 are expected; six standard deviations of a binomial are 185
        assert abs(answers[fate] - 1000) < 185
    assert claims[Fate.REPEATED_LATE] == 0
    assert {MessageFaults().draw(rng, PUT) for _ in range(100)} == {Fate.CARRIED}


def test_the_same_seed_draws_the_same_faults() -> None:
    faults = MessageFaults(0.1)
    once, again = ([faults.draw(rng, PUT) for _ in range(100)] for rng in (random.Random(7), random.Random(7)))
    assert once == again
