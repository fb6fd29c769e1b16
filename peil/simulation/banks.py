"""Where the items of a simulation come from: a file, or a bank that was released."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlmodel import Session

from engine import Pool
from itembank import CompiledBank, NotInBankError, load_bank, read_bank, released_banks
from itembank.designs import Design
from peil.errors import CommandError
from peil.existing import open_existing
from peil.settings import load_settings


@dataclass(frozen=True, slots=True)
class BankSource:
    """Items, and what they are called.

    Attributes
    ----------
    name : of the file, or of the test
    digest : SHA-256 of the file, or of the released bank, hexadecimal
    pool : the items
    """

    name: str
    digest: str
    pool: Pool


def find_bank(given: str, design: Design, data: Path | None) -> BankSource:
    """Read items from a CSV file; where there is no such file, from the newest release of the test of that name.

    Parameters
    ----------
    given : path of a file, identifier of a test, or hash of a released bank
    design : what labels and quantities it asks for
    data : folder of the installation; None for the usual one

    Raises
    ------
    BankFileError
        If the file cannot be used.
    CommandError
        If there is neither a file nor a release, or the release lacks what the design asks for.
    """
    path = Path(given)
    if path.exists() or path.suffix:
        return BankSource(path.name, _digest_of(path), read_bank(path, design))
    bank = _released(given, data)
    missing = [name for name in (*design.labels, *design.quantities) if name not in _attributes(bank.pool)]
    if missing:
        raise CommandError(f"{given}: the released bank holds no {missing[0]!r}, which the design asks for")
    return BankSource(f"{bank.test}, release {bank.hash[:12]}", bank.hash, bank.pool)


def _digest_of(path: Path) -> str:
    """SHA-256 of a file; "" where it cannot be read, which reading it says better."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _released(given: str, data: Path | None) -> CompiledBank:
    """Newest bank of a test, or the one with a hash."""
    with open_existing(load_settings(data)) as installation, Session(installation.web) as db:
        newest = released_banks(db, given)[-1:]
        try:
            return load_bank(db, newest[0] if newest else given)
        except NotInBankError:
            raise CommandError(
                f"{given}: there is no such file, and no bank was released for a test of that name. Give a CSV file, "
                "the identifier of a test, or the hash of a release (with --data where it is not in the usual folder)"
            ) from None


def _attributes(pool: Pool) -> set[str]:
    """What a design may ask for."""
    return {*pool.labels, *pool.quantities}
