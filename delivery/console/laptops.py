"""Route of the one click with which staff let a waiting laptop in."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from delivery.rooms import admit_device
from delivery.signin import SchoolStaff, StaffRoute, school_staff
from delivery.signin.forms import CheckedForm
from delivery.sittings import Sittings

router = APIRouter(include_in_schema=False, route_class=StaffRoute)


@router.post("/personeel/afnames/{administration}/leerlingen/{sitting}/laptops/{device}")
async def admit(
    request: Request,
    administration: UUID,
    sitting: UUID,
    device: str,
    _form: CheckedForm,
    proctor: Annotated[SchoolStaff, Depends(school_staff)],
) -> Response:
    """Let this laptop in at this seat; its page goes on by itself."""
    sittings: Sittings = request.app.state.sittings
    await sittings.in_database(lambda db: admit_device(db, proctor.school_id, administration, sitting, device))
    sittings.news.tell([administration])
    return RedirectResponse(f"/personeel/afnames/{administration}", status_code=303)
