"""Routes of the sheets: what staff do for one pupil of a room, and the time that they give to all."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from delivery.access import SittingRef
from delivery.console.aid_words import AidRow, aid_rows
from delivery.console.remedies import (
    MORE_TIME_FOR_ALL,
    MOST_MINUTES,
    MOVE,
    REMEDIES,
    Remedy,
    remedies_for,
    remedies_for_all,
)
from delivery.console.sheets import (
    DO,
    SheetError,
    Typed,
    chosen_pupil,
    empty_sheet,
    give_time,
    granted_ms,
    read_sheet,
    said_to_staff,
)
from delivery.console.view import line_of, pupil_line, spaced
from delivery.errors import RefusedError, UnknownRecordError
from delivery.rooms import (
    Candidate,
    Ground,
    ReasonError,
    RoomOverview,
    RoomStatus,
    SeatOverview,
    SeatState,
    candidates,
    check_reason,
    room_code,
    room_overview,
    seat_code,
)
from delivery.rooms.overview import AT_WORK
from delivery.rooms.reasons import LONGEST, SHORTEST
from delivery.signin import SchoolStaff, StaffRoute, school_staff, staff_page
from delivery.signin.forms import CheckedForm
from delivery.signin.staff import NOT_ALLOWED
from delivery.sittings import Sittings
from delivery.sittings.accommodated import accommodated

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
Proctor = Annotated[SchoolStaff, Depends(school_staff)]
ROOM, ONE = "/personeel/afnames/{administration}", "/personeel/afnames/{administration}/leerlingen/{sitting}"
Act = Callable[[Ground, Typed], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet, about one pupil or about all.

    Attributes
    ----------
    path : where it is
    room : where it leads back to
    title, lines : who it is about, and how it stands there
    remedies : its buttons
    codes : of the room and of the pupil, to come in with on any laptop; "" where nobody can come in
    item : what the pupil has on the screen, "" for nothing
    aids : accommodations: which, granted by whom, whether they are there, whether they were used
    candidates : pupils who may turn out to sit there
    """

    administration: UUID
    path: str
    room: str
    title: str
    lines: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    codes: tuple[str, str] = ("", "")
    item: str = ""
    aids: tuple[AidRow, ...] = ()
    candidates: tuple[Candidate, ...] = ()


