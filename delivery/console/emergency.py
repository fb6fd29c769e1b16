"""The page on which staff read an emergency file: the sealed rows that a pupil's laptop could not send (point 21)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from delivery.console.rescued import rescued_of
from delivery.rooms.names import pupils_of
from delivery.sealed import RowOpener, take_rows
from delivery.sealed.rows import FORM, ROW_LIMIT
from delivery.signin import SchoolStaff, StaffRoute, school_staff, staff_page
from delivery.signin.forms import CheckedUpload
from delivery.sittings import Sittings

PATH = "/personeel/noodbestand"
FILE_LIMIT = 2 * 1024 * 1024
"""Bytes of a file: a whole test takes 50 kB, twenty of the longest texts 2 MB."""
UPLOAD_LIMIT = 2 * FILE_LIMIT
"""Bytes of a request: somewhat more, so that this page can say that a file is too large."""
MOST_ROWS = 1000
NO_FILE = "Kies eerst het bestand dat op de laptop van de leerling bewaard is. De naam eindigt op .peil."
NOT_OURS = "Dit is geen noodbestand van Peil. Kies het bestand waarvan de naam eindigt op .peil."
TOO_LARGE = "Dit bestand is te groot voor een noodbestand. Kies het bestand waarvan de naam eindigt op .peil."

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
Proctor = Annotated[SchoolStaff, Depends(school_staff)]


@router.get(PATH)
def emergency_page(request: Request, proctor: Proctor) -> Response:
    """Ask for the file."""
    return staff_page(request, proctor.staff, "console/emergency.html", message="", rescued=None)


@router.post(PATH)
async def read_emergency_file(request: Request, form: CheckedUpload, proctor: Proctor) -> Response:
    """Take the rows of a file, and say per pupil what became of them; reading it again changes nothing."""
    file = form.get("bestand")
    content = await file.read() if isinstance(file, UploadFile) else b""
    rows = rows_in(content)
    if message := _objection(content, rows):
        return staff_page(request, proctor.staff, "console/emergency.html", status=422, message=message, rescued=None)
    sittings: Sittings = request.app.state.sittings
    opener: RowOpener = request.app.state.row_opener
    outcomes = await take_rows(sittings, opener, rows, proctor.school_id)
    known = {outcome.ref.sitting_id for outcome in outcomes if outcome.ref is not None}
    names = await sittings.in_database(lambda db: pupils_of(db, proctor.school_id, known))
    rescued = rescued_of(outcomes, names)
    return staff_page(request, proctor.staff, "console/emergency.html", message="", rescued=rescued)


def rows_in(content: bytes) -> list[str]:
    """Lines that are meant as rows, each once; the others are for people, or of no file of ours."""
    lines = (line.strip() for line in content.decode("utf-8", errors="replace").splitlines())
    return list(dict.fromkeys(line[: ROW_LIMIT + 1] for line in lines if line.startswith(f"{FORM}.")))


def _objection(content: bytes, rows: list[str]) -> str:
    """Why a file is not read at all; "" reads it."""
    if not content:
        return NO_FILE
    if len(content) > FILE_LIMIT or len(rows) > MOST_ROWS:
        return TOO_LARGE
    return "" if rows else NOT_OURS
