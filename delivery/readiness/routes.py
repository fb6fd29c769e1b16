"""Routes of the readiness check: a page, its files, a clock to compare with, and bytes to time."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from secrets import token_bytes

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.responses import Response

from delivery.player.lean import LeanFiles
from delivery.player.pages import html_page, static_file

SAMPLE_BYTES = 128 * 1024
"""What a laptop downloads to see how fast the network is: a second at 1 Mbit/s."""
NEVER_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

router = APIRouter(include_in_schema=False)

_FILES = LeanFiles(Path(__file__).parent / "static")


@router.get("/laptopcontrole")
def readiness_page() -> Response:
    """Everything that is looked at, with what to do where something is missing; the script only says what holds."""
    return html_page("readiness/readiness.html")


@router.get("/laptopcontrole/klok")
def clock() -> Response:
    """The server's time in milliseconds since 1970."""
    return JSONResponse({"now": time.time_ns() // 1_000_000}, headers=NEVER_KEPT)


@router.get("/laptopcontrole/proef")
def sample() -> Response:
    """Bytes that nothing on the way can make smaller."""
    return Response(_sample(), media_type="application/octet-stream", headers=NEVER_KEPT)


@router.get("/static/readiness/{path:path}")
async def readiness_file(path: str, request: Request) -> Response:
    """Script and style of the check."""
    return await static_file(_FILES, path, request)


@cache
def _sample() -> bytes:
    """Random bytes, the same as long as the process lives."""
    return token_bytes(SAMPLE_BYTES)
