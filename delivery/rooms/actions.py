"""What a proctor does to a whole room: one event for each sitting, all in one transaction, and safe to repeat."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, select

from delivery.access import SittingRef
from delivery.errors import RefusedError
from delivery.rooms.administrations import load_administration, set_status
from delivery.rooms.steps import sign_heads, stepper
from delivery.rooms.values import Administration, RoomStatus
from delivery.sittings.bank_facts import BankFacts
from delivery.sittings.decisions import Decision, Moment, decide, decide_step
from delivery.sittings.events import EventKind, Started
from delivery.sittings.phases import Phase
from delivery.sittings.service import Sittings
from delivery.sittings.state import SittingState
from delivery.tables import AccommodationRow, SeatRow

DRAW_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class _Room:
    """A room with the pupils that sit in it."""

    administration: Administration
    refs: tuple[SittingRef, ...]
    accommodations: dict[SittingRef, dict[str, str]]


async def open_room(sittings: Sittings, school_id: UUID, administration_id: UUID) -> None:
    """Open a room: pupils may come in from now on. A paused room goes on; a closed one stays closed.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    RefusedError
        ``room_closed``, ``room_changed``.
    """
    room = await _load(sittings, school_id, administration_id)
    if room.administration.status is RoomStatus.CLOSED:
        raise RefusedError("room_closed")
    pinned = await sittings.bank_facts(room.administration.bank_hash)
    started = {ref: _started(room, ref, pinned, sittings.clock()) for ref in room.refs}
    await sittings.ledger.perform_all({ref: _starter(started[ref]) for ref in room.refs}, around_damage=True)
    await _step_all(sittings, room, EventKind.OPENED, "room")
    await _step_all(sittings, room, EventKind.RESUMED, "room")
    await _mark(sittings, room, RoomStatus.OPEN)


async def pause_room(sittings: Sittings, school_id: UUID, administration_id: UUID, cause: str = "room") -> None:
    """Stop the clock for everyone, such as for a fire alarm; no new items are given.

    Raises
    ------
    RefusedError
        ``room_closed``, ``room_changed`` if somebody else did something else with the room meanwhile.
    """
    room = await _load(sittings, school_id, administration_id)
    if room.administration.status is RoomStatus.OPEN:
        await _step_all(sittings, room, EventKind.PAUSED, cause)
        await _mark(sittings, room, RoomStatus.PAUSED)


async def resume_room(sittings: Sittings, school_id: UUID, administration_id: UUID) -> None:
    """Go on after a pause.

    Raises
    ------
    RefusedError
        ``room_closed``, ``room_changed`` if somebody else did something else with the room meanwhile.
    """
    room = await _load(sittings, school_id, administration_id)
    if room.administration.status is RoomStatus.PAUSED:
        await _step_all(sittings, room, EventKind.RESUMED, "room")
        await _mark(sittings, room, RoomStatus.OPEN)


async def close_room(sittings: Sittings, school_id: UUID, administration_id: UUID) -> None:
    """Close a room: nobody comes in, no new items; answers that are under way still count and are marked late."""
    room = await _load(sittings, school_id, administration_id)
    await _step_all(sittings, room, EventKind.CLOSING, "room")  # first: a closed room never has a sitting that is open
    await _mark(sittings, room, RoomStatus.CLOSED)


async def freeze_room(sittings: Sittings, school_id: UUID, administration_id: UUID) -> None:
    """Seal what is still waiting for a laptop: from now on whatever comes is evidence, and an alarm.

    Raises
    ------
    RefusedError
        ``not_closing`` if the room is not closed.
    """
    room = await _load(sittings, school_id, administration_id)
    if room.administration.status is not RoomStatus.CLOSED:
        raise RefusedError("not_closing")
    await _step_all(sittings, room, EventKind.CLOSING, "frozen")  # such as a sitting that was reopened
    states = await sittings.ledger.perform_all({ref: _sealer(sittings) for ref in room.refs}, around_damage=True)
    await sign_heads(sittings, states.values())


async def _step_all(sittings: Sittings, room: _Room, kind: EventKind, cause: str) -> None:
    """The same step for everyone it applies to; nothing can be done for whom the log cannot be read."""
    steps = {ref: stepper(sittings, ref, kind, cause) for ref in room.refs}
    states = await sittings.ledger.perform_all(steps, around_damage=True)
    if kind is EventKind.CLOSING:
        await sign_heads(sittings, states.values())


def _sealer(sittings: Sittings) -> Callable[[SittingState], Decision]:
    """Seal a sitting that someone worked in; one that nobody entered is listed, not sealed."""

    def seal(state: SittingState) -> Decision:
        if not state.epoch:
            return Decision()
        return decide_step(state, EventKind.SEALED, "frozen", Moment(sittings.clock()))

    return seal


def _starter(started: Started) -> Callable[[SittingState], Decision]:
    """First event of a sitting that has none."""
    return lambda state: decide(state, EventKind.STARTED, started) if state.phase is Phase.ABSENT else Decision()


def _started(room: _Room, ref: SittingRef, pinned: BankFacts, now: int) -> Started:
    """Everything that a sitting depends on, pinned; the key of its random draws is its own."""
    accommodations, draw_key = room.accommodations[ref], secrets.token_hex(DRAW_KEY_BYTES)
    return Started(
        at=now,
        administration=str(room.administration.administration_id),
        test=room.administration.test,
        bank=room.administration.bank_hash,
        calibration=pinned.calibration,
        length=pinned.length,
        draw_key=draw_key,
        time_limit_ms=pinned.time_limit_ms,
        accommodations=accommodations,
        simulated=room.administration.simulated,
        plan=pinned.plan_for(accommodations),
        pretest=pinned.pretest_for(draw_key, accommodations),
    )


async def _load(sittings: Sittings, school_id: UUID, administration_id: UUID) -> _Room:
    """The room, its sittings and its pupils' accommodations; and the contacts that any worker had with them."""

    def load(db: Session) -> _Room:
        administration = load_administration(db, school_id, administration_id)
        seats = db.exec(
            select(SeatRow.sitting_id, SeatRow.pupil_id).where(
                SeatRow.school_id == school_id, SeatRow.administration_id == administration_id
            )
        ).all()
        own: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
        for row in db.exec(select(AccommodationRow).where(AccommodationRow.school_id == school_id)):
            own[row.pupil_id][row.kind] = row.value
        refs = {SittingRef(school_id, sitting_id): pupil_id for sitting_id, pupil_id in seats}
        granted = {ref: dict(own[pupil_id]) if pupil_id else {} for ref, pupil_id in refs.items()}
        return _Room(administration, tuple(refs), granted)

    room = await sittings.in_database(load)
    await sittings.learn_contacts(room.refs)
    return room


async def _mark(sittings: Sittings, room: _Room, status: RoomStatus) -> None:
    """Where the room stands; not in the log, because it is nobody's sitting. Nobody else's change is overwritten."""
    seen = room.administration
    now = await sittings.in_database(
        lambda db: set_status(db, seen.school_id, seen.administration_id, status, seen=seen.status)
    )
    sittings.news.tell([seen.administration_id])
    if now is RoomStatus.CLOSED and status is not RoomStatus.CLOSED:
        await _step_all(sittings, room, EventKind.CLOSING, "room")  # undo what this action opened
        raise RefusedError("room_closed")
    if now is not status:
        raise RefusedError("room_changed")
