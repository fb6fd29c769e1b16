"""Whether a database and a file with keys belong together."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import fields
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session, select

from peil.errors import SecretsError
from peil.secrets import Keys
from peil.tables import KeyFingerprintRow

CONSTANT = b"peil: fingerprint of a key"
FINGERPRINT_BYTES = 8  # enough to tell two keys apart; a key of 256 bits is not found from it
REMEMBER = text(
    "INSERT INTO peil_key_fingerprint (purpose, fingerprint) VALUES (:purpose, :fingerprint) ON CONFLICT DO NOTHING"
)


def fingerprint(key: bytes) -> bytes:
    """First bytes of an HMAC-SHA-256 of a constant under the key."""
    return hmac.digest(key, CONSTANT, hashlib.sha256)[:FINGERPRINT_BYTES]


def check_keys(database: Engine, keys: Keys, file: Path) -> None:
    """Remember at the first start which keys a database was made with; accept no others afterwards.

    Parameters
    ----------
    database
        Migrated, connected as the owner of the tables.
    keys, file
        The keys and where they come from.

    Raises
    ------
    SecretsError
        If a key is another one than before; names the purposes.
    """
    own = {field.name: fingerprint(getattr(keys, field.name)) for field in fields(Keys)}
    known = _known(database)
    _compare(own, known, file)
    missing = [{"purpose": purpose, "fingerprint": own[purpose]} for purpose in own.keys() - known.keys()]
    if missing:
        with Session(database) as db, db.begin():
            db.execute(REMEMBER, missing)
        _compare(own, _known(database), file)  # of two first starts at once, one wins


def _known(database: Engine) -> dict[str, bytes]:
    """Fingerprints in the database, by purpose."""
    with Session(database) as db:
        return {row.purpose: row.fingerprint for row in db.exec(select(KeyFingerprintRow))}


def _compare(own: dict[str, bytes], known: dict[str, bytes], file: Path) -> None:
    """Refuse keys that differ."""
    other = [purpose for purpose, mark in own.items() if known.get(purpose, mark) != mark]
    if other:
        raise SecretsError(
            f"{file}: not the keys that this database was made with (other: {', '.join(other)}). Every pseudonym would "
            "change and what pupils typed could not be read; nothing was done. Put the right file back from a backup."
        )
