"""Passwords of staff, kept as argon2id hashes."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

LONGEST_PASSWORD = 200  # characters: enough for any sentence, too short to make hashing expensive

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_password(password: str) -> str:
    """Salted argon2id hash (RFC 9106, second recommended option: 64 MiB, 3 passes)."""
    return _HASHER.hash(password)


def is_password(password: str, password_hash: str) -> bool:
    """Whether the password belongs to the hash; a hash that cannot be read belongs to none."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def hash_of_nobody() -> str:
    """Hash to check against when nobody has the address, so that the reply takes as long."""
    return hash_password("no account has this hash")
