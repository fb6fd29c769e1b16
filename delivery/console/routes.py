"""Routes of the console: rooms of the own school, one room live, its actions and its slips with codes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
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
from delivery.console.live import LiveRooms, Sight
from delivery.console.view import RoomLine, RoomView, in_order, line_of, spaced, view_of, waiting_too_long
from delivery.people import StaffMember, StaffRole
from delivery.player.pages import CLOSED_HEADERS, render, static_file
from delivery.rooms import (
    Administration,
    RoomStatus,
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
    school_id, now = staff.school_id, datetime.now(UTC)

    def load(db: Session, school_id: UUID) -> list[RoomLine]:
        return [
            replace(line_of(room), n_calling=_n_calling(db, room, now))
            for room in in_order(list_administrations(db, school_id))
        ]

    rooms = await _sittings(request).in_database(lambda db: load(db, school_id)) if school_id else []
    return staff_page(request, staff, "console/rooms.html", rooms=rooms)


def _n_calling(db: Session, room: Administration, now: datetime) -> int:
    """Pupils of a room at work who wait too long for help."""
    if room.status not in {RoomStatus.OPEN, RoomStatus.PAUSED}:
        return 0
    return waiting_too_long(room_overview(db, room.school_id, room.administration_id), now)


@router.get("/personeel/afnames/{administration}")
async def room_page(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """One room; its script keeps it fresh."""
    await settle_reassignments(_sittings(request), proctor.school_id, administration)
    room = _view(await _live_rooms(request).look(proctor.school_id, administration), proctor)
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
    sight = await _live_rooms(request).glance(proctor.school_id, administration)
    return HTMLResponse(_live(sight, proctor, _address(request)), headers=CLOSED_HEADERS)


@router.get("/personeel/afnames/{administration}/stroom")
async def room_stream(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """The changing parts again and again, each time that something in the room changed."""
    school_id = proctor.school_id
    await _sittings(request).in_database(lambda db: load_administration(db, school_id, administration))  # or refuse
    return EventSourceResponse(_changes(_live_rooms(request), proctor, administration, _address(request)))


@router.get("/personeel/afnames/{administration}/codes")
async def codes_page(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """Slips with seat codes, to print and cut."""
    return staff_page(
        request, proctor.staff, "console/codes.html", **await load_slips(request, proctor.school_id, administration)
    )


async def load_slips(request: Request, school_id: UUID, administration: UUID) -> dict[str, Any]:
    """Everything that slips with seat codes say, pupils by name and then reserve seats; codes are in two halves.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    secrets = _sittings(request).config.secrets

    def load(db: Session) -> dict[str, Any]:
        place = (db, school_id, administration, secrets)
        line = line_of(load_administration(db, school_id, administration))
        return {
            "id": line.id,
            "class_title": line.class_title,
            "title": line.title,
            "code": spaced(room_code(*place)),
            "slips": [{"name": slip.pupil, "code": spaced(slip.seat_code)} for slip in seat_list(*place)],
            "reserves": [{"name": slip.pupil, "code": spaced(slip.seat_code)} for slip in reserve_list(*place)],
            "address": _address(request),
        }

    return await _sittings(request).in_database(load)


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


def _live_rooms(request: Request) -> LiveRooms:
    """Return the rooms that consoles of this worker look at."""
    live: LiveRooms = request.app.state.live
    return live


def _view(sight: Sight, proctor: SchoolStaff) -> RoomView:
    """The page of a room for whoever looks, now."""
    role, facts = proctor.staff.role, sight.facts
    is_limited = facts.time_limit_ms > 0
    return view_of(sight.overview, sight.code, facts.length, datetime.now(UTC), role=role, is_limited=is_limited)


def _live(sight: Sight, proctor: SchoolStaff, address: str) -> str:
    """HTML of the changing parts."""
    room = _view(sight, proctor)
    return render("console/live.html", room=room, line=room.line, address=address)


async def _changes(
    live: LiveRooms, proctor: SchoolStaff, administration: UUID, address: str
) -> AsyncIterator[ServerSentEvent]:
    """Events whenever the page would look different; staff in one role, at one address, see the same."""
    looks = f"{proctor.staff.role} {address}"
    pages = live.pages(
        proctor.school_id, administration, looks, lambda sight: _live(sight, proctor, address), STREAM_LIFE_S
    )
    async with aclosing(pages):
        async for html in pages:
            yield ServerSentEvent(html, event="room")
