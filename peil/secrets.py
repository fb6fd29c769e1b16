"""The keys of an installation: one file, made once, readable by its owner only, never in the database."""

from __future__ import annotations

import json
import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

from peil.errors import SecretsError

KEY_BYTES = 32  # 256 bits: the size of HMAC-SHA-256's output


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Random keys, one for each purpose, so that a leak of one tells nothing about another.

    Attributes
    ----------
    receipt : receipts of stored answers
    code : look-up and printing of room and seat codes
    token : tokens of sittings
    text : wraps the keys that encrypt free text
    cookie : signs the cookies of staff
    checkpoint : signs the heads of the log
    scoring, research : pseudonyms, one key a purpose
    rows : the private key that opens what laptops keep
    """

    receipt: bytes
    code: bytes
    token: bytes
    text: bytes
    cookie: bytes
    checkpoint: bytes
    scoring: bytes
    research: bytes
    rows: bytes


LATER = ("rows",)
"""Purposes that came after the first release: an installation that was made before gets a key for them by itself."""


def load_keys(path: Path) -> Keys:
    """Read the keys; make the file when it is not there, and what a later release needs besides when that is not.

    Parameters
    ----------
    path
        File with one hexadecimal key a name; its folder exists.

    Raises
    ------
    SecretsError
        If others may read the file, or a key is missing or damaged.
    """
    if not path.exists():
        _write(path, dict.fromkeys(field.name for field in fields(Keys)), os.link)
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise SecretsError(f"{path}: other users may read the keys (mode {mode:04o}). Type: chmod 600 '{path}'")
    keys = _read(path)
    if any(name not in keys for name in LATER):
        keys = _add(path)
    return Keys(**keys)


def _read(path: Path) -> dict[str, bytes]:
    """Keys in the file, each of them sound; of the later ones those that are there."""
    try:
        content = json.loads(path.read_text())
        names = [field.name for field in fields(Keys) if field.name not in LATER or field.name in content]
        keys = {name: bytes.fromhex(content[name]) for name in names}
    except (ValueError, KeyError, TypeError) as error:
        raise SecretsError(f"{path}: a key is missing or damaged ({error}). Put the file back from a backup.") from None
    short = [name for name, key in keys.items() if len(key) < KEY_BYTES]
    if short:
        raise SecretsError(f"{path}: too short: {', '.join(short)}. Put the file back from a backup.")
    return keys


def _add(path: Path) -> dict[str, bytes]:
    """Add the keys that a later release needs; of two processes at once, the first one's stay."""
    with _alone(path):
        keys = _read(path)
        missing = [name for name in LATER if name not in keys]
        try:
            _write(path, {name: key.hex() for name, key in keys.items()} | dict.fromkeys(missing), os.replace)
        except OSError as error:
            raise SecretsError(
                f"{path}: this release needs a key for {', '.join(missing)}, and the file cannot be written "
                f"({error.strerror}). Add a line for each: 64 random hexadecimal digits, on every machine the same."
            ) from None
        return _read(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile; the system lets go when the process dies."""
    if sys.platform == "win32":
        yield  # an open file cannot be replaced there, and only one process is served
        return
    import fcntl

    with path.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: Mapping[str, str | None], place: Callable[[Path, Path], None]) -> None:
    """Write keys, fresh ones where there is None; one that cannot be placed because another was first is dropped."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump({name: key or secrets.token_hex(KEY_BYTES) for name, key in content.items()}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            place(draft, path)
    finally:
        draft.unlink(missing_ok=True)
