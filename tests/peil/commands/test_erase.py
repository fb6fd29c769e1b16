"""Erasing a pupil from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from sqlmodel import Session

from delivery import SqliteJournal, import_roster, read_oneroster
from peil.database import open_owner
from peil.demo.roster import write_roster
from peil.installation import open_installation
from peil.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a database with a roster."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    made = Settings(data=tmp_path / "data", database_url=url)
    fill(made, tmp_path)
    return made


def fill(settings: Settings, folder: Path) -> None:
    """Import a roster."""
    roster = read_oneroster(write_roster(folder / "roster", np.random.default_rng(1)))
    with open_installation(settings) as installation, Session(installation.database) as db, db.begin():
        import_roster(db, roster)


def pupils(settings: Settings) -> list[str]:
    """Discimus IDs that are known (the test server's owner sees every school)."""
    database = open_owner(settings)
    with database.connect() as db:
        found = list(db.execute(text("SELECT discimus_id FROM delivery_pupil")).scalars())
    database.dispose()
    return found


def erase(settings: Settings, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command as an operator would; ``typed`` is what they answer."""
    command = [sys.executable, "-m", "peil", "erase", *arguments, "--data", str(settings.data)]
    environment = os.environ | {"PEIL_DATABASE_URL": settings.database_url}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, timeout=120, input=typed
    )


def test_an_erased_pupil_is_gone_and_the_others_stay(settings: Settings) -> None:
    before = pupils(settings)
    done = erase(settings, before[0], "--reason", "vraag van de ouders", "--yes")
    assert done.returncode == 0, done.stderr
    assert sorted(pupils(settings)) == sorted(before[1:])
    again = erase(settings, before[0], "--reason", "vraag van de ouders", "--yes")
    assert (again.returncode, "Traceback" in again.stderr) == (1, False)
    assert "nothing was erased" in again.stderr


def test_a_reason_may_not_name_the_pupil(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    for reason in (" ", "wist 90000000000"):
        done = erase(settings, "90000000000", "--reason", reason, "--yes")
        assert done.returncode == 1
        assert "--reason" in done.stderr


async def test_while_a_server_runs_on_sqlite_nothing_is_erased(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    fill(settings, tmp_path)
    before = pupils(settings)
    server = SqliteJournal(settings.database_file)
    done = erase(settings, before[0], "--reason", "vraag van de ouders", "--yes")
    assert done.returncode == 1
    assert "another server process uses this database" in done.stderr
    assert "Traceback" not in done.stderr
    assert pupils(settings) == before
    await server.close()


def test_it_asks_first_and_no_is_no(settings: Settings) -> None:
    before = pupils(settings)
    for typed in ("", "n\n", "misschien\nn\n"):
        done = erase(settings, before[0], "--reason", "vraag van de ouders", typed=typed)
        assert (done.returncode, "Traceback" in done.stderr) == (1, False)
        assert "Nobody can undo it" in done.stdout + done.stderr
    assert pupils(settings) == before
    assert erase(settings, before[0], "--reason", "vraag van de ouders", typed="y\n").returncode == 0
    assert sorted(pupils(settings)) == sorted(before[1:])
