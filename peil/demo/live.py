"""Step 4: a real server in a process of its own, proctors who open rooms, and virtual pupils who take the tests."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2
import numpy as np

from itembank.demo import read_catalogue, read_keys
from loadtest.proctors import VirtualProctor
from loadtest.pupils import Acknowledged, Finished, VirtualPupil
from loadtest.server import ServerProcess
from peil.demo.answering import GeneratingModel, SimulatedPupil
from peil.demo.people import Account, draw_abilities
from peil.demo.school import Room
from peil.installation import Installation

AT_ONCE = 40  # pupils at the same time: enough to be a class that answers, few enough for two shared cores
TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """One virtual pupil's seats, one a test, and abilities by test."""

    seats: Mapping[str, tuple[str, str]]
    theta: Mapping[str, float]


@contextmanager
def serving(installation: Installation) -> Iterator[ServerProcess]:
    """Run the real server, as ``peil serve`` does, as long as the block runs."""
    folder = installation.settings.data
    command = (sys.executable, "-m", "peil", "serve", "--host", "127.0.0.1", "--data", str(folder))
    server = ServerProcess(command, folder / "server.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def seat_pupils(rooms: Sequence[Room], rng: np.random.Generator) -> list[Place]:
    """Give every pupil an ability in each subject, and the codes of the own seats.

    Names tell pupils of one class apart, as on the slips that a proctor hands out.
    """
    seats: defaultdict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for room in rooms:
        for seat in room.seats:
            pupil = (str(room.administration.class_id), seat.name)
            seats[pupil][room.administration.test] = (room.room_code, seat.seat_code)
    pupils = sorted(seats)
    _, numbers = np.unique([group for group, _ in pupils], return_inverse=True)
    abilities = draw_abilities(numbers.astype(np.int64), rng)
    tests = sorted({room.administration.test for room in rooms})
    return [
        Place(seats[pupil], dict(zip(tests, row, strict=True)))
        for pupil, row in zip(pupils, abilities.tolist(), strict=True)
    ]


async def open_rooms(address: str, rooms: Sequence[Room], accounts: Sequence[Account]) -> None:
    """Let the proctor of each school open its rooms."""
    await _with_proctors(address, rooms, accounts, VirtualProctor.open_room)


async def close_rooms(address: str, rooms: Sequence[Room], accounts: Sequence[Account]) -> None:
    """Let the proctor of each school close its rooms."""
    await _with_proctors(address, rooms, accounts, VirtualProctor.close_room)


async def _with_proctors(
    address: str,
    rooms: Sequence[Room],
    accounts: Sequence[Account],
    act: Callable[[VirtualProctor, str], Awaitable[None]],
) -> None:
    """Sign a proctor in for each school, and do the same with all its rooms."""
    for account in accounts:
        own = [room for room in rooms if account.role == "proctor" and room.school == account.school]
        if not own:
            continue
        async with httpx2.AsyncClient(base_url=address, timeout=TIMEOUT_S) as client:
            proctor = VirtualProctor(client)
            await proctor.sign_in(account.email, account.password)
            for room in own:
                await act(proctor, str(room.administration.administration_id))


async def take_tests(
    address: str, places: Sequence[Place], rng: np.random.Generator, on_answer: Callable[[Acknowledged], None]
) -> list[Finished]:
    """Let every pupil take every test, one after the other."""
    model = GeneratingModel({entry.identifier: entry for entry in read_catalogue()}, read_keys())
    gate = asyncio.Semaphore(AT_ONCE)
    limits = httpx2.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)

    async def take(place: Place, own: np.random.Generator) -> list[Finished]:
        """One pupil's tests."""
        done = []
        async with gate:
            for test, (room_code, seat_code) in sorted(place.seats.items()):
                answer = SimulatedPupil(model, place.theta[test], own)
                pupil = VirtualPupil(client, room_code, seat_code, answer, ledger=on_answer)
                done.append(await pupil.run())
        return done

    async with httpx2.AsyncClient(base_url=address, timeout=TIMEOUT_S, limits=limits) as client:
        taken = await asyncio.gather(*map(take, places, rng.spawn(len(places))))
    return [sitting for sittings in taken for sitting in sittings]
