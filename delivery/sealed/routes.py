"""``POST /api/v1/sealed``: rows that an earlier pupil left on a laptop, sent by whoever comes next (point 21)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from delivery.errors import RefusedError
from delivery.sealed.rows import ROW_LIMIT, RowOpener
from delivery.sealed.taking import Outcome, take_rows
from delivery.signin.limits import FailureBudget
from delivery.sittings import Sittings

PATH = "/api/v1/sealed"
MOST_ROWS = 100
"""Rows in one request: more than a whole test."""
SEALED_LIMIT = 1024 * 1024
"""Bytes of one request: a hundred rows of choices take 60 kB, ten of the longest texts 900 kB."""
REQUESTS = 1200
"""Requests that one network may make in five minutes: a school of 300 laptops that all come back at once makes as many
as it has laptops, and whoever is over loses nothing: the row stays on the laptop, and is sent later."""

router = APIRouter(tags=["pupils"])


class SealedRows(BaseModel):
    """Rows as they are on the laptop."""

    rows: Annotated[list[Annotated[str, Field(max_length=ROW_LIMIT)]], Field(min_length=1, max_length=MOST_ROWS)]


@router.post(PATH)
async def take_sealed(request: Request, body: SealedRows) -> Response:
    """What became of each row, in their order; no sign-in, and sending them again changes nothing."""
    budget: FailureBudget = request.app.state.sealed_budget
    network = request.client.host if request.client else ""
    if budget.draw([(network, REQUESTS)]):
        raise RefusedError("too_many_rows")
    sittings: Sittings = request.app.state.sittings
    opener: RowOpener = request.app.state.row_opener
    outcomes = await take_rows(sittings, opener, body.rows)
    return JSONResponse({"rows": [_told(outcome) for outcome in outcomes]}, headers={"Cache-Control": "no-store"})


def _told(outcome: Outcome) -> dict[str, object]:
    """An outcome as the laptop marks its row by it."""
    told: dict[str, object] = {"status": outcome.status, "receipt": outcome.receipt}
    told |= {"settled": outcome.is_settled, "sealed": outcome.is_over}
    return told | ({"code": outcome.code} if outcome.code else {})
