"""Calibration versions and compiled banks, kept for ever."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sqlmodel import Session, col, select

from itembank.calibrations import MODELS, CalibratedItem, CalibrationVersion
from itembank.compiling import compile_bank
from itembank.designs import Design
from itembank.errors import NotInBankError, ReleaseError
from itembank.labels import is_in_field_test
from itembank.lifecycle import State
from itembank.snapshot import bank_bytes, bank_from_bytes
from itembank.store import items, load_item, load_stimulus, split_name
from itembank.tables import StoredCalibratedItem, StoredCalibration, StoredItemVersion, StoredRelease
from itembank.values import CompiledBank


def add_calibration(db: Session, calibration: CalibrationVersion) -> None:
    """Keep a calibration; it is never changed afterwards.

    Parameters
    ----------
    db : database session; the caller commits
    calibration : an identifier that is there already is accepted only with the same content

    Raises
    ------
    ReleaseError
        If the identifier stands for another calibration, the model is unknown, or an item is twice in it.
    NotInBankError
        If an item version is not in the bank.
    """
    if calibration.model not in MODELS:
        raise ReleaseError(
            f"calibration {calibration.identifier}: the model {calibration.model!r} is not one of {MODELS}"
        )
    if len({entry.item for entry in calibration.items}) < len(calibration.items):
        raise ReleaseError(f"calibration {calibration.identifier}: an item is in it twice")
    if db.get(StoredCalibration, calibration.identifier) is not None:
        kept = load_calibration(db, calibration.identifier)
        if (kept.model, set(kept.items)) != (calibration.model, set(calibration.items)):
            raise ReleaseError(
                f"calibration {calibration.identifier} exists with other content: give this one another name"
            )
        return
    missing = [entry.item for entry in calibration.items if db.get(StoredItemVersion, split_name(entry.item)) is None]
    if missing:
        raise NotInBankError(f"calibration {calibration.identifier} names {missing[0]}, which is not in the bank")
    db.add(
        StoredCalibration(
            identifier=calibration.identifier, model=calibration.model, provenance=dict(calibration.provenance)
        )
    )
    db.flush()
    db.add_all(_row(calibration.identifier, entry) for entry in calibration.items)
    db.flush()


def _row(calibration: str, entry: CalibratedItem) -> StoredCalibratedItem:
    """Return the row of one item."""
    identifier, version = split_name(entry.item)
    values = {held.name: getattr(entry, held.name) for held in dataclasses.fields(entry) if held.name != "item"}
    values["steps"] = list(entry.steps)
    return StoredCalibratedItem(calibration=calibration, identifier=identifier, version=version, **values)


def calibrated_item(row: StoredCalibratedItem) -> CalibratedItem:
    """Return the value of one row."""
    values = {held.name: getattr(row, held.name) for held in dataclasses.fields(CalibratedItem) if held.name != "item"}
    values["steps"] = tuple(row.steps)
    return CalibratedItem(item=f"{row.identifier}@{row.version}", **values)


def load_calibration(db: Session, identifier: str) -> CalibrationVersion:
    """Return a calibration, its items by name.

    Raises
    ------
    NotInBankError
        If there is none.
    """
    stored = db.get(StoredCalibration, identifier)
    if stored is None:
        raise NotInBankError(f"there is no calibration {identifier!r}")
    chosen = select(StoredCalibratedItem).where(StoredCalibratedItem.calibration == identifier)
    rows = db.exec(chosen.order_by(StoredCalibratedItem.identifier, col(StoredCalibratedItem.version))).all()
    return CalibrationVersion(
        identifier, stored.model, dict(stored.provenance), tuple(calibrated_item(row) for row in rows)
    )


def calibrations(db: Session) -> list[str]:
    """Identifiers of all calibrations, oldest first."""
    return list(db.exec(select(StoredCalibration.identifier).order_by(col(StoredCalibration.added_at))).all())


def release_bank(db: Session, design: Design, calibration_identifier: str) -> CompiledBank:
    """Compile a bank and keep it; the same content gives the same hash and is kept once.

    Parameters
    ----------
    db : database session; the caller commits
    design : the test; it takes every item of its labels and goals whose newest operational version is in the
        calibration and can be scored by a machine, and items in field test that are labelled so
    calibration_identifier : where the parameters come from

    Raises
    ------
    ReleaseError
        If no such item is there, or the blueprint cannot be met.
    NotInBankError
        If there is no such calibration.
    """
    calibration = load_calibration(db, calibration_identifier)
    calibrated = {entry.item for entry in calibration.items}
    operational = {summary.identifier: summary for summary in items(db, State.OPERATIONAL)}
    tried_out = {held.identifier: held for held in items(db, State.FIELD_TEST) if is_in_field_test(held.labels)}
    chosen = [
        summary
        for _, summary in sorted((tried_out | operational).items())
        if (summary.name in calibrated or is_in_field_test(summary.labels))
        and not summary.obstacle
        and design.filter.takes(summary.labels, summary.goals)
        and (not design.form or summary.identifier in design.form)
    ]
    _check_form(design, calibration_identifier, [summary.identifier for summary in chosen])
    if not chosen:
        raise ReleaseError(
            f"test {design.identifier!r}: calibration {calibration_identifier!r} has no operational item for it"
        )
    stimuli = [load_stimulus(db, name) for name in sorted({summary.stimulus for summary in chosen} - {""})]
    bank = compile_bank(design, [load_item(db, summary.name) for summary in chosen], calibration, stimuli)
    if db.get(StoredRelease, bank.hash) is None:
        db.add(
            StoredRelease(
                hash=bank.hash,
                test=bank.test,
                title=bank.title,
                calibration=calibration_identifier,
                content=bank_bytes(bank),
            )
        )
        db.flush()
    return bank


def _check_form(design: Design, calibration: str, chosen: Sequence[str]) -> None:
    """Make sure that every item of a linear test can be given."""
    missing = sorted(set(design.form) - set(chosen))
    if missing:
        told = f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"
        raise ReleaseError(
            f"test {design.identifier!r}: its form names {told}: each item must be operational, in calibration "
            f"{calibration!r}, and scored by a machine"
        )


def load_bank(db: Session, bank_hash: str) -> CompiledBank:
    """Return a compiled bank.

    Parameters
    ----------
    db : database session
    bank_hash : SHA-256 of its bytes, hexadecimal

    Raises
    ------
    NotInBankError
        If there is none.
    ReleaseError
        If the stored bytes were changed or are of another form.
    """
    stored = db.get(StoredRelease, bank_hash)
    if stored is None:
        raise NotInBankError(f"there is no compiled bank {bank_hash[:12]}…")
    bank = bank_from_bytes(bytes(stored.content))
    if bank.hash != bank_hash:
        raise ReleaseError(f"the stored bank {bank_hash[:12]}… was changed: its bytes have another hash")
    return bank


def released_banks(db: Session, test: str) -> list[str]:
    """Hashes of the banks of a test, oldest first."""
    chosen = select(StoredRelease.hash).where(StoredRelease.test == test)
    return list(db.exec(chosen.order_by(col(StoredRelease.released_at))).all())
