from __future__ import annotations

import errno
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from pathlib import Path

import pytest

from peil.errors import SecretsError
from peil.secrets import KEY_BYTES, LATER, Keys, load_keys


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


def as_made_before(file: Path) -> dict[str, str]:
    """Take the keys that came later out of a file; what is left."""
    content: dict[str, str] = json.loads(file.read_text())
    earlier = {name: key for name, key in content.items() if name not in LATER}
    file.write_text(json.dumps(earlier))
    return earlier


def test_an_installation_that_was_made_before_gets_a_later_key_by_itself(secrets_file: Path) -> None:
    load_keys(secrets_file)
    earlier = as_made_before(secrets_file)
    keys = load_keys(secrets_file)
    content = json.loads(secrets_file.read_text())
    assert earlier == {name: content[name] for name in earlier}
    assert keys.rows == bytes.fromhex(content["rows"])
    assert len(set(astuple(keys))) == len(astuple(keys))
    assert load_keys(secrets_file) == keys
    assert stat.S_IMODE(secrets_file.stat().st_mode) == 0o600
    assert list(secrets_file.parent.iterdir()) == [secrets_file]


def test_processes_that_add_a_later_key_together_agree_on_it(secrets_file: Path) -> None:
    load_keys(secrets_file)
    for _ in range(20):
        as_made_before(secrets_file)
        with ThreadPoolExecutor(8) as threads:
            found = {keys.rows for keys in threads.map(lambda _: load_keys(secrets_file), range(16))}
        assert len(found) == 1


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


def test_a_later_key_that_cannot_be_written_says_what_to_add(
    secrets_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_keys(secrets_file)
    as_made_before(secrets_file)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(SecretsError, match=r"key for rows.*Read-only file system.*64 random"):
        load_keys(secrets_file)


def test_a_damaged_file_of_before_gets_no_later_key(secrets_file: Path) -> None:
    load_keys(secrets_file)
    earlier = as_made_before(secrets_file)
    secrets_file.write_text(json.dumps(earlier | {"receipt": "00"}))
    with pytest.raises(SecretsError, match="too short: receipt"):
        load_keys(secrets_file)
    assert "rows" not in json.loads(secrets_file.read_text())
