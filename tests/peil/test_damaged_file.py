"""A file in the place of the database that is none, or only part of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from peil.errors import DatabaseError
from peil.installation import open_installation
from peil.settings import load_settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Data folder of an installation."""
    with open_installation(load_settings(tmp_path / "data")) as installation:
        return installation.settings.data


def test_a_file_that_is_no_database_is_named_in_a_sentence(data: Path) -> None:
    settings = load_settings(data)
    settings.database_file.write_bytes(b"%PDF-1.7 no database at all\n" * 500)
    with pytest.raises(DatabaseError, match=r"peil\.sqlite: this file is not a sound database"):
        open_installation(settings).__enter__()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_database_that_was_cut_off_is_named_in_a_sentence(data: Path, share: float) -> None:
    settings = load_settings(data)
    content = settings.database_file.read_bytes()
    settings.database_file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(DatabaseError, match=r"peil\.sqlite"):
        open_installation(settings).__enter__()
