from __future__ import annotations

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path

import pytest

from peil.errors import SecretsError
from peil.secrets import KEY_BYTES, Keys, load_keys


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    """Place for a file with keys."""
    return tmp_path / "secrets.json"


def test_keys_are_made_once_and_only_the_owner_can_read_them(secrets_file: Path) -> None:
    keys = load_keys(secrets_file)
    assert load_keys(secrets_file) == keys
    assert stat.S_IMODE(secrets_file.stat().st_mode) == 0o600
    assert list(secrets_file.parent.iterdir()) == [secrets_file]  # no draft is left behind


def test_every_purpose_has_a_key_of_its_own(secrets_file: Path) -> None:
    keys = astuple(load_keys(secrets_file))
    assert len(set(keys)) == len(keys)
    assert all(len(key) == KEY_BYTES for key in keys)


def test_processes_that_start_together_agree_on_the_keys(secrets_file: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: load_keys(secrets_file), range(32)))
    assert set(map(astuple, found)) == {astuple(load_keys(secrets_file))}


def test_a_file_that_others_can_read_is_refused_with_the_line_to_type(secrets_file: Path) -> None:
    load_keys(secrets_file)
    secrets_file.chmod(0o644)
    with pytest.raises(SecretsError, match="chmod 600"):
        load_keys(secrets_file)


@pytest.mark.parametrize("damage", ["missing", "short", "no hexadecimal", "no JSON"])
def test_a_damaged_file_is_never_replaced(secrets_file: Path, damage: str) -> None:
    load_keys(secrets_file)
    content = json.loads(secrets_file.read_text())
    if damage == "missing":
        del content["receipt"]
    else:
        content["receipt"] = {"short": "00", "no hexadecimal": "z" * 64}.get(damage, "")
    text = "{" if damage == "no JSON" else json.dumps(content)
    secrets_file.write_text(text)
    with pytest.raises(SecretsError, match="backup"):
        load_keys(secrets_file)
    assert secrets_file.read_text() == text


def test_keys_do_not_show_in_messages(secrets_file: Path) -> None:
    keys = load_keys(secrets_file)
    assert keys.receipt.hex() not in repr(keys)
    assert repr(keys.receipt) not in repr(keys)
    assert isinstance(keys, Keys)
