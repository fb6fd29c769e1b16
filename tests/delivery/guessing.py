"""Somebody guesses codes from many addresses: what is answered, what is kept, and how likely a hit is.

``python -m tests.delivery.guessing`` does it from 29,000 addresses, against one room and against several at once.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import update
from sqlmodel import Session, func, select

from delivery.errors import RefusedError
from delivery.rooms import Entrance, Knock, RoomStatus, knock
from delivery.rooms.codes import ALPHABET, CODE_LENGTH, make_code
from delivery.rooms.tries import FREE_TRIES, Place
from delivery.tables import AdministrationRow, TryRow, WaitingRow
from tests.delivery.delivery_world import (
    SECRETS,
    Room,
    Site,
    make_bank,
    make_site,
    make_sqlite_template,
    sqlite_world,
)

N_ADDRESSES = 29_000
SEATS_IN_A_CLASS, ROOMS_IN_FLANDERS = 30, 3_500
N_CODES: int = len(ALPHABET) ** CODE_LENGTH


@dataclass(frozen=True)
class Found:
    """What came of guessing.

    Attributes
    ----------
    n_told : guesses of which the guesser heard that they were wrong
    n_in : hits
    n_held : guesses that were told to wait, right or wrong
    n_rows, n_listed : rows that were kept of all this, and devices on the proctors' lists
    grown_kb : what the process grew by meanwhile, in kB (on Linux)
    """

    n_told: int
    n_in: int
    n_held: int
    n_rows: int
    n_listed: int
    grown_kb: int


def address(number: int) -> str:
    """One of many addresses (RFC 2544 keeps 198.18.0.0/15 for tests)."""
    return f"198.{18 + number // 65_536}.{number // 256 % 256}.{number % 256}"


async def ask(site: Site, room: Room, seat_code: str, network: str, device: str = "d") -> str:
    """What a pair of codes gets: "in", "waits", or the code of the refusal."""
    asked = Knock(Place(room.school_id, room.administration_id), seat_code, network, device)
    try:
        found = await knock(site.sittings.direct, site.world.database, SECRETS, asked)
    except RefusedError as refusal:
        return refusal.code
    if isinstance(found, Entrance):
        return "in"
    found.note()
    return "waits"


async def guess(site: Site, rooms: Sequence[Room], n_addresses: int) -> Found:
    """Guess once from each address, at the rooms in turn, with random seat codes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answers: Counter[str] = Counter()
    for number in range(n_addresses):
        answers[await ask(site, rooms[number % len(rooms)], make_code(), address(number), str(number))] += 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    with Session(site.world.owner) as db:
        n_rows, n_listed = (db.exec(select(func.count()).select_from(row)).one() for row in (TryRow, WaitingRow))
    return Found(answers["unknown_code"], answers["in"], answers["waits"], n_rows, n_listed, grown)


def chance_of_a_hit(n_rooms: int) -> float:
    """Chance that one of the guesses that are answered is right, for a guesser who knows the codes of these rooms.

    A union bound: each guess hits one of the seats of a class, out of all codes that there are.
    """
    return n_rooms * FREE_TRIES * SEATS_IN_A_CLASS / N_CODES


def main() -> None:
    """Guess, and print what came of it."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--addresses", type=int, default=N_ADDRESSES)
    parser.add_argument("--rooms", type=int, default=20, help="rooms that are guessed at together")
    given = parser.parse_args()
    table = Table(title=f"One guess from each of {given.addresses:,} addresses")
    for column in (
        "rooms",
        "told wrong",
        "hits",
        "told to wait",
        "rows kept",
        "on the lists",
        "grown kB",
        "pupils held",
    ):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        for n_rooms in (1, given.rooms):
            table.add_row(*asyncio.run(_measure(Path(folder), n_rooms, given.addresses)))
    console = Console()
    console.print(table)
    console.print("pupils held: of one a room, with the right code, who then waits for the click")
    console.print(f"chance of a hit with the code of one room: {chance_of_a_hit(1):.1e}")
    console.print(
        f"with the codes of all {ROOMS_IN_FLANDERS:,} rooms, anywhere: {chance_of_a_hit(ROOMS_IN_FLANDERS):.3f}"
    )


async def _measure(folder: Path, n_rooms: int, n_addresses: int) -> tuple[str, ...]:
    """One row of the table, from a world of its own."""
    place, template = folder / f"world {n_rooms}", folder / f"template {n_rooms}"
    for new in (place, template):
        new.mkdir()
    world = sqlite_world(place, make_sqlite_template(template), make_bank())
    world.prepare()
    rooms = [world.make_room(world.rooms[0].school_id) for _ in range(n_rooms)]
    with Session(world.owner) as db, db.begin():
        db.execute(update(AdministrationRow).values(status=RoomStatus.OPEN))
    journal = world.open_journal()
    site = make_site(world, journal)
    found = await guess(site, rooms, n_addresses)
    pupils = [await ask(site, room, room.seat_codes[0], "192.0.2.1") for room in rooms]
    await site.close()
    await journal.close()
    world.dispose()
    numbers = (n_rooms, found.n_told, found.n_in, found.n_held, found.n_rows, found.n_listed, found.grown_kb)
    return (*(f"{number:,}" for number in numbers), f"{pupils.count('waits')} of {n_rooms}")


if __name__ == "__main__":
    main()
