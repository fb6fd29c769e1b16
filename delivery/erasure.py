"""Erasing a pupil: the person goes, the log stays whole."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.config import DeliveryConfig
from delivery.errors import JournalError, UnknownRecordError
from delivery.isolation import in_school
from delivery.journal import Journal
from delivery.people import list_schools
from delivery.sittings import now_ms
from delivery.sittings.decisions import Moment, decide_erasure
from delivery.sittings.ledger import Ledger
from delivery.sittings.signing import HeadSigner
from delivery.tables import (
    AccommodationRow,
    ContactRow,
    DraftRow,
    EnrolmentRow,
    PupilRow,
    ReassignmentRow,
    SeatRow,
    SittingKeyRow,
    WaitingRow,
)

OF_A_SITTING: tuple[Any, ...] = (DraftRow, ContactRow, WaitingRow, ReassignmentRow, SittingKeyRow, SeatRow)
OF_A_PUPIL: tuple[Any, ...] = (AccommodationRow, EnrolmentRow, PupilRow)

CHECKPOINT_TRIES, CHECKPOINT_WAIT_S = 20, 0.25  # a page of the console reads for milliseconds


@dataclass(frozen=True, slots=True)
class _Traces:
    """Everything that belongs to one pupil in one school."""

    school_id: UUID
    pupil_id: UUID
    refs: tuple[SittingRef, ...]


async def erase_pupil(config: DeliveryConfig, database: Engine, journal: Journal, discimus_id: str, reason: str) -> int:
    """Erase a pupil in every school; safe to repeat after a crash.

    First ``erased`` is added to each sitting's log, so that from then on every request gets 410; then the key of the
    typed text, the drafts, the identity link and the person are deleted. All digests stay valid; the new heads are
    signed outside the database before that.

    Parameters
    ----------
    config
        Says where heads are signed, and with which key.
    database
        The management database; on PostgreSQL as the role *peil_archive*.
    journal
        The log.
    discimus_id
        Whom.
    reason
        Goes into the log; it must not name the pupil.

    Returns
    -------
    int
        How many sittings were erased.

    Raises
    ------
    UnknownRecordError
        If no school has this pupil.
    """
    traces = await asyncio.to_thread(_find, database, discimus_id)
    if not traces:
        raise UnknownRecordError("No school has a pupil with this Discimus ID. Check the number; nothing was erased.")
    ledger, signer = Ledger(journal), HeadSigner(config.checkpoints, config.secrets.checkpoint_key)
    for trace in traces:
        erased = [
            await ledger.perform(ref, lambda state: decide_erasure(state, reason, Moment(now_ms())))
            for ref in trace.refs
        ]
        if signing := signer.note(state for state, _ in erased):
            await signing  # before the pupil is gone: who repeats this after a crash still finds what to sign
        await asyncio.to_thread(_delete, database, trace)
    return sum(len(trace.refs) for trace in traces)


def _find(database: Engine, discimus_id: str) -> list[_Traces]:
    """Where the pupil is known."""
    traces = []
    with Session(database) as db, db.begin():
        for school in list_schools(db):
            in_school(db, school.school_id)
            pupil_id = db.exec(
                select(PupilRow.pupil_id).where(
                    PupilRow.school_id == school.school_id, PupilRow.discimus_id == discimus_id
                )
            ).first()
            if pupil_id is not None:
                seats = db.exec(
                    select(SeatRow.sitting_id).where(
                        SeatRow.school_id == school.school_id, SeatRow.pupil_id == pupil_id
                    )
                )
                refs = tuple(SittingRef(school.school_id, sitting_id) for sitting_id in seats)
                traces.append(_Traces(school.school_id, pupil_id, refs))
    return traces


def _delete(database: Engine, trace: _Traces) -> None:
    """Delete the person, in one transaction; on SQLite also what the file would still hold of deleted rows."""
    sittings = [ref.sitting_id for ref in trace.refs]
    is_sqlite = database.dialect.name == "sqlite"
    with Session(database) as db, db.begin():
        if is_sqlite:
            db.connection().exec_driver_sql("PRAGMA secure_delete=ON")
        in_school(db, trace.school_id)
        for table in OF_A_SITTING:
            of_sittings = col(table.sitting_id).in_(sittings)
            db.execute(delete(table).where(col(table.school_id) == trace.school_id, of_sittings))
        for table in OF_A_PUPIL:
            of_pupil = col(table.pupil_id) == trace.pupil_id
            db.execute(delete(table).where(col(table.school_id) == trace.school_id, of_pupil))
    if is_sqlite:
        _empty_write_ahead_log(database)


def _empty_write_ahead_log(database: Engine) -> None:
    """Move all changes into the file, and leave nothing of older pages beside it.

    Raises
    ------
    JournalError
        If somebody else reads the file all the time; repeating the erasure tries again.
    """
    for _ in range(CHECKPOINT_TRIES):
        with database.connect() as db:
            (busy, _, _) = db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        if not busy:
            return
        time.sleep(CHECKPOINT_WAIT_S)
    raise JournalError("The pupil is erased, but the write-ahead log could not be emptied. Stop who uses the file.")
