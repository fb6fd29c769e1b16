"""What a laptop does to an answer before it keeps it; written from the description of the form, not with our code."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def text_of(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def hkdf(secret: bytes, salt: bytes, label: bytes) -> bytes:
    """One block of HKDF-SHA-256, step by step (RFC 5869, 2.2 and 2.3)."""
    extracted = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    return hmac.digest(extracted, label + b"\x01", hashlib.sha256)


def seal_box(point: bytes, header: str, plain: bytes) -> bytes:
    """Ephemeral point, and the body under the key that follows from it."""
    server = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    own = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = hkdf(ephemeral.exchange(ec.ECDH(), server), own, b"peil row box")
    return own + AESGCM(key).encrypt(bytes(12), plain, header.encode())


def with_proof(token: str, text: str) -> str:
    """Parts of a row with the proof of whoever holds the token."""
    key = hkdf(token.encode(), b"", b"peil row proof")
    return f"{text}.{text_of(hmac.digest(key, text.encode(), hashlib.sha256))}"


def seal_row(point: bytes, token: str, position: int, body: Any) -> str:
    """A whole row."""
    header = f"1.{token.partition('.')[0]}.{position}"
    plain = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return with_proof(token, f"{header}.{text_of(seal_box(point, header, plain))}")