@router.get(ROOM + "/extra-tijd")
async def all_sheet(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """Sheet for the time of everybody."""
    sheet, _ = await _sheet_for_all(request, administration, proctor)
    return _page(request, proctor, sheet, empty_sheet(secrets.token_urlsafe(12)))


@router.post(ROOM + "/extra-tijd")
async def act_for_all(request: Request, administration: UUID, form: CheckedForm, proctor: Proctor) -> Response:
    """Give everybody of a room more time."""
    sheet, overview = await _sheet_for_all(request, administration, proctor)
    pupils = [seat.sitting_id for seat in overview.seats]
    return await _carry_out(
        request,
        proctor,
        sheet,
        MORE_TIME_FOR_ALL,
        read_sheet(form),
        lambda ground, typed: give_time(_sittings(request), proctor.school_id, pupils, ground, typed),
    )


@router.get(ONE)
async def pupil_sheet(request: Request, administration: UUID, sitting: UUID, proctor: Proctor) -> Response:
    """Sheet for one pupil."""
    sheet = await _sheet_for_one(request, administration, sitting, proctor)
    return _page(request, proctor, sheet, empty_sheet(secrets.token_urlsafe(12)))


@router.post(ONE + "/{action}")
async def act_for_pupil(
    request: Request, administration: UUID, sitting: UUID, action: str, form: CheckedForm, proctor: Proctor
) -> Response:
    """Do something for one pupil."""
    sheet = await _sheet_for_one(request, administration, sitting, proctor)
    if action not in REMEDIES:
        raise HTTPException(404)
    ref = SittingRef(proctor.school_id, sitting)
    return await _carry_out(
        request,
        proctor,
        sheet,
        REMEDIES[action],
        read_sheet(form),
        lambda ground, typed: DO[action](_sittings(request), ref, ground, typed),
    )


async def _carry_out(
    request: Request, proctor: SchoolStaff, sheet: _Sheet, remedy: Remedy, typed: Typed, act: Act
) -> Response:
    """Check what was typed, act, and go back to the room; or show the sheet again, with what is wrong."""
    if proctor.staff.role not in remedy.roles:
        raise HTTPException(403, NOT_ALLOWED)
    try:
        if remedy.asks_minutes:
            granted_ms(typed)
        reason, also = "", (chosen_pupil(typed),) if remedy.asks_pupil else ()
        if remedy.asks_reason or typed.reason.strip():
            reason = await _sittings(request).in_database(
                lambda db: check_reason(db, proctor.school_id, sheet.administration, typed.reason, also)
            )
        await act(Ground(reason, str(proctor.staff.staff_id)), typed)
    except (SheetError, ReasonError) as error:
        return _page(request, proctor, sheet, typed, status=422, message=str(error))
    except RefusedError as refused:
        message = said_to_staff(refused.code)
        return _page(request, proctor, sheet, typed, status=refused.status, message=message)
    return RedirectResponse(sheet.path if remedy is MOVE else sheet.room, status_code=303)  # there the codes are


async def _sheet_for_all(request: Request, administration: UUID, proctor: SchoolStaff) -> tuple[_Sheet, RoomOverview]:
    """Everybody of a room of the own school."""
    overview, _, is_limited = await _look(request, administration, proctor)
    room = f"/personeel/afnames/{administration}"
    remedies = remedies_for_all(overview.administration.status, is_limited=is_limited)
    line = line_of(overview.administration)
    lines = (f"{line.class_title} · {line.title}",)
    return _Sheet(administration, room, room, "Alle leerlingen", lines, remedies), overview


async def _sheet_for_one(request: Request, administration: UUID, sitting: UUID, proctor: SchoolStaff) -> _Sheet:
    """One pupil of a room of the own school."""
    overview, length, is_limited = await _look(request, administration, proctor)
    seat = _seat(overview, sitting)
    status, room = overview.administration.status, f"/personeel/afnames/{administration}"
    remedies = remedies_for(seat, status, proctor.staff.role, length=length, is_limited=is_limited)
    line = pupil_line(seat, length, status)
    lines = (line.what, *line.notes)
    ref = SittingRef(proctor.school_id, sitting)
    aids = aid_rows(accommodated(await _sittings(request).ledger.load(ref)))
    codes, item = await _at_work(_sittings(request), ref, overview)
    found = await _sittings(request).in_database(lambda db: candidates(db, proctor.school_id, administration, sitting))
    path = f"{room}/leerlingen/{sitting}"
    return _Sheet(administration, path, room, seat.pupil, lines, remedies, codes, item, aids, found)


async def _at_work(sittings: Sittings, ref: SittingRef, overview: RoomOverview) -> tuple[tuple[str, str], str]:
    """Codes that a pupil can come in with, and the item on the screen; nothing where the test is not going on."""
    room, seat = overview.administration, _seat(overview, ref.sitting_id)
    if room.status not in {RoomStatus.OPEN, RoomStatus.PAUSED} or seat.state not in {SeatState.NOT_IN, *AT_WORK}:
        return ("", ""), ""
    secrets = sittings.config.secrets
    codes = await sittings.in_database(
        lambda db: (room_code(db, ref.school_id, room.administration_id, secrets), seat_code(db, ref, secrets))
    )
    current = (await sittings.ledger.load(ref)).current
    return (spaced(codes[0]), spaced(codes[1])), current.item if current else ""


def _seat(overview: RoomOverview, sitting: UUID) -> SeatOverview:
    """The pupil with this sitting; whoever sits in another room or school is unknown here."""
    for seat in overview.seats:
        if seat.sitting_id == sitting:
            return seat
    raise UnknownRecordError(f"administration {overview.administration.administration_id} has no sitting {sitting}")


async def _look(request: Request, administration: UUID, proctor: SchoolStaff) -> tuple[RoomOverview, int, bool]:
    """The room now, how many questions its test has, and whether it has a time limit."""
    sittings = _sittings(request)
    overview = await sittings.in_database(lambda db: room_overview(db, proctor.school_id, administration))
    facts = await sittings.bank_facts(overview.administration.bank_hash)
    return overview, facts.length, facts.time_limit_ms > 0


def _page(
    request: Request, proctor: SchoolStaff, sheet: _Sheet, typed: Typed, *, status: int = 200, message: str = ""
) -> Response:
    """The sheet as a page; the room's script shows its middle in a dialog."""
    return staff_page(
        request,
        proctor.staff,
        "console/sheet.html",
        status=status,
        sheet=sheet,
        typed=typed,
        message=message,
        most_minutes=MOST_MINUTES,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _sittings(request: Request) -> Sittings:
    """Return the service that holds all sittings of this worker."""
    sittings: Sittings = request.app.state.sittings
    return sittings
