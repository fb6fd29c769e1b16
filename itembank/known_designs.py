"""Designs by the names of their tests: those that were released from a file, and those that packages brought."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from itembank.assessments import assessments
from itembank.designs import Design, design_from_text
from itembank.errors import NotInBankError, ReleaseError
from itembank.tables import StoredAssessment, StoredDesign


def save_design(db: Session, text: str) -> Design:
    """Keep the design of a test under its name; the same text as the last one is kept once.

    Parameters
    ----------
    db : database session; the caller commits
    text : TOML

    Returns
    -------
    The design that it describes.

    Raises
    ------
    DesignFileError
        As `itembank.designs.design_from_text`.
    """
    design = design_from_text(text)
    last = _last(db, design.identifier)
    if last is None or last.text != text:
        version = 1 if last is None else last.version + 1
        db.add(StoredDesign(identifier=design.identifier, version=version, text=text))
        db.flush()
    return design


def known_tests(db: Session) -> tuple[str, ...]:
    """Identifiers of all tests that have a design, in order."""
    kept = set(db.exec(select(StoredDesign.identifier)).all())
    return tuple(sorted(kept | {test.identifier for test in assessments(db) if test.design}))


def design_text_of(db: Session, test: str) -> str:
    """Design of a test, as TOML: the one that came last, from a file or made of a package's test.

    Raises
    ------
    NotInBankError
        If the bank knows no such test; it names those that it knows.
    ReleaseError
        If none of a package's items can be given.
    """
    kept, imported = _last(db, test), _last_import(db, test)
    if kept is not None and (imported is None or imported <= kept.added_at):
        return kept.text
    held = next((one for one in assessments(db) if one.identifier == test), None)
    if held is None:
        known = ", ".join(known_tests(db))
        has = f"it knows {known}" if known else "it knows none yet"
        raise NotInBankError(
            f"there is no test {test!r} in the bank; {has}. Name one of them, or a design file (.toml)"
        )
    if not held.design:
        raise ReleaseError(f"{held.name}: none of its items can be scored by a machine, so it has no design")
    return held.design


def _last(db: Session, test: str) -> StoredDesign | None:
    """Newest version of a design."""
    chosen = select(StoredDesign).where(StoredDesign.identifier == test)
    return db.exec(chosen.order_by(col(StoredDesign.version).desc())).first()


def _last_import(db: Session, test: str) -> datetime | None:
    """When a package last brought another version of a test; None where none did."""
    chosen = select(StoredAssessment.imported_at).where(StoredAssessment.identifier == test)
    return db.exec(chosen.order_by(col(StoredAssessment.version).desc())).first()
