"""A sealed row: an answer that a laptop keeps and cannot read back (point 20 of the protocol).

A row is text of five parts, joined by full stops: its form, the first part of the sitting's token (it says which
sitting and epoch, and proves nothing), the position, the box and the proof. The box is an ephemeral P-256 point and
what AES-256-GCM made of the answer's body, under a key that HKDF-SHA-256 makes from the point's secret with the
server (as in SEC 1, 5.1, with GCM's tag for the MAC). The proof is an HMAC-SHA-256 of all before it, under a key that
HKDF makes from the whole token. Box and proof are base64url without padding.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from delivery.access import NONCE_BYTES, Claims, token_of
from delivery.config import Secrets
from delivery.errors import RefusedError
from delivery.sittings.bodies import BODY_LIMIT

FORM = "1"
BOX_LABEL, PROOF_LABEL, KEY_LABEL = b"peil row box", b"peil row proof", b"peil row key"
POINT_BYTES, TAG_BYTES, KEY_BYTES = 65, 16, 32  # uncompressed P-256 point; GCM; AES-256 and SHA-256
ROW_LIMIT = 4 * (BODY_LIMIT + POINT_BYTES + TAG_BYTES) // 3 + 600
"""Characters: base64 of the largest answer, and the parts around it."""
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256 (SEC 2, 2.4.2)."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """What was in a row: who held which sitting then, and the body of an answer as ``PUT`` sends it."""

    claims: Claims
    position: int
    raw: bytes


def private_key(key: bytes) -> ec.EllipticCurvePrivateKey:
    """Private key of an installation, from its random ``row_key`` (FIPS 186-5, A.2.1: 128 bits to spare)."""
    number = int.from_bytes(derive(key, b"", KEY_LABEL, 48), "big")
    return ec.derive_private_key(number % (ORDER - 1) + 1, ec.SECP256R1())


def derive(secret: bytes, salt: bytes, label: bytes, n_bytes: int = KEY_BYTES) -> bytes:
    """HKDF-SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), n_bytes, salt, label).derive(secret)


def prove(token: str, text: str) -> bytes:
    """Keyed hash of a row's first parts, that only a holder of the token can make."""
    return hmac.digest(derive(token.encode(), b"", PROOF_LABEL), text.encode(), hashlib.sha256)


class RowOpener:
    """Opens the rows of one installation.

    Attributes
    ----------
    public_point : uncompressed point that laptops seal to (65 bytes)
    """

    def __init__(self, secrets: Secrets) -> None:
        self._token_key = secrets.token_key
        self._private = private_key(secrets.row_key)
        public = self._private.public_key()
        self.public_point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, row: str) -> OpenRow:
        """Check who made a row, then open it.

        Raises
        ------
        RefusedError
            ``malformed`` if it is no row, or longer than any; ``not_yours`` if no holder of a token of ours proves it,
            which is so for another installation's too; ``broken_seal`` if its box cannot be opened.
        """
        text, _, proof = row.rpartition(".")
        parts = text.split(".")
        is_row = len(row) <= ROW_LIMIT and row.isascii() and len(parts) == 4 and parts[0] == FORM
        if not is_row or not parts[2].isdecimal() or len(parts[2]) > 6:
            raise RefusedError("malformed")
        claims, token = token_of(self._token_key, parts[1])
        if not hmac.compare_digest(proof.encode(), encoded(prove(token, text)).encode()):
            raise RefusedError("not_yours")
        return OpenRow(claims, int(parts[2]), self._unseal(parts[3], text.rpartition(".")[0]))

    def _unseal(self, box: str, header: str) -> bytes:
        """Plain body of a box that is bound to its header."""
        try:
            data = urlsafe_b64decode(box + "=" * (-len(box) % 4))
            point = data[:POINT_BYTES]
            ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)  # refuses other curves
            key = derive(self._private.exchange(ec.ECDH(), ephemeral), point, BOX_LABEL)
            return AESGCM(key).decrypt(bytes(NONCE_BYTES), data[POINT_BYTES:], header.encode())
        except (ValueError, InvalidTag):
            raise RefusedError("broken_seal") from None


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")
