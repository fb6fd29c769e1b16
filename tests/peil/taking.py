"""Pupils who take tests in an installation, through the application itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx2
import numpy as np

from delivery.rooms import close_room, open_room
from itembank.demo import read_catalogue, read_keys
from loadtest.pupils import Finished, VirtualPupil
from peil.demo.answering import GeneratingModel, SimulatedPupil
from peil.demo.school import Room
from peil.web import create_app
from tests.peil.place import Place


def copy_data(source: Path, target: Path) -> Path:
    """Copy a data folder, its database as one file."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("peil.sqlite*"))
    with (
        closing(sqlite3.connect(source / "peil.sqlite")) as old,
        closing(sqlite3.connect(target / "peil.sqlite")) as new,
    ):
        old.backup(new)
    return target


def rooms_of(place: Place, test: str) -> list[Room]:
    """Rooms in which a test is taken."""
    return [room for room in place.prepared.rooms if room.administration.test == test]


async def take(
    place: Place, rooms: Sequence[Room], n_pupils: int, *, n_silent: int = 0, n_leaving: int = 0
) -> list[Finished]:
    """Open rooms, let pupils take the test to its end, and close; the same pupils answer the same every time.

    Parameters
    ----------
    place, rooms
        Where.
    n_pupils
        Who answer everything, in each room.
    n_silent
        Who come in and hand in at once, in each room.
    n_leaving
        Who come in and never hand in, in each room.
    """
    app = create_app(place.installation)
    sittings = app.state.sittings
    model = GeneratingModel({entry.identifier: entry for entry in read_catalogue()}, read_keys())
    n_coming = n_pupils + n_silent + n_leaving
    done: list[Finished] = []
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://peil.test") as client:
        for room in rooms:
            own = room.administration
            await open_room(sittings, own.school_id, own.administration_id)
            for number, theta in enumerate(np.linspace(-1.5, 1.5, n_coming).tolist()):
                answers = SimulatedPupil(model, theta, np.random.default_rng(number))
                pupil = VirtualPupil(client, room.room_code, room.seats[number].seat_code, answers)
                if number < n_pupils:
                    done.append(await pupil.run())
                    continue
                head = await pupil.enter()
                if number < n_pupils + n_silent:
                    await pupil.finish(head)
            await close_room(sittings, own.school_id, own.administration_id)
    await sittings.close()
    await sittings.ledger.journal.close()
    return done
