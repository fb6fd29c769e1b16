"""Routes of the practice test: a page, its questions, its script."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from delivery.player.lean import LeanFiles
from delivery.player.pages import PLAYER_FILES, html_page, static_file
from delivery.practice.content import practice

router = APIRouter(include_in_schema=False)

_FILES = LeanFiles(Path(__file__).parent / "static")


@router.get("/oefentoets")
def practice_page() -> Response:
    """Every page of the practice test in one document."""
    return html_page("practice/practice.html", assets=PLAYER_FILES)


@router.get("/oefentoets/vragen")
def practice_questions(request: Request) -> Response:
    """All questions; a browser that has them is told so."""
    found = practice()
    headers = {"ETag": found.tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    return Response(found.body, media_type="application/json", headers=headers)


@router.get("/static/practice/{path:path}")
async def practice_file(path: str, request: Request) -> Response:
    """Script of the practice test; what it shows questions with is the player's own."""
    return await static_file(_FILES, path, request)
