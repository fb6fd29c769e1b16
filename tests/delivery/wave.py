"""A wave of pupils arrives while others work: ``python -m tests.delivery.wave`` says what those at work notice.

A real worker (`peil serve`) on SQLite. Pupils answer at a steady pace, first alone, then while all others knock at the
same time from another process; once with the queue, once without it.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from delivery.rooms import open_room
from loadtest.server import ServerProcess
from peil.installation import open_installation
from peil.settings import load_settings
from peil.web import create_app
from tests.delivery.delivery_world import Laptop, Room
from tests.delivery.installing import add_room, install_world

WITH_QUEUE, WITHOUT = "peil", "tests.delivery.open_door"
N_AT_WORK, N_QUESTIONS, N_ROOMS, N_A_ROOM = 40, 3, 10, 50
PACE_S = 0.02
LONGEST_S = 60.0


@dataclass(frozen=True)
class Noticed:
    """What came of one wave.

    Attributes
    ----------
    quiet_ms, wave_ms : time of each answer, before and during the wave
    n_in : how many came in; n_later : how often somebody was told to come back
    seconds : until all were in
    """

    quiet_ms: tuple[float, ...]
    wave_ms: tuple[float, ...]
    n_in: int
    n_later: int
    seconds: float


async def notice(program: str, folder: Path, n_rooms: int = N_ROOMS) -> Noticed:
    """Serve, let pupils work, let the wave come, and stop."""
    data = folder / "data"
    work, *others = await _prepare(data, n_rooms)
    server = ServerProcess([sys.executable, "-m", program, "serve", "--data", str(data)], folder / "log")
    address = await asyncio.to_thread(server.start)
    try:
        async with httpx2.AsyncClient(base_url=address, timeout=LONGEST_S) as client:
            laptops = [await Laptop(client, work, seat).enter() for seat in range(N_AT_WORK)]
            quiet = await _answer(laptops)
            begun = time.monotonic()
            knocking = await _knock(address, others)
            wave = await _answer(laptops)
            said, _ = await knocking.communicate()
            n_in, n_later = json.loads(said)
            return Noticed(tuple(quiet), tuple(wave), n_in, n_later, time.monotonic() - begun)
    finally:
        await asyncio.to_thread(server.stop)


async def _prepare(data: Path, n_rooms: int) -> list[Room]:
    """Open rooms: the first one is where pupils work."""
    with open_installation(load_settings(data)) as installation:
        bank, schools = install_world(installation)
        sizes = [N_AT_WORK, *[N_A_ROOM] * n_rooms]
        rooms = [add_room(installation, bank, schools[0], size) for size in sizes]
        sittings = create_app(installation).state.sittings
        for room in rooms:
            await open_room(sittings, room.school_id, room.administration_id)
        await sittings.close()
        await sittings.ledger.journal.close()
    return rooms


async def _answer(laptops: Sequence[Laptop]) -> list[float]:
    """Answer a few questions each, at a steady pace whatever the answers take; milliseconds of each."""
    begun = time.monotonic()

    async def answer(number: int, laptop: Laptop) -> float:
        await asyncio.sleep(begun + number * PACE_S - time.monotonic())
        sent = time.monotonic()
        assert (await laptop.answer()).status_code == 200
        return (time.monotonic() - sent) * 1000

    rounds = [laptop for _ in range(N_QUESTIONS) for laptop in laptops]
    return await asyncio.gather(*(answer(number, laptop) for number, laptop in enumerate(rounds)))


async def _knock(address: str, rooms: Sequence[Room]) -> asyncio.subprocess.Process:
    """Let everybody of these rooms arrive at once, from a process of its own: its work is not the worker's."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.delivery.knocking", address, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([(room.room_code, code) for room in rooms for code in room.seat_codes]).encode())
    process.stdin.write_eof()
    assert await process.stdout.readline() == b"they arrive\n"
    return process


async def _compare(console: Console) -> None:
    """Print both."""
    table = Table("worker", "answers alone, median/p90 ms", "in the wave", "came in", "told to come back", "seconds")
    with tempfile.TemporaryDirectory() as folder:
        for name, program in (("with the queue", WITH_QUEUE), ("without", WITHOUT)):
            found = await notice(program, Path(folder) / program)
            times = [f"{statistics.median(ms):.0f} / {p90(ms):.0f}" for ms in (found.quiet_ms, found.wave_ms)]
            table.add_row(name, *times, str(found.n_in), str(found.n_later), f"{found.seconds:.1f}")
    console.print(table)


def p90(times: Sequence[float]) -> float:
    """90th percentile."""
    return statistics.quantiles(times, n=10)[-1]


if __name__ == "__main__":
    asyncio.run(_compare(Console()))
