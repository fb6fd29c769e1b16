"""What staff do to the sitting of one pupil, or to the time of several, with a reason that stays in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from delivery.access import SittingRef
from delivery.errors import RefusedError, UnknownRecordError
from delivery.isolation import in_school
from delivery.rooms.administrations import load_administration, set_status
from delivery.rooms.steps import sign_heads, stepper
from delivery.rooms.values import Administration, RoomStatus
from delivery.sittings.decisions import Decision, bar, decide, limit_ms
from delivery.sittings.events import EventKind, TimeGranted
from delivery.sittings.phases import Phase
from delivery.sittings.service import Sittings
from delivery.sittings.state import SittingState
from delivery.tables import SittingRow


@dataclass(frozen=True, slots=True)
class Ground:
    """On what ground staff act; it stays in the log for ever, so it names no pupil.

    Attributes
    ----------
    reason : in the words of staff
    by : identifier of the member of staff; "" is nobody in particular
    """

    reason: str
    by: str = ""


async def grant_time(
    sittings: Sittings, school_id: UUID, sitting_ids: Iterable[UUID], granted_ms: int, ground: Ground, once: str = ""
) -> None:
    """Give pupils more working time, all in one transaction; who is done already is passed over.

    Parameters
    ----------
    sittings, school_id, sitting_ids
        Whose time.
    granted_ms
        How much, in milliseconds.
    ground
        Why, and who gives it.
    once
        Names the form: sent twice, it gives the time once.

    Raises
    ------
    RefusedError
        Why, if nobody could get it: ``not_open``, ``already_finished``, ``sealed``, ``void``, ``no_time_limit`` …
    """
    refused: dict[SittingRef, str] = {}

    def grant(state: SittingState) -> Decision:
        refused[state.ref] = code = _no_time_for(state)
        if code or once in state.grants:
            return Decision(code=code)
        payload = TimeGranted(at=sittings.clock(), granted_ms=granted_ms, reason=ground.reason, by=ground.by, once=once)
        return decide(state, EventKind.TIME_GRANTED, payload)

    refs = [SittingRef(school_id, sitting_id) for sitting_id in sitting_ids]
    await sittings.ledger.perform_all(dict.fromkeys(refs, grant), around_damage=len(refs) > 1)
    if refused and all(refused.values()):
        raise RefusedError(next(iter(refused.values())))


def _no_time_for(state: SittingState) -> str:
    """Why a pupil gets no more time; "" gives it."""
    if code := bar(state, Phase.ABSENT, Phase.SEALED, Phase.VOID, Phase.ERASED, Phase.READ_ONLY):
        return code
    if state.phase is Phase.CLOSING:
        return "already_finished"
    return "no_time_limit" if limit_ms(state) is None else ""


async def void_sitting(sittings: Sittings, ref: SittingRef, ground: Ground) -> None:
    """Declare that a sitting does not count; what comes later is evidence. Doing it twice changes nothing.

    Raises
    ------
    RefusedError
        ``not_open``, ``erased``, ``read_only``.
    """
    await sittings.meet(ref)
    state, decision = await sittings.ledger.perform(
        ref, stepper(sittings, ref, EventKind.VOID, ground.reason, ground.by)
    )
    if code := decision.code or bar(state, Phase.ABSENT):
        raise RefusedError(code)
    await sign_heads(sittings, [state])


async def reopen_sitting(sittings: Sittings, ref: SittingRef, ground: Ground) -> None:
    """Let a pupil go on who was stopped, or who handed in, by mistake.

    A room that was closed is open again: only then can the pupil come in. Everybody else in it stays where they are.
    In a paused room the pupil waits like the others.

    Raises
    ------
    RefusedError
        ``not_handed_in``, ``nothing_left`` if every question is answered, ``void``, ``not_open``, ``room_changed`` …
    """
    before = frozenset({Phase.CLOSING, Phase.SEALED})
    if code := _objection(await sittings.ledger.load(ref), before):
        raise RefusedError(code)
    await sittings.in_database(lambda db: _open_again(db, ref))  # first: a second try finds nothing done, or all
    await _reopen(sittings, ref, ground, before)


async def revalidate_sitting(sittings: Sittings, ref: SittingRef, ground: Ground) -> None:
    """Let a sitting count again that was void by mistake. It then follows its room: in a closed one it is handed in.

    Raises
    ------
    RefusedError
        ``not_void``, ``erased``, ``read_only``.
    """
    await _reopen(sittings, ref, ground, frozenset({Phase.VOID}))


async def _reopen(sittings: Sittings, ref: SittingRef, ground: Ground, before: frozenset[Phase]) -> None:
    """Reopen a sitting in one of these phases, and bring it to where its room is."""
    step = stepper(sittings, ref, EventKind.REOPENED, ground.reason, ground.by)

    def reopen(state: SittingState) -> Decision:
        code = _objection(state, before)
        return Decision(code=code) if code else step(state)

    state, decision = await sittings.ledger.perform(ref, reopen)
    if decision.code:
        raise RefusedError(decision.code)
    status = (
        await sittings.in_database(lambda db: _room(db, ref))
    ).status  # after it: whoever closes the room now sees that it is open
    if status in _FOLLOWS:
        state, _ = await sittings.ledger.perform(ref, stepper(sittings, ref, _FOLLOWS[status], "room"))
    await sign_heads(sittings, [state])


_FOLLOWS = {RoomStatus.PAUSED: EventKind.PAUSED, RoomStatus.CLOSED: EventKind.CLOSING}


def _objection(state: SittingState, before: frozenset[Phase]) -> str:
    """Why a sitting is not reopened; "" reopens it."""
    if code := bar(state, Phase.ABSENT, Phase.READY, Phase.ERASED, Phase.READ_ONLY):
        return code
    if Phase.VOID in before:
        return "" if state.phase is Phase.VOID else "not_void"
    if code := bar(state, Phase.VOID):
        return code
    if state.phase not in before:
        return "not_handed_in"
    return "nothing_left" if state.complete else ""


def _room(db: Session, ref: SittingRef) -> Administration:
    """The room of a sitting."""
    in_school(db, ref.school_id)
    row = db.get(SittingRow, (ref.school_id, ref.sitting_id))
    if row is None:
        raise UnknownRecordError(f"school {ref.school_id} has no sitting {ref.sitting_id}")
    return load_administration(db, ref.school_id, row.administration_id)


def _open_again(db: Session, ref: SittingRef) -> None:
    """Open the room of a sitting if it is closed."""
    room = _room(db, ref)
    if room.status is RoomStatus.CLOSED:
        now = set_status(db, ref.school_id, room.administration_id, RoomStatus.OPEN, seen=RoomStatus.CLOSED)
        if now is RoomStatus.CLOSED:
            raise RefusedError("room_changed")
