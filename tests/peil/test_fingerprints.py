from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from peil.database import open_owner
from peil.errors import SecretsError
from peil.fingerprints import fingerprint
from peil.installation import open_installation
from peil.secrets import KEY_BYTES
from peil.settings import Settings


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation that was opened once."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    made = Settings(data=tmp_path / "data", database_url=url)
    with open_installation(made):
        yield made


def change_key(file: Path, name: str) -> None:
    """Give one purpose another key."""
    keys = json.loads(file.read_text())
    keys[name] = secrets.token_hex(KEY_BYTES)
    file.write_text(json.dumps(keys))


def remembered(settings: Settings) -> dict[str, bytes]:
    """Fingerprints in the database."""
    owner = open_owner(settings)
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT purpose, fingerprint FROM peil_key_fingerprint")).all()
    owner.dispose()
    return {purpose: bytes(mark) for purpose, mark in rows}


def test_the_same_keys_are_accepted_again(settings: Settings) -> None:
    before = remembered(settings)
    assert set(before) == set(json.loads(settings.secrets_file.read_text()))
    with open_installation(settings):
        assert remembered(settings) == before


def test_another_key_is_refused_by_name_and_not_remembered(settings: Settings) -> None:
    before = remembered(settings)
    change_key(settings.secrets_file, "scoring")
    with pytest.raises(SecretsError, match=r"other: scoring\).*backup"), open_installation(settings):
        pass
    assert remembered(settings) == before


def test_a_lost_file_does_not_become_a_new_one(settings: Settings) -> None:
    settings.secrets_file.unlink()
    for _ in range(2):
        with (
            pytest.raises(SecretsError, match="not the keys that this database was made with"),
            open_installation(settings),
        ):
            pass


def test_a_fingerprint_tells_keys_apart_and_holds_nothing_of_a_key() -> None:
    keys = [bytes([number]) * KEY_BYTES for number in range(100)]
    marks = [fingerprint(key) for key in keys]
    assert len(set(marks)) == len(keys)
    assert not any(mark in key for mark, key in zip(marks, keys, strict=True))


def test_a_database_of_before_a_later_key_takes_it_over_once(settings: Settings) -> None:
    owner = open_owner(settings)
    with owner.begin() as db:
        db.execute(text("DELETE FROM peil_key_fingerprint WHERE purpose = 'rows'"))
    owner.dispose()
    keys = json.loads(settings.secrets_file.read_text())
    del keys["rows"]
    settings.secrets_file.write_text(json.dumps(keys))
    with open_installation(settings):
        assert "rows" in remembered(settings)
    change_key(settings.secrets_file, "rows")
    with pytest.raises(SecretsError, match=r"other: rows\)"), open_installation(settings):
        pass
