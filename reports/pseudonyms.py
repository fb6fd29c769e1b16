"""Keyed pseudonyms: one secret key and one purpose, so that two purposes can never be joined."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from reports.errors import ReportError

SHORTEST_KEY = 32
"""Bytes; RFC 2104, section 3, strongly discourages keys shorter than the hash's output."""

PSEUDONYM_LENGTH = 32
"""Hexadecimal digits, 128 bits: among 10^9 pupils the chance that any two share one is below 10^-20."""

PSEUDONYM = re.compile(f"[0-9a-f]{{{PSEUDONYM_LENGTH}}}")
"""What a pseudonym looks like, and no identifier of a pupil does."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Maps identifiers to pseudonyms for one purpose (HMAC-SHA-256; RFC 2104).

    The same key, purpose and identifier always give the same pseudonym; without the key nobody can go back,
    nor from one purpose to another.

    Attributes
    ----------
    key : secret of at least 32 bytes, kept outside the database; one per purpose
    purpose : such as "scoring" or "research"; part of what is hashed

    Raises
    ------
    ReportError
        If the key is too short or there is no purpose.
    """

    key: bytes = field(repr=False)
    purpose: str

    def __post_init__(self) -> None:
        if len(self.key) < SHORTEST_KEY:
            raise ReportError(f"pseudonym key for {self.purpose!r} has {len(self.key)} bytes, at least {SHORTEST_KEY}")
        if not self.purpose or "\0" in self.purpose:
            raise ReportError(f"pseudonyms need a purpose, {self.purpose!r} is none")

    def __call__(self, identifier: str) -> str:
        """Pseudonym of an identifier.

        Raises
        ------
        ReportError
            If the identifier is empty: many pupils would share its pseudonym.
        """
        return self.within("", identifier)

    def within(self, kind: str, identifier: str) -> str:
        """Pseudonym of an identifier of some kind (pupil, school …): the same words of another kind differ.

        Raises
        ------
        ReportError
            If the identifier is empty.
        """
        if not identifier:
            raise ReportError(f"nothing to make a pseudonym of (purpose {self.purpose}, kind {kind or 'none'})")
        message = "\0".join((self.purpose, kind, identifier)).encode()
        return hmac.new(self.key, message, hashlib.sha256).hexdigest()[:PSEUDONYM_LENGTH]
