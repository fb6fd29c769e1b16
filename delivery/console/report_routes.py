"""Routes of what staff keep of a room: its report, the coordinator's signature, and the list for the inhaalmoment."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from delivery.console.report_words import ReportPage, absentee_row, report_page
from delivery.console.shown import marks_of, not_shown
from delivery.people import StaffRole
from delivery.player.pages import CLOSED_HEADERS
from delivery.rooms import ReasonError, RoomStatus, check_reason, load_administration
from delivery.rooms.absentees import absentees
from delivery.rooms.report import administration_report, sign_report
from delivery.rooms.signatures import LONGEST_REMARK
from delivery.signin import SchoolStaff, StaffRoute, school_staff, staff_page
from delivery.signin.forms import CheckedForm
from delivery.signin.staff import NOT_ALLOWED

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
REPORT = "/personeel/afnames/{administration}/verslag"
COLUMNS = ("Klas", "Toets", "Leerling", "Waarom")
CHANGED = "Intussen veranderde dit verslag. Wat nieuw is, staat aangeduid. Lees het na en onderteken dan."
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins like this is run by a spreadsheet."""
Proctor = Annotated[SchoolStaff, Depends(school_staff)]


@router.get(REPORT)
def report(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """What happened in a room."""
    return _page(request, administration, proctor)


@router.post(REPORT + "/onderteken")
def sign(request: Request, administration: UUID, form: CheckedForm, own: Proctor) -> Response:
    """Sign the report of a closed room as it was shown; what is another school's does not exist, whoever asks."""
    shown, remark = (typed if isinstance(typed := form.get(name, ""), str) else "" for name in ("shown", "remark"))
    with Session(request.app.state.database) as db, db.begin():
        load_administration(db, own.school_id, administration)
        if own.staff.role is not StaffRole.COORDINATOR:
            raise HTTPException(403, NOT_ALLOWED)
        try:
            if remark.strip():
                remark = check_reason(db, own.school_id, administration, remark, longest=LONGEST_REMARK)
        except ReasonError as error:
            return _page(request, administration, own, status=422, message=str(error), remark=remark)
        found = administration_report(db, own.school_id, administration)
        is_other = found.administration.status is RoomStatus.CLOSED and marks_of(report_page(found).lines) != shown
        is_signed = not is_other and sign_report(db, found, own.staff.staff_id, remark.strip())
    if not is_signed:
        return _page(request, administration, own, status=409, notice=CHANGED, remark=remark, shown=shown)
    return RedirectResponse(f"/personeel/afnames/{administration}/verslag", status_code=303)


@router.get("/personeel/inhaalmoment")
def absentees_page(request: Request, proctor: Proctor) -> Response:
    """Pupils of the own school who must still take a test."""
    rows = _absentees(request, proctor)
    return staff_page(request, proctor.staff, "console/absentees.html", rows=rows, columns=COLUMNS)


@router.get("/personeel/inhaalmoment.csv")
def absentees_file(request: Request, proctor: Proctor) -> Response:
    """The same list for a spreadsheet, as it opens in Flanders: semicolons, and a mark that says UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in row] for row in _absentees(request, proctor))
    headers = CLOSED_HEADERS | {"Content-Disposition": 'attachment; filename="inhaalmoment.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def load_report(request: Request, school_id: UUID, administration: UUID) -> tuple[ReportPage, bool]:
    """The report of a room in words, and whether it can be signed.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    with Session(request.app.state.database) as db:
        found = administration_report(db, school_id, administration)
    return report_page(found), found.administration.status is RoomStatus.CLOSED


def _page(
    request: Request,
    administration: UUID,
    own: SchoolStaff,
    *,
    status: int = 200,
    message: str = "",
    notice: str = "",
    remark: str = "",
    shown: str = "",
) -> Response:
    """The report with its form for the coordinator; what an earlier page that was ``shown`` did not have is marked."""
    page, is_closed = load_report(request, own.school_id, administration)
    return staff_page(
        request,
        own.staff,
        "console/report.html",
        status=status,
        room=str(administration),
        report=asdict(page),
        may_sign=is_closed and own.staff.role is StaffRole.COORDINATOR,
        is_closed=is_closed,
        shown=marks_of(page.lines),
        fresh=not_shown(page.lines, shown) if shown else frozenset(),
        message=message,
        notice=notice,
        remark=remark,
        longest=LONGEST_REMARK,
    )


def _absentees(request: Request, proctor: SchoolStaff) -> list[tuple[str, str, str, str]]:
    """Rows of the list."""
    with Session(request.app.state.database) as db:
        return [absentee_row(one) for one in absentees(db, proctor.school_id)]


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
