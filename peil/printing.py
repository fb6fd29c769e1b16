"""What schools print: the report of a room and the slips with seat codes, as PDF files.

What lays them out is imported when one is asked for, as for the reports.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from delivery.console.report_routes import load_report
from delivery.console.routes import load_slips
from delivery.signin import SchoolStaff, StaffRoute, school_staff

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
Proctor = Annotated[SchoolStaff, Depends(school_staff)]
ROOM = "/personeel/afnames/{administration}"


@router.get(ROOM + "/verslag.pdf")
def report_file(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """The report of a room, to keep."""
    page, is_closed = load_report(request, proctor.school_id, administration)
    return _pdf(
        "report", asdict(page) | {"preliminary": not is_closed}, f"toetsverslag {page.class_title} {page.title}"
    )


@router.get(ROOM + "/codes.pdf")
async def codes_file(request: Request, administration: UUID, proctor: Proctor) -> Response:
    """Slips with seat codes, to print and cut."""
    slips = await load_slips(request, proctor.school_id, administration)
    return await run_in_threadpool(_pdf, "codes", slips, f"briefjes {slips['class_title']}")


def _pdf(name: str, page: Mapping[str, object], title: str) -> Response:
    """A page as a file with a name that every system takes."""
    from reports import typeset

    today: date = datetime.now(UTC).date()
    content = typeset(files("peil").joinpath("typst"), name, page, today, title)
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    file = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{file}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
