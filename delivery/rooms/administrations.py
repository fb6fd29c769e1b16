"""Making a toetsmoment: its room code, a seat for every pupil of the class, a sitting for every seat."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from delivery.access import SittingRef, seal, unseal
from delivery.config import Secrets
from delivery.errors import RefusedError, UnknownRecordError
from delivery.isolation import in_school
from delivery.names import seat_name
from delivery.rooms.codes import make_code, room_code_hash, seat_code_hash
from delivery.rooms.values import Administration, RoomStatus, SeatCode
from delivery.sittings.information import key_context
from delivery.tables import (
    AdministrationRow,
    ClassRow,
    EnrolmentRow,
    PupilRow,
    RoomCodeRow,
    SeatRow,
    SittingKeyRow,
    SittingRow,
)

N_RESERVES = 3
"""More children are seldom missing from one list; each costs one slip of paper."""


def create_administration(
    db: Session,
    secrets: Secrets,
    *,
    school_id: UUID,
    class_id: UUID,
    test: str,
    bank_hash: str,
    title: str,
    simulated: bool = False,
    n_reserves: int = N_RESERVES,
) -> Administration:
    """Prepare a room for a class: every pupil gets a seat with a code, and there are some more. The caller commits.

    Parameters
    ----------
    db, secrets
        Database session and the installation's keys.
    school_id, class_id
        The class that takes the test.
    test, bank_hash
        Identifier of the test and hash of its compiled bank.
    title
        What staff read.
    simulated
        The pupils are virtual: their results are never mixed with real ones.
    n_reserves
        Seats for children who turn out to be missing from the list.

    Raises
    ------
    UnknownRecordError
        If the school has no such class.
    """
    in_school(db, school_id)
    if db.get(ClassRow, (school_id, class_id)) is None:
        raise UnknownRecordError(f"school {school_id} has no class {class_id}; import its roster first")
    administration_id = uuid4()
    room_code = make_code()
    db.add(
        AdministrationRow(
            school_id=school_id,
            administration_id=administration_id,
            class_id=class_id,
            test=test,
            title=title,
            bank_hash=bank_hash,
            simulated=simulated,
            status=RoomStatus.PLANNED,
            room_code_sealed=seal(secrets.code_key, room_code.encode(), _room_context(administration_id)),
        )
    )
    code_hash = room_code_hash(secrets.code_key, room_code)
    db.add(RoomCodeRow(code_hash=code_hash, school_id=school_id, administration_id=administration_id))
    db.flush()
    pupils = db.exec(
        select(EnrolmentRow.pupil_id).where(EnrolmentRow.school_id == school_id, EnrolmentRow.class_id == class_id)
    ).all()
    seated = [*((pupil_id, 0) for pupil_id in pupils), *((None, number + 1) for number in range(n_reserves))]
    _seat(db, secrets, school_id, administration_id, seated)
    return load_administration(db, school_id, administration_id)


def _seat(
    db: Session, secrets: Secrets, school_id: UUID, administration_id: UUID, seated: Iterable[tuple[UUID | None, int]]
) -> None:
    """A sitting, its key and a seat with a code of its own for each pupil, and for each number of a reserve."""
    codes: set[str] = set()
    refs = [(pupil_id, reserve, SittingRef(school_id, uuid4())) for pupil_id, reserve in seated]
    for _, _, ref in refs:
        db.add(SittingRow(school_id=school_id, sitting_id=ref.sitting_id, administration_id=administration_id))
    db.flush()
    for pupil_id, reserve, ref in refs:
        while (code := make_code()) in codes:
            continue
        codes.add(code)
        key = seal(secrets.text_key, random.token_bytes(32), key_context(ref))
        db.add(SittingKeyRow(school_id=school_id, sitting_id=ref.sitting_id, sealed_key=key))
        db.add(
            SeatRow(
                school_id=school_id,
                sitting_id=ref.sitting_id,
                administration_id=administration_id,
                pupil_id=pupil_id,
                reserve=reserve,
                code_hash=seat_code_hash(secrets.code_key, str(administration_id), code),
                code_sealed=seal(secrets.code_key, code.encode(), _seat_context(ref.sitting_id)),
            )
        )
    db.flush()


def load_administration(db: Session, school_id: UUID, administration_id: UUID) -> Administration:
    """One toetsmoment of a school.

    Raises
    ------
    UnknownRecordError
        If the school has none with this identifier.
    """
    for administration in _administrations(db, school_id, administration_id):
        return administration
    raise UnknownRecordError(f"school {school_id} has no administration {administration_id}")


def list_administrations(db: Session, school_id: UUID) -> tuple[Administration, ...]:
    """All toetsmomenten of a school, oldest first."""
    return tuple(_administrations(db, school_id))


def _administrations(db: Session, school_id: UUID, only: UUID | None = None) -> Iterable[Administration]:
    """Values of a school's rows, or of one of them."""
    in_school(db, school_id)
    n_seats = (
        select(func.count())
        .where(
            SeatRow.school_id == AdministrationRow.school_id,
            SeatRow.administration_id == AdministrationRow.administration_id,
            col(SeatRow.pupil_id).is_not(None),
        )
        .correlate(AdministrationRow)
        .scalar_subquery()
    )
    query = (
        select(AdministrationRow, ClassRow.title, n_seats)
        .join(
            ClassRow,
            (col(ClassRow.school_id) == AdministrationRow.school_id)
            & (col(ClassRow.class_id) == AdministrationRow.class_id),
        )
        .where(AdministrationRow.school_id == school_id)
        .order_by(col(AdministrationRow.created_at), col(ClassRow.title), col(AdministrationRow.test))
    )
    if only is not None:
        query = query.where(AdministrationRow.administration_id == only)
    for row, class_title, n_pupils in db.exec(query):
        yield Administration(
            school_id=row.school_id,
            administration_id=row.administration_id,
            class_id=row.class_id,
            class_title=class_title,
            test=row.test,
            title=row.title,
            bank_hash=row.bank_hash,
            simulated=row.simulated,
            status=RoomStatus(row.status),
            n_pupils=n_pupils,
            guarded=row.guarded,
        )


