"""Table of the composition root; rows never leave this package."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class KeyFingerprintRow(SQLModel, table=True):
    """Which key a database was made with, without telling anything about the key."""

    __tablename__ = "peil_key_fingerprint"

    purpose: str = Field(primary_key=True)
    fingerprint: bytes
