"""Whose sitting it is: a reserve seat is linked to a pupil, two pupils who sat under each other's names are swapped.

The seat alone says whose a sitting is; the log says that it changed, why, and with which accommodations it goes on.
The seats change first, all in one transaction that also notes what the logs must say; then the logs say it, all in one
transaction; then the note goes. Whoever looks at the room after a crash in between finishes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import msgspec
from sqlmodel import Session, col, select

from delivery.access import SittingRef
from delivery.errors import RefusedError, UnknownRecordError
from delivery.isolation import in_school
from delivery.rooms.administrations import lock_administration
from delivery.rooms.remedies import Ground
from delivery.rooms.seated import seated_here, worked_elsewhere
from delivery.rooms.steps import sign_heads
from delivery.sittings.decisions import Decision, bar, decide
from delivery.sittings.events import EventKind, Reassigned
from delivery.sittings.phases import Phase
from delivery.sittings.service import Sittings
from delivery.sittings.state import SittingState
from delivery.tables import AccommodationRow, PupilRow, ReassignmentRow, SeatRow

UNCHANGEABLE = (Phase.ABSENT, Phase.ERASED, Phase.READ_ONLY)


@dataclass(frozen=True, slots=True)
class _Change:
    """What the log of one sitting must still say."""

    ref: SittingRef
    payload: Reassigned


async def reassign_sitting(sittings: Sittings, ref: SittingRef, pupil_id: UUID, ground: Ground) -> None:
    """Let a sitting be this pupil's; a seat that the pupil has in the same room gets the other name, or none.

    The answers, the time that was used and the item on the screen stay with the child at the laptop; the name and the
    accommodations follow the pupil. Whatever state the sittings are in; doing it twice changes nothing.

    Parameters
    ----------
    sittings, ref
        The sitting, and the service that holds it.
    pupil_id
        Whose it is.
    ground
        Why, and who says so.

    Raises
    ------
    UnknownRecordError
        If the school has no such sitting or pupil.
    RefusedError
        ``seated_elsewhere`` if the pupil took the test in another room; ``no_seat_for_both`` if the seat has a pupil
        and the other one has no seat in this room;
        ``not_open``, ``erased``, ``read_only``.
    """
    administration_id = await sittings.in_database(lambda db: _seat(db, ref).administration_id)
    await settle_reassignments(sittings, ref.school_id, administration_id)
    concerned = await sittings.in_database(lambda db: _concerned(db, ref, pupil_id))
    for other in concerned:
        if code := bar(await sittings.ledger.load(other), *UNCHANGEABLE):
            raise RefusedError(code)
    await sittings.in_database(lambda db: _change_seats(db, ref, pupil_id, ground))
    await settle_reassignments(sittings, ref.school_id, administration_id)


async def settle_reassignments(sittings: Sittings, school_id: UUID, administration_id: UUID) -> None:
    """Let the logs of a room say what its seats already do."""
    pending = await sittings.in_database(lambda db: _pending(db, school_id, administration_id))
    for changes in pending.values():
        recorders = {change.ref: _recorder(change, sittings.clock) for change in changes}
        states = await sittings.ledger.perform_all(recorders)
        await sign_heads(sittings, states.values())
        await sittings.in_database(partial(_forget, changes=changes))
    if pending:
        sittings.news.tell([administration_id])  # names are the room's, not of its logs


def _recorder(change: _Change, clock: Callable[[], int]) -> Callable[[SittingState], Decision]:
    """Write it down, once."""

    def record(state: SittingState) -> Decision:
        if change.payload.link in state.links or bar(state, *UNCHANGEABLE):
            return Decision()
        return decide(state, EventKind.REASSIGNED, msgspec.structs.replace(change.payload, at=clock()))

    return record


def _seat(db: Session, ref: SittingRef) -> SeatRow:
    """Seat of a sitting."""
    in_school(db, ref.school_id)
    row = db.get(SeatRow, (ref.school_id, ref.sitting_id))
    if row is None:
        raise UnknownRecordError(f"school {ref.school_id} has no seat of sitting {ref.sitting_id}")
    return row


def _seat_of(db: Session, seat: SeatRow, pupil_id: UUID) -> SeatRow | None:
    """Where a pupil sits in the same room, if anywhere there.

    Raises
    ------
    UnknownRecordError
        If the school has no such pupil.
    RefusedError
        As `reassign_sitting`.
    """
    if db.get(PupilRow, (seat.school_id, pupil_id)) is None:
        raise UnknownRecordError(f"school {seat.school_id} has no pupil {pupil_id}")
    here = seated_here(db, seat.school_id, seat.administration_id).get(pupil_id)
    if here is None and pupil_id in worked_elsewhere(db, seat.school_id, seat.administration_id):
        raise RefusedError("seated_elsewhere")
    if here is None and seat.pupil_id is not None:
        raise RefusedError("no_seat_for_both")
    return here


def _concerned(db: Session, ref: SittingRef, pupil_id: UUID) -> tuple[SittingRef, ...]:
    """Sittings that would change; none where the pupil sits there already."""
    seat = _seat(db, ref)
    other = _seat_of(db, seat, pupil_id) if seat.pupil_id != pupil_id else seat
    if other is seat:
        return ()
    return (ref,) if other is None else (ref, SittingRef(ref.school_id, other.sitting_id))


def _change_seats(db: Session, ref: SittingRef, pupil_id: UUID, ground: Ground) -> None:
    """Give the seats their pupils, and note what the logs must say; on seats that nobody else changes meanwhile."""
    seat = _seat(db, ref)
    lock_administration(db, ref.school_id, seat.administration_id)
    db.refresh(seat)
    if seat.pupil_id == pupil_id:
        return
    other, former = _seat_of(db, seat, pupil_id), seat.pupil_id
    seat.pupil_id = None
    if other is not None:
        other.pupil_id = None
    db.flush()  # a pupil has one seat in a room, also in between
    seat.pupil_id = pupil_id
    if other is not None:
        other.pupil_id = former
    link = uuid4()
    for row in (seat, other):
        if row is not None:
            note = ReassignmentRow(
                school_id=row.school_id, link=link, sitting_id=row.sitting_id, reason=ground.reason, staff_id=ground.by
            )
            db.add_all((row, note))
    db.flush()


def _pending(db: Session, school_id: UUID, administration_id: UUID) -> dict[str, list[_Change]]:
    """What the logs of a room do not say yet, by what staff did."""
    in_school(db, school_id)
    rows = db.exec(
        select(ReassignmentRow, SeatRow.pupil_id)
        .join(
            SeatRow,
            (col(SeatRow.school_id) == ReassignmentRow.school_id)
            & (col(SeatRow.sitting_id) == ReassignmentRow.sitting_id),
        )
        .where(ReassignmentRow.school_id == school_id, SeatRow.administration_id == administration_id)
    ).all()
    own: defaultdict[UUID | None, dict[str, str]] = defaultdict(dict)
    pupils = [pupil_id for _, pupil_id in rows if pupil_id is not None]
    for granted in db.exec(
        select(AccommodationRow).where(
            AccommodationRow.school_id == school_id, col(AccommodationRow.pupil_id).in_(pupils)
        )
    ):
        own[granted.pupil_id][granted.kind] = granted.value
    pending: defaultdict[str, list[_Change]] = defaultdict(list)
    for row, pupil in rows:
        payload = Reassigned(
            at=0, link=str(row.link), reason=row.reason, by=row.staff_id, accommodations=dict(own[pupil])
        )
        pending[payload.link].append(_Change(SittingRef(school_id, row.sitting_id), payload))
    return pending


def _forget(db: Session, changes: list[_Change]) -> None:
    """Take the notes away: the logs say it."""
    for change in changes:
        in_school(db, change.ref.school_id)
        row = db.get(ReassignmentRow, (change.ref.school_id, UUID(change.payload.link), change.ref.sitting_id))
        if row is not None:
            db.delete(row)
    db.flush()
