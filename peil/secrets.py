"""The keys of an installation: one file, made once, readable by its owner only, never in the database."""

from __future__ import annotations

import json
import os
import secrets
import stat
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
    """

    receipt: bytes
    code: bytes
    token: bytes
    text: bytes
    cookie: bytes
    checkpoint: bytes
    scoring: bytes
    research: bytes


def load_keys(path: Path) -> Keys:
    """Read the keys; make the file when it is not there.

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
        _make(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise SecretsError(f"{path}: other users may read the keys (mode {mode:04o}). Type: chmod 600 '{path}'")
    try:
        content = json.loads(path.read_text())
        keys = {field.name: bytes.fromhex(content[field.name]) for field in fields(Keys)}
    except (ValueError, KeyError, TypeError) as error:
        raise SecretsError(f"{path}: a key is missing or damaged ({error}). Put the file back from a backup.") from None
    short = [name for name, key in keys.items() if len(key) < KEY_BYTES]
    if short:
        raise SecretsError(f"{path}: too short: {', '.join(short)}. Put the file back from a backup.")
    return Keys(**keys)


def _make(path: Path) -> None:
    """Write fresh keys; of two processes at once, the first one's stay."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump({field.name: secrets.token_hex(KEY_BYTES) for field in fields(Keys)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
