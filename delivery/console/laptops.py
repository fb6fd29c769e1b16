"""Routes of the one click with which staff let a waiting laptop in, or new laptops by themselves again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from delivery.rooms import admit_device, lift_guard
from delivery.signin import SchoolStaff, StaffRoute, school_staff
from delivery.signin.forms import CheckedForm
from delivery.sittings import Sittings

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
Proctor = Annotated[SchoolStaff, Depends(school_staff)]


@router.post("/personeel/afnames/{administration}/leerlingen/{sitting}/laptops/{device}")
async def admit(
    request: Request,
    administration: UUID,
    sitting: UUID,
    device: str,
    _form: CheckedForm,
    proctor: Proctor,
) -> Response:
    """Let this laptop in at this seat; its page goes on by itself."""
    return await _click(
        request, administration, lambda db: admit_device(db, proctor.school_id, administration, sitting, device)
    )


@router.post("/personeel/afnames/{administration}/laptops")
async def admit_all(request: Request, administration: UUID, _form: CheckedForm, proctor: Proctor) -> Response:
    """Let new laptops with right codes in by themselves again."""
    return await _click(request, administration, lambda db: lift_guard(db, proctor.school_id, administration))


async def _click(request: Request, administration: UUID, work: Callable[[Session], None]) -> Response:
    """Do it, tell who looks, and go back to the room."""
    sittings: Sittings = request.app.state.sittings
    await sittings.in_database(work)
    sittings.news.tell([administration])
    return RedirectResponse(f"/personeel/afnames/{administration}", status_code=303)
