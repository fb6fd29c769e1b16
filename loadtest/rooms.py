"""Makes an installation with open rooms, through the program itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from loadtest.errors import LoadtestError

PEIL = (sys.executable, "-m", "peil")
DATABASE_FILE = "peil.sqlite"
PATIENCE_S = 600

Seat = tuple[str, str]
"""Room code and seat code, as a pupil types them."""


def prepare_rooms(folder: Path, seed: int, environment: Mapping[str, str], copies: int = 1) -> list[Seat]:
    """Make a database with the demo bank and open rooms; return the codes of its seats.

    Parameters
    ----------
    folder
        Data folder; new or empty.
    seed
        Decides names and banks.
    environment
        Added to ours, such as ``PEIL_DATABASE_URL``.
    copies
        How often every class gets a room for every test.

    Raises
    ------
    LoadtestError
        If it cannot be made; gives what the program said.
    """
    codes = folder / "codes.json"
    wanted = ("--prepare", str(codes), "--copies", str(copies), "--data", str(folder), "--seed", str(seed))
    made = subprocess.run(
        (*PEIL, "demo", *wanted),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if made.returncode:
        raise LoadtestError(f"the rooms could not be made: {made.stderr[-2000:]}")
    rooms = json.loads(codes.read_text())["rooms"]
    return [(room["room_code"], seat["seat_code"]) for room in rooms for seat in room["seats"]]
