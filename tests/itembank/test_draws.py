"""Random numbers that follow from a sitting's key."""

from __future__ import annotations

import hashlib
import hmac
from itertools import product

from itembank.draws import draw_seed


def test_a_seed_is_the_first_8_bytes_of_an_hmac() -> None:
    """HMAC by its definition (RFC 2104), for a key shorter than the 64 bytes of a block."""
    key = b"sleutel"
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    digest = hashlib.sha256(outer + hashlib.sha256(inner + b"5/order/W4-001@1").digest()).digest()
    assert draw_seed("sleutel", "W4-001@1", "order") == int.from_bytes(digest[:8], "big")
    assert hmac.digest(key, b"5/order/W4-001@1", "sha256") == digest


def test_another_key_item_or_purpose_gives_another_number() -> None:
    drawn = [draw_seed(*parts) for parts in product(("a", "b"), ("a", "b", "a/b"), ("a", "b", "b/a"))]
    assert len({*drawn}) == len(drawn) == 18
    assert draw_seed("kéy", "a", "b") == draw_seed("kéy".encode(), "a", "b")