def room_code(db: Session, school_id: UUID, administration_id: UUID, secrets: Secrets) -> str:
    """The code that the proctor writes on the board.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    in_school(db, school_id)
    row = db.get(AdministrationRow, (school_id, administration_id))
    if row is None:
        raise UnknownRecordError(f"school {school_id} has no administration {administration_id}")
    return unseal(secrets.code_key, row.room_code_sealed, _room_context(administration_id)).decode()


def seat_list(db: Session, school_id: UUID, administration_id: UUID, secrets: Secrets) -> tuple[SeatCode, ...]:
    """Slips to print: every pupil with the seat code, by last name."""
    in_school(db, school_id)
    rows = db.exec(
        select(PupilRow.first_name, PupilRow.last_name, SeatRow.sitting_id, SeatRow.code_sealed)
        .join(PupilRow, (col(PupilRow.school_id) == SeatRow.school_id) & (col(PupilRow.pupil_id) == SeatRow.pupil_id))
        .where(SeatRow.school_id == school_id, SeatRow.administration_id == administration_id)
        .order_by(col(PupilRow.last_name), col(PupilRow.first_name))
    )
    return tuple(
        SeatCode(seat_name(first, last, 0), _seat_code(secrets, sitting_id, sealed))
        for first, last, sitting_id, sealed in rows
    )


def seat_code(db: Session, ref: SittingRef, secrets: Secrets) -> str:
    """The code of one pupil's seat, to type on any laptop.

    Raises
    ------
    RefusedError
        ``erased`` if the seat is gone.
    """
    in_school(db, ref.school_id)
    row = db.get(SeatRow, (ref.school_id, ref.sitting_id))
    if row is None:
        raise RefusedError("erased")
    return _seat_code(secrets, ref.sitting_id, row.code_sealed)


def reserve_list(db: Session, school_id: UUID, administration_id: UUID, secrets: Secrets) -> tuple[SeatCode, ...]:
    """Slips for children who are missing from the list: reserve seats that no pupil is linked to, by number."""
    in_school(db, school_id)
    rows = db.exec(
        select(SeatRow)
        .where(
            SeatRow.school_id == school_id,
            SeatRow.administration_id == administration_id,
            col(SeatRow.pupil_id).is_(None),
            SeatRow.reserve > 0,
        )
        .order_by(col(SeatRow.reserve))
    )
    return tuple(
        SeatCode(seat_name(None, None, row.reserve), _seat_code(secrets, row.sitting_id, row.code_sealed))
        for row in rows
    )


def lock_administration(db: Session, school_id: UUID, administration_id: UUID) -> None:
    """Let nobody else who locks this room go on until the transaction ends; an update locks on both databases."""
    in_school(db, school_id)
    room = (col(AdministrationRow.school_id) == school_id) & (
        col(AdministrationRow.administration_id) == administration_id
    )
    db.execute(update(AdministrationRow).where(room).values(guarded=AdministrationRow.guarded))


def set_status(
    db: Session, school_id: UUID, administration_id: UUID, status: RoomStatus, *, seen: RoomStatus
) -> RoomStatus:
    """Change where the room stands, if it still stands where it was ``seen``; closing needs no such condition.

    Returns
    -------
    RoomStatus
        Where it stands now: another one than ``status`` if somebody else was first.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    in_school(db, school_id)
    change = update(AdministrationRow).where(
        col(AdministrationRow.school_id) == school_id, col(AdministrationRow.administration_id) == administration_id
    )
    if status is not RoomStatus.CLOSED:
        change = change.where(col(AdministrationRow.status) == seen)
    db.execute(change.values(status=status))
    return load_administration(db, school_id, administration_id).status


def _room_context(administration_id: UUID) -> str:
    return f"room-code/{administration_id}"


def _seat_context(sitting_id: UUID) -> str:
    return f"seat-code/{sitting_id}"


def _seat_code(secrets: Secrets, sitting_id: UUID, sealed: bytes) -> str:
    return unseal(secrets.code_key, sealed, _seat_context(sitting_id)).decode()
