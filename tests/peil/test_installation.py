from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from delivery import open_journal
from peil import migrating
from peil.database import migrate, open_owner
from peil.errors import DatabaseError
from peil.installation import open_installation
from peil.migrating import downgrade
from peil.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation that is not there yet."""
    return Settings(data=tmp_path / "data")


def mode_of(path: Path) -> int:
    """Permissions of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_the_data_folder_and_the_database_are_for_their_owner_only(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    before = os.umask(0o022)
    try:
        with open_installation(settings) as installation, installation.database.connect() as connection:
            connection.execute(text("DELETE FROM delivery_draft"))
            files = {path.name: mode_of(path) for path in settings.data.glob("peil.sqlite*") if path.suffix != ".lock"}
    finally:
        os.umask(before)
    assert mode_of(settings.data) == 0o700
    assert len(files) == 3  # with the write-ahead log and its index
    assert set(files.values()) == {0o600}
    assert "Warning" not in capsys.readouterr().err


def test_a_folder_that_others_can_read_is_pointed_out_and_used(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.data.mkdir()
    settings.data.chmod(0o755)
    with open_installation(settings):
        pass
    assert f"chmod 700 '{settings.data}'" in capsys.readouterr().err


def test_whatever_the_program_writes_is_for_its_owner_only(settings: Settings, tmp_path: Path) -> None:
    codes = tmp_path / "codes.json"
    command = [sys.executable, "-m", "peil", "demo", "--prepare", str(codes), "--data", str(settings.data)]
    subprocess.run(command, check=True, capture_output=True, timeout=120, umask=0o022)
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert written > {codes, settings.database_file, settings.secrets_file}
    assert not [path for path in written if mode_of(path) & 0o077]


def test_no_table_changes_under_a_server_that_runs(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "PATIENCE_S", 0.2)
    migrate_to_an_earlier_version(settings)
    server = open_journal(settings.database_file)
    owner = open_owner(settings)
    revision = text("SELECT version_num FROM alembic_version")
    try:
        with pytest.raises(DatabaseError, match="Stop that server first"):
            migrate(settings)
        with owner.connect() as connection:
            assert connection.execute(revision).scalar_one() == "0004_rights"
    finally:
        asyncio.run(server.close())
    migrate(settings)
    with owner.connect() as connection:
        assert connection.execute(revision).scalar_one() != "0004_rights"
    owner.dispose()


def migrate_to_an_earlier_version(settings: Settings) -> None:
    """Database as the release before left it."""
    settings.data.mkdir()
    migrate(settings)
    owner = open_owner(settings)
    downgrade(owner, "0004_rights")
    owner.dispose()


def test_a_database_of_a_newer_version_is_left_alone(settings: Settings) -> None:
    settings.data.mkdir()
    migrate(settings)
    owner = open_owner(settings)
    with owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    owner.dispose()
    with pytest.raises(DatabaseError, match="9999_later"):
        migrate(settings)
