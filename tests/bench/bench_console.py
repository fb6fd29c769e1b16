"""How soon an answer is seen on the proctors' consoles: real servers, real streams, real pupils over HTTP.

    python tests/bench/bench_console.py [--rooms N] [--pupils N] [--workers N] [--consoles N] [--think S] [--seconds S]
    python tests/bench/bench_console.py --rooms 1000 --at-work 1 --watched 300 --consoles 1

So many rooms of so many pupils answer at independent moments, spread over so many server processes before one
PostgreSQL; every room is looked at by consoles on different workers. Seen is when the line of that pupil has moved on
in the stream, counted from the moment that the pupil had the receipt. Printed: percentiles, the slowest, the servers'
CPU, and how often a room was looked up. The gate is the promise of the page: 2 s up to 30 rooms, 5 s above.

For a thousand rooms on one machine, which is the pupils' laptops and the consoles too, fewer are at work in each (the
others have a seat and do not come) and a sample of the rooms is watched. What is then not measured is the making and
sending of the other pages.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import uvicorn
from rich.console import Console
from sqlalchemy import event
from sqlmodel import Session

sys.path.insert(0, str(Path(__file__).parents[2]))

from delivery import StaffRole, add_staff, import_roster, open_news
from delivery.people import Enrolment, Pupil, Roster, School, SchoolClass, list_classes, list_schools
from delivery.rooms import create_administration, room_code, seat_list
from delivery.signin import hash_password
from loadtest.postgres import PostgresServer
from loadtest.proctors import VirtualProctor
from tests.bench.gates import Gates
from tests.delivery.delivery_world import (
    SECRETS,
    Laptop,
    Room,
    World,
    answer_body,
    as_role,
    make_bank,
    make_postgres_template,
    postgres_world,
)

ROOMS_OF_A_SCHOOL = 3
PASSWORD = "een heel gewone zin"
LINE = re.compile(r'<strong>\w+ \w+</strong>.*?<span class="what">([^<]+)</span>', re.S)
PLACE = re.compile(r"vraag (\d+)|alle vragen")
CONTACT_S = 10.0  # as the player does
PATIENCE_S = 60.0
LOOKS_HERE = "FROM delivery_event AS event"
console = Console(width=120)


def serve(superuser: str) -> None:
    """One worker, until it is stopped; the first line that it prints is its address, the last one its look-ups."""
    world = postgres_world(superuser, make_bank())
    looks = [0]

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        looks[0] += LOOKS_HERE in statement

    event.listen(world.database, "before_cursor_execute", count)

    async def run() -> None:
        journal, news = world.open_journal(), open_news(as_role(superuser, "peil_web"))
        await journal.open()
        await news.open()
        app = world.app(journal, news)
        direct = app.state.sittings.direct
        fetch = direct.fetch

        async def counted(school_id: UUID | None, sql: str, *values: object) -> Any:
            looks[0] += LOOKS_HERE in sql
            return await fetch(school_id, sql, *values)

        direct.fetch = counted
        config = uvicorn.Config(
            app, port=0, log_level="warning", lifespan="off", timeout_keep_alive=75, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        print(server.servers[0].sockets[0].getsockname()[1], flush=True)  # noqa: T201  # read by the bench
        await serving
        await app.state.sittings.close()
        await news.close()
        await journal.close()

    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again when it has stopped
    asyncio.run(run())
    cpu = os.times()
    print(looks[0], cpu.user + cpu.system, flush=True)  # noqa: T201  # read by the bench


def make_rooms(world: World, n_rooms: int, n_pupils: int) -> list[Room]:
    """Schools of three rooms each, with one proctor a school; names are unique in a room."""
    n_schools = -(-n_rooms // ROOMS_OF_A_SCHOOL)
    classes = [(f"s{n % n_schools}", f"c{n}") for n in range(n_rooms)]
    pupils = [(f"{group}-p{n}", group) for _, group in classes for n in range(n_pupils)]
    roster = Roster(
        tuple(School(f"s{n}", f"School {n}") for n in range(n_schools)),
        tuple(SchoolClass(group, school, group) for school, group in classes),
        tuple(Pupil(p, p, f"V{p.rpartition('p')[2]}", f"A{group}", {}) for p, group in pupils),
        tuple(Enrolment(p, group) for p, group in pupils),
    )
    password, made = hash_password(PASSWORD), []
    with Session(world.owner) as db, db.begin():
        import_roster(db, roster)
    with Session(world.database) as db, db.begin():
        schools = list_schools(db)
    for school in schools:
        with Session(world.owner) as db, db.begin():
            add_staff(db, f"{school.identifier}@bench.example", password, StaffRole.PROCTOR, school.school_id)
        with Session(world.database) as db, db.begin():
            for group in list_classes(db, school.school_id):
                room = create_administration(
                    db,
                    SECRETS,
                    school_id=school.school_id,
                    class_id=group.class_id,
                    test="proef",
                    bank_hash=world.bank.hash,
                    title=school.identifier,
                )
                where = (school.school_id, room.administration_id)
                codes = tuple(slip.seat_code for slip in seat_list(db, *where, SECRETS))
                made.append(Room(*where, room_code(db, *where, SECRETS), codes))
    return made


@dataclass
class Seen:
    """When answers had their receipt, and when each console showed it.

    Attributes
    ----------
    waiting : of a room and pupil's place, the position answered last and when; one entry a console
    waits : seconds that were measured
    """

    waiting: dict[tuple[str, int, int], tuple[int, float]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)

    def answered(self, room: Room, seat: int, position: int, n_consoles: int) -> None:
        """A pupil has a receipt."""
        for number in range(n_consoles):
            self.waiting.setdefault((room.room_code, seat, number), (position, time.perf_counter()))

    def shown(self, room: Room, number: int, html: str) -> None:
        """A console shows something new."""
        now = time.perf_counter()
        for seat, words in enumerate(LINE.findall(html)):
            key, place = (room.room_code, seat, number), PLACE.search(words)
            if key in self.waiting and place and int(place[1] or 10_000) > self.waiting[key][0]:
                self.waits.append(now - self.waiting.pop(key)[1])


async def watch(client: httpx2.AsyncClient, room: Room, number: int, seen: Seen) -> None:
    """One console, until it is cancelled."""
    path = f"/personeel/afnames/{room.administration_id}/stroom"
    async with client.stream("GET", path, timeout=None) as stream:
        parts: list[str] = []
        async for text in stream.aiter_lines():
            if text.startswith("data:"):
                parts.append(text[5:])
            elif not text and parts:
                seen.shown(room, number, "\n".join(parts))
                parts = []


async def work(laptop: Laptop, think_s: float, n_consoles: int, seen: Seen) -> None:
    """One pupil, until the test is over."""
    await asyncio.sleep(random.uniform(0, think_s))
    while current := laptop.head["current"]:
        body = answer_body(current["position"], current["item"], "A", epoch=laptop.epoch)
        reply = await laptop.put(current["position"], body)
        assert reply.status_code == 200, reply.text
        seen.answered(laptop.room, laptop.seat, current["position"], n_consoles)
        rests = think_s * random.uniform(0.7, 1.3)
        while rests > 0.0:
            await asyncio.sleep(min(rests, CONTACT_S))
            await laptop.look()
            rests -= CONTACT_S


async def come_in(workers: list[httpx2.AsyncClient], rooms: list[Room], n_pupils: int) -> list[Laptop]:
    """So many pupils of each room, at laptops that speak to different workers."""
    laptops = [
        Laptop(workers[(number + seat) % len(workers)], room, seat)
        for number, room in enumerate(rooms)
        for seat in range(n_pupils)
    ]
    for start in range(0, len(laptops), 20):
        await asyncio.gather(*(laptop.enter() for laptop in laptops[start : start + 20]))
    return laptops


async def measure(addresses: list[str], rooms: list[Room], given: argparse.Namespace, schools: list[str]) -> Seen:
    """Let everybody come in, then look for so many seconds."""
    seen = Seen()
    watched = {number * given.rooms // given.watched for number in range(given.watched)}
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    workers = [httpx2.AsyncClient(base_url=address, limits=limits, timeout=PATIENCE_S) for address in addresses]
    tasks, desks = [], {}
    for number, room in enumerate(rooms):
        for place in range(given.consoles):
            address = addresses[(number + place) % len(addresses)]
            key = (address, str(room.school_id))
            if key not in desks:
                desks[key] = httpx2.AsyncClient(base_url=address, limits=limits, timeout=PATIENCE_S)
                await VirtualProctor(desks[key]).sign_in(f"{schools[number]}@bench.example", PASSWORD)
            if place == 0:
                await VirtualProctor(desks[key]).open_room(str(room.administration_id))
            if number not in watched:
                break
            tasks.append(asyncio.create_task(watch(desks[key], room, place, seen)))
    looked_at = {rooms[number].room_code for number in watched}
    for laptop in await come_in(workers, rooms, given.at_work):
        n_consoles = given.consoles if laptop.room.room_code in looked_at else 0
        tasks.append(asyncio.create_task(work(laptop, given.think, n_consoles, seen)))
    await asyncio.sleep(given.seconds)
    await asyncio.sleep(5.0)
    now = time.perf_counter()
    seen.waits += [now - since for _, since in seen.waiting.values() if now - since > 5.0]  # never seen
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    failed = [error for error in ended if isinstance(error, Exception)]
    if failed:
        raise failed[0]
    for client in (*workers, *desks.values()):
        await client.aclose()
    return seen


def workers_of(superuser: str, n: int) -> Iterator[subprocess.Popen[str]]:
    """Start server processes."""
    for _ in range(n):
        command = [sys.executable, __file__, "--serve", superuser]
        yield subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run(given: argparse.Namespace, superuser: str) -> int:
    """Make rooms, serve, look, and say how soon."""
    make_postgres_template(superuser)
    world = postgres_world(superuser, make_bank())
    rooms = make_rooms(world, given.rooms, given.pupils)
    with Session(world.database) as db:
        named = {school.school_id: school.identifier for school in list_schools(db)}
    world.dispose()
    servers = list(workers_of(superuser, given.workers))
    addresses = [f"http://127.0.0.1:{server.stdout.readline().strip()}" for server in servers if server.stdout]
    begun = time.perf_counter()
    try:
        seen = asyncio.run(measure(addresses, rooms, given, [named[room.school_id] for room in rooms]))
    finally:
        for server in servers:
            server.terminate()
    lasted = time.perf_counter() - begun
    said = [server.communicate(timeout=30)[0].split() for server in servers]
    waits = sorted(seen.waits)
    console.print(
        f"{given.rooms} rooms × {given.pupils} pupils, {given.at_work} of them at work, "
        f"{given.consoles} consoles on each of {given.watched} rooms, {given.workers} workers, "
        f"{len(waits) / given.consoles / given.seconds:.1f} answers/s seen, load {os.getloadavg()[0]:.1f}"
    )
    for percent in (50, 95, 99):
        console.print(f"seen by {percent} % of consoles within {waits[len(waits) * percent // 100]:.2f} s")
    console.print(f"slowest {waits[-1]:.2f} s of {len(waits)}; look-ups {sum(int(s[0]) for s in said) / lasted:.1f}/s")
    console.print(f"CPU of the workers, coming in included: {sum(float(s[1]) for s in said) / lasted:.2f} cores")
    gates = Gates()
    gates.at_most("slowest seconds until seen", waits[-1], 2.0 if given.rooms <= 30 else 5.0)
    return gates.close(console)


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    for name, usual in (("rooms", 30), ("pupils", 25), ("workers", 2), ("consoles", 2)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--at-work", type=int, help="pupils of each room who come; all if not given")
    parser.add_argument("--watched", type=int, help="rooms that consoles look at; all if not given")
    parser.add_argument("--think", type=float, default=45.0, help="mean seconds between a pupil's answers")
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    given.at_work = given.at_work or given.pupils
    given.watched = given.watched or given.rooms
    if given.serve:
        serve(given.serve)
        return 0
    most_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))  # a stream and a laptop are a file each
    server = PostgresServer()
    try:
        server.start()
        with psycopg.connect(server.superuser_url, autocommit=True) as db:
            db.execute("CREATE DATABASE peil_bench")
        return run(given, server.superuser_url.rsplit("/", 1)[0] + "/peil_bench")
    finally:
        server.remove()


if __name__ == "__main__":
    sys.exit(main())
