"""Routes of the console: rooms of the own school, one room live, its actions and its slips with codes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlmodel import Session
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from delivery.console.actions import ACTIONS
from delivery.console.view import RoomView, in_order, line_of, spaced, view_of
from delivery.people import StaffMember, StaffRole
from delivery.player.pages import CLOSED_HEADERS, render, static_file
from delivery.rooms import (
    RoomOverview,
    close_room,
    freeze_room,
    list_administrations,
    load_administration,
    open_room,
    pause_room,
    reserve_list,
    resume_room,
    room_code,
    room_overview,
    seat_list,
    settle_reassignments,
)
from delivery.signin import SchoolStaff, StaffRoute, current_staff, school_staff, staff_page
from delivery.signin.forms import CheckedForm
from delivery.sittings import Sittings

LOOK_EVERY_S = 1.0
STREAM_LIFE_S = 600.0
"""The browser then connects again by itself, which checks anew who is signed in."""

_FILES = StaticFiles(directory=Path(__file__).parent / "static")
_DO: dict[str, Callable[[Sittings, UUID, UUID], Awaitable[None]]] = {
    "open": open_room,
    "pauzeer": pause_room,
    "hervat": resume_room,
    "sluit": close_room,
    "bevries": freeze_room,
}

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
Proctor = Annotated[SchoolStaff, Depends(school_staff)]


@router.get("/static/console/{path:path}")
async def console_file(path: str, request: Request) -> Response:
    """Scripts and styles of the pages of staff."""
    return await static_file(_FILES, path, request)


@router.get("/personeel")
async def rooms_page(request: Request, staff: Annotated[StaffMember, Depends(current_staff)]) -> Response:
    """All rooms of the own school; who works on the items has none, and goes there."""
    if staff.role is StaffRole.PSYCHOMETRICIAN:
        return RedirectResponse("/itembank/opgaven", status_code=303)
    school_id = staff.school_id
    found = await _sittings(request).in_database(lambda db: list_administrations(db, school_id)) if school_id else ()
    return staff_page(request, staff, "console/rooms.html", rooms=[line_of(room) for room in in_order(found)])


@router.get("/personeel/afnames/{administration}")
async def room_page(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """One room; its script keeps it fresh."""
    await settle_reassignments(_sittings(request), proctor.school_id, administration)
    room = await _look(_sittings(request), proctor, administration)
    return staff_page(
        request,
        proctor.staff,
        "console/room.html",
        room=room,
        line=room.line,
        actions=ACTIONS,
        address=_address(request),
    )


@router.get("/personeel/afnames/{administration}/overzicht")
async def room_overview_part(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """The changing parts of a room's page, where server-sent events do not come through."""
    room = await _look(_sittings(request), proctor, administration)
    return HTMLResponse(_live(room, _address(request)), headers=CLOSED_HEADERS)


@router.get("/personeel/afnames/{administration}/stroom")
async def room_stream(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """The changing parts again and again, each time that something in the room changed."""
    sittings = _sittings(request)
    await _look(sittings, proctor, administration)  # refuse before the stream begins
    return EventSourceResponse(_changes(sittings, proctor, administration, _address(request)))


@router.get("/personeel/afnames/{administration}/codes")
async def codes_page(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """Slips with seat codes, to print and cut."""
    sittings, school_id = _sittings(request), proctor.school_id
    secrets = sittings.config.secrets

    def load(db: Session) -> dict[str, Any]:
        place = (db, school_id, administration, secrets)
        slips, reserves = seat_list(*place), reserve_list(*place)
        return {
            "line": line_of(load_administration(db, school_id, administration)),
            "code": spaced(room_code(*place)),
            "slips": [{"name": slip.pupil, "code": spaced(slip.seat_code)} for slip in slips],
            "reserves": [{"name": slip.pupil, "code": spaced(slip.seat_code)} for slip in reserves],
        }

    sheet = await sittings.in_database(load)
    return staff_page(request, proctor.staff, "console/codes.html", address=_address(request), **sheet)


@router.post("/personeel/afnames/{administration}/{action}")
async def act(request: Request, administration: UUID, action: str, _form: CheckedForm, proctor: Proctor) -> Response:
    """Open, pause, resume, close or freeze a room."""
    if action not in _DO:
        raise HTTPException(404)
    await _DO[action](_sittings(request), proctor.school_id, administration)
    return RedirectResponse(f"/personeel/afnames/{administration}", status_code=303)


def _sittings(request: Request) -> Sittings:
    """Return the service that holds all sittings of this worker."""
    sittings: Sittings = request.app.state.sittings
    return sittings


def _address(request: Request) -> str:
    """Where pupils go, as they type it."""
    return f"{request.url.netloc}/toets"


async def _look(sittings: Sittings, proctor: SchoolStaff, administration: UUID) -> RoomView:
    """The page of a room, now."""

    def load(db: Session) -> tuple[RoomOverview, str]:
        overview = room_overview(db, proctor.school_id, administration)
        return overview, room_code(db, proctor.school_id, administration, sittings.config.secrets)

    overview, code = await sittings.in_database(load)
    facts = await sittings.bank_facts(overview.administration.bank_hash)
    role, is_limited = proctor.staff.role, facts.time_limit_ms > 0
    return view_of(overview, code, facts.length, datetime.now(UTC), role=role, is_limited=is_limited)


def _live(room: RoomView, address: str) -> str:
    """HTML of the changing parts."""
    return render("console/live.html", room=room, line=room.line, address=address)


async def _changes(
    sittings: Sittings, proctor: SchoolStaff, administration: UUID, address: str
) -> AsyncIterator[ServerSentEvent]:
    """Events whenever the page would look different."""
    shown, ends = "", time.monotonic() + STREAM_LIFE_S
    while time.monotonic() < ends:
        html = _live(await _look(sittings, proctor, administration), address)
        if html != shown:
            shown = html
            yield ServerSentEvent(html, event="room")
        await asyncio.sleep(LOOK_EVERY_S)
