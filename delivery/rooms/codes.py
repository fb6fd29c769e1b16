"""Room codes and seat codes: short, random, easy to read aloud and to type."""

from __future__ import annotations

import secrets

from delivery.access import keyed_hash

ALPHABET = "ACDEFGHJKMNPQRTWXY34679"
"""No sign that a child could take for another one: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V."""
CODE_LENGTH = 6
LONGEST_TYPED = 40


def make_code() -> str:
    """Random code: 23^6, about 148 million possibilities."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def normalise_code(typed: str) -> str:
    """What was typed, without spaces and hyphens, in capitals."""
    return "".join(sign for sign in typed[:LONGEST_TYPED].upper() if sign.isalnum())


def room_code_hash(key: bytes, code: str) -> bytes:
    """Look-up value of a room code."""
    return keyed_hash(key, "room", normalise_code(code))


def seat_code_hash(key: bytes, administration: str, code: str) -> bytes:
    """Look-up value of a seat code, which means something in its own room only."""
    return keyed_hash(key, "seat", administration, normalise_code(code))
