"""Codes, tickets and tokens: hashed, sealed and signed with the installation's keys."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from delivery.config import REMEMBERED_SITTINGS
from delivery.errors import ConfigurationError, RefusedError

NONCE_BYTES = 12  # NIST SP 800-38D, 5.2.1.1: the recommended length for GCM
TICKET_LIFE_MS = 10 * 60_000  # long enough to read one's own name and call for help


@dataclass(frozen=True, slots=True, eq=False)
class SittingRef:
    """Which sitting, of which school; travels inside tickets and tokens, and names nobody."""

    school_id: UUID
    sitting_id: UUID

    # An answer looks its sitting up twenty times: identifiers are compared and hashed as the numbers that they are.

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SittingRef)
            and self.sitting_id.int == other.sitting_id.int
            and self.school_id.int == other.school_id.int
        )

    def __hash__(self) -> int:
        return hash(self.sitting_id.int)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says: this device holds this sitting in this epoch."""

    ref: SittingRef
    epoch: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a valid ticket says: whoever brings it knew the codes of this sitting.

    Attributes
    ----------
    name : random, and no other ticket's; "" where an earlier release gave it
    expires : by the database's clock, milliseconds since 1970
    """

    ref: SittingRef
    name: str
    expires: int


class _Signed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Body of a ticket or a token; only tickets have a name."""

    use: str
    school: UUID
    sitting: UUID
    epoch: int
    expires: int
    name: str = ""


def keyed_hash(key: bytes, *parts: str | bytes) -> bytes:
    """HMAC-SHA-256 over parts that cannot run into each other (each is preceded by its length)."""
    message = bytearray()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        message += len(data).to_bytes(8, "big") + data
    return hmac.digest(key, message, "sha256")


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """Encrypt with AES-GCM: nonce, then ciphertext; ``context`` binds it to its place."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key[:32]).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> bytes:
    """Decrypt what `seal` made.

    Raises
    ------
    ConfigurationError
        If the key or the place is another one, or a byte was changed.
    """
    try:
        return AESGCM(key[:32]).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except InvalidTag:
        raise ConfigurationError(
            f"{context}: cannot be decrypted; it was changed, or the keys are not the ones it was made with. "
            "Put the file with the keys back from a backup."
        ) from None


def sign_ticket(key: bytes, ref: SittingRef, now_ms: int) -> str:
    """Signed proof that someone knew a room code and a seat code; valid for ten minutes by the database's clock."""
    name = secrets.token_urlsafe(12)
    return _sign(key, _Signed("ticket", ref.school_id, ref.sitting_id, 0, now_ms + TICKET_LIFE_MS, name))


def read_ticket(key: bytes, ticket: str) -> Ticket:
    """What a ticket says, however old it is.

    Raises
    ------
    RefusedError
        ``unknown_token``.
    """
    signed = _read(key, ticket, "ticket")
    return Ticket(SittingRef(signed.school, signed.sitting), signed.name, signed.expires)


def sign_token(key: bytes, claims: Claims) -> str:
    """Signed proof that a device holds a sitting; it does not expire, an epoch replaces it."""
    return _sign(key, _Signed("token", claims.ref.school_id, claims.ref.sitting_id, claims.epoch, 0))


@lru_cache(maxsize=REMEMBERED_SITTINGS)
def read_token(key: bytes, authorization: str) -> Claims:
    """Claims in a header ``Authorization: Bearer <token>``; one that was right stays right, and is remembered.

    Raises
    ------
    RefusedError
        ``unknown_token``.
    """
    scheme, _, token = authorization.partition(" ")
    signed = _read(key, token.strip() if scheme.lower() == "bearer" else "", "token")
    return Claims(SittingRef(signed.school, signed.sitting), signed.epoch)


def token_of(key: bytes, body: str) -> tuple[Claims, str]:
    """Claims in a token's first part, and the whole token: who proves to know that one held the sitting.

    Raises
    ------
    RefusedError
        ``not_yours`` if no token of ours begins so.
    """
    try:
        data = _decoded(body)
        signed = msgspec.json.decode(data, type=_Signed)
    except (ValueError, msgspec.DecodeError, RecursionError):  # nobody signed it: it may be nested as deep as it fits
        raise RefusedError("not_yours") from None
    token = _signed_text(key, "token", data)
    if signed.use != "token" or token.partition(".")[0] != body:  # another spelling is another key for the same claims
        raise RefusedError("not_yours")
    return Claims(SittingRef(signed.school, signed.sitting), signed.epoch), token


def _sign(key: bytes, signed: _Signed) -> str:
    """Body and its keyed hash, safe in a header."""
    return _signed_text(key, signed.use, msgspec.json.encode(signed))


def _signed_text(key: bytes, use: str, body: bytes) -> str:
    """Body and its keyed hash, safe in a header."""
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (body, keyed_hash(key, use, body)))


def _decoded(text: str) -> bytes:
    """Bytes of unpadded base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _read(key: bytes, token: str, use: str) -> _Signed:
    """Body of a ticket or token whose signature is right."""
    try:
        body, signature = (_decoded(part) for part in token.split("."))
        if hmac.compare_digest(signature, keyed_hash(key, use, body)):
            return msgspec.json.decode(body, type=_Signed)
    except (ValueError, msgspec.DecodeError):
        pass  # not something that we signed
    raise RefusedError("unknown_token")
