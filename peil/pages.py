"""Pages behind staff sign-in that join packages: the school's own reports, and the item table.

What makes a report is imported when one is asked for: Polars, PyArrow and typst are a third of a server's memory, and
most workers only ever take answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, HTTPException
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

import itembank
from delivery import StaffRole
from delivery.people import StaffMember
from delivery.signin import SchoolStaff, StaffRoute, form_token, require, school_staff
from peil.serving import installation_of
from peil.templating import document, fragment, page

if TYPE_CHECKING:
    from reports import SchoolReport

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
Psychometrician = Annotated[StaffMember, Depends(require(StaffRole.PSYCHOMETRICIAN))]


def coordinator(
    own: Annotated[SchoolStaff, Depends(school_staff)],
    _staff: Annotated[StaffMember, Depends(require(StaffRole.COORDINATOR))],
) -> SchoolStaff:
    """Dependency: the coordinator of a school; a proctor has no need of names with scores."""
    return own


Own = Annotated[SchoolStaff, Depends(coordinator)]


@router.get("/rapporten")
def reports_page(request: Request, own: Own) -> Response:
    """Waves in which the own school took part."""
    from peil.pipeline import find_school, school_waves

    installation = installation_of(request)
    waves = school_waves(installation, find_school(installation, own.school_id))
    return page("reports.html", staff=own.staff, form_token=form_token(request), waves=waves)


@router.get("/rapporten/{wave:path}.pdf")
def report_pdf(request: Request, wave: str, own: Own) -> Response:
    """The own school's report as a PDF to keep or print."""
    from reports import render_pdf

    report = _report(request, wave, own)
    name = re.sub(r"[^a-z0-9]+", "-", f"{report.school} {wave}".lower().encode("ascii", "ignore").decode()).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(render_pdf(report), media_type="application/pdf", headers=headers)


@router.get("/rapporten/{wave:path}")
def report_page(request: Request, wave: str, own: Own) -> Response:
    """The own school's report on the screen."""
    from reports import render_html

    header = _bar(request, own.staff, "/rapporten", "Terug naar Schoolfeedback")
    return document(render_html(_report(request, wave, own), header=header))


def _report(request: Request, wave: str, own: SchoolStaff) -> SchoolReport:
    """Report of the school of whoever asks; another school's cannot even be named."""
    from peil.pipeline import find_school, school_report, school_waves

    installation = installation_of(request)
    school = find_school(installation, own.school_id)
    if wave not in school_waves(installation, school):
        raise HTTPException(404)
    return school_report(installation, wave, school)


@router.get("/itembank")
def item_table(request: Request, staff: Psychometrician, kalibratie: str = "") -> Response:
    """Every item with its parameters and its characteristic curve, of one calibration."""
    with Session(installation_of(request).web) as db:
        known = itembank.calibrations(db)
        shown = kalibratie or (known[-1] if known else "")
        if shown and shown not in known:
            raise HTTPException(404)
        others = [name for name in known if name != shown]
        header = _bar(request, staff, "/", "Terug naar het begin")
        return document(itembank.item_table_page(db, shown, others, header=header))


def _bar(request: Request, staff: StaffMember, back: str, where: str) -> str:
    """The way back and the way out, above a page that was made elsewhere."""
    return fragment("bar.html", staff=staff, form_token=form_token(request), back=back, where=where)
