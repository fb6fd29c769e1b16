"""A balancer on whose lines messages are lost, doubled, delayed and overtaken, and whose network can be cut.

It carries whole HTTP/1.1 messages with a Content-Length (all that a pupil sends and gets), each to a server of its own
choice: so any server meets any pupil at any moment.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

from loadtest.drill.messages import Fate, MessageFaults

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
SITTING = re.compile(rb"^\S+ /api/v1/sittings/([0-9a-f-]+)")
CLAIM = b"POST /api/v1/entry/confirm "
OVERTAKEN_S = (0.2, 2.0)  # how much later a copy comes: a pupil has sent the next answer by then, or has not
DELAY_S = (0.01, 0.15)

Address = tuple[str, int]


class Message(NamedTuple):
    """A request or a reply: its first line with the headers, and its body."""

    head: bytes
    body: bytes

    @property
    def is_server_error(self) -> bool:
        """Whether it is a reply with a status from 500."""
        return self.head.startswith(b"HTTP/1.1 5")

    @property
    def is_success(self) -> bool:
        """Whether it is a reply with a status from 200 to 299."""
        return self.head.startswith(b"HTTP/1.1 2")


class Exchange(NamedTuple):
    """A request as it went to a server, and every byte that the server sent back; None where it went away."""

    request: Message
    reply: Message | None


BAD_GATEWAY = Message(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", b"")
BROKEN = (OSError, asyncio.IncompleteReadError)


class FaultProxy:
    """Listens at ``address`` while its block runs.

    Parameters
    ----------
    servers
        Where the servers are now; one that takes no connection is passed over.
    faults
        How often which fault befalls a message.
    rng
        Decides on every message.
    recording
        Where every exchange with a server is kept, in the order of the replies, also where the pupil never gets that
        reply; nothing is kept without it.

    Attributes
    ----------
    happened : how often what happened to a message
    answered : replies by server
    under_way : requests that a server has, and has not answered
    claims : seconds in which servers took a claim and answered with the first item
    """

    def __init__(
        self,
        servers: Callable[[], Sequence[Address]],
        faults: MessageFaults,
        rng: random.Random,
        recording: list[Exchange] | None = None,
    ) -> None:
        self.address = ""
        self.happened: Counter[str] = Counter()
        self.answered: Counter[Address] = Counter()
        self.under_way: Counter[Address] = Counter()
        self.claims: list[float] = []
        self._servers = servers
        self._faults = faults
        self._rng = rng
        self._recording = recording
        self._laptops: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self._passed: Counter[bytes] = Counter()  # requests by sitting
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._listener.sockets[0].getsockname()
        self.address = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._listener.close()
        self._break_connections()
        if self._running:
            await asyncio.wait(self._running)

    async def cut(self, seconds: float) -> int:
        """Cut every connection and let nobody in for a while; return how many were cut and turned away."""
        self._is_cut = True
        before = self.happened["turned away"]
        n_cut = self._break_connections()
        await asyncio.sleep(seconds)
        self._is_cut = False
        return n_cut + self.happened["turned away"] - before

    def _break_connections(self) -> int:
        """Cut the pupils' connections at once; what a server has already goes on there."""
        laptops, self._laptops = self._laptops, set()
        for laptop in laptops:
            laptop.transport.abort()
        return len(laptops)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection in a task that we know of."""
        self._keep(asyncio.create_task(self._serve(reader, writer)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        """Hold a task until it is done: the loop itself holds it only weakly."""
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a laptop."""
        if self._is_cut:
            self.happened["turned away"] += 1
            writer.transport.abort()
            return
        self._laptops.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                reply = await self._carry(request)
                if reply is None:
                    break
                writer.writelines(reply)
                await writer.drain()
        except BROKEN:
            pass  # the laptop is gone, or was cut off
        finally:
            self._laptops.discard(writer)
            writer.close()

    async def _carry(self, request: Message) -> Message | None:
        """Carry a request to a server and its reply back, through what befalls it; None when there is no reply."""
        found = SITTING.match(request.head)
        sitting = found[1] if found else b""
        self._passed[sitting] += 1
        fate = self._faults.draw(self._rng, request.head)
        self.happened[fate] += 1
        if fate is Fate.REQUEST_LOST:
            return None
        if fate is Fate.DELAYED:
            await asyncio.sleep(self._rng.uniform(*DELAY_S))
        if fate is Fate.DOUBLED:
            return (await asyncio.gather(self._forward(request), self._forward(request)))[0]
        if fate is Fate.REPEATED_LATE:
            self._keep(asyncio.create_task(self._repeat(request, sitting, self._passed[sitting])))
        reply = await self._forward(request)
        return None if fate is Fate.REPLY_LOST else reply

    async def _repeat(self, request: Message, sitting: bytes, number: int) -> None:
        """Carry a copy of a request when later ones of the same sitting may have overtaken it."""
        await asyncio.sleep(self._rng.uniform(*OVERTAKEN_S))
        if self._passed[sitting] > number:
            self.happened[Fate.REORDERED] += 1
        await self._forward(request)

    async def _forward(self, request: Message) -> Message | None:
        """Let a server answer; None when it went away in the middle."""
        servers = list(self._servers())
        for server in self._rng.sample(servers, len(servers)):
            try:
                reader, writer = await asyncio.open_connection(*server)
            except OSError:
                continue  # nothing was sent: another server may have it
            self.under_way[server] += 1
            begun = time.monotonic()
            try:
                writer.writelines(request)
                reply = await _read(reader)
            except BROKEN:
                reply = None
            finally:
                self.under_way[server] -= 1
                writer.close()
            if self._recording is not None:
                self._recording.append(Exchange(request, reply))
            if reply is not None and reply.is_success and request.head.startswith(CLAIM):
                self.claims.append(time.monotonic() - begun)
            self.answered[server] += reply is not None
            self.happened["broken off"] += reply is None
            self.happened["server error"] += reply is not None and reply.is_server_error
            return reply
        self.happened["no server"] += 1
        return BAD_GATEWAY


async def _read(reader: asyncio.StreamReader) -> Message | None:
    """Read one message; None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    length = LENGTH.search(head)
    return Message(head, await reader.readexactly(int(length[1])) if length else b"")
