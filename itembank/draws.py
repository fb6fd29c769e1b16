"""Random numbers of a sitting: each follows from the sitting's key, so it is the same wherever it is drawn again."""

from __future__ import annotations

import hmac

SEED_BYTES = 8


def draw_seed(key: bytes | str, item: str, purpose: str) -> int:
    """Return a whole number in [0, 2**64) that whoever lacks the key cannot foresee.

    Parameters
    ----------
    key : the random key that the sitting pinned when it began
    item : item version
    purpose : what is drawn; another purpose gives an independent number
    """
    secret = key.encode() if isinstance(key, str) else key
    message = f"{len(purpose)}/{purpose}/{item}".encode()
    return int.from_bytes(hmac.digest(secret, message, "sha256")[:SEED_BYTES], "big")
