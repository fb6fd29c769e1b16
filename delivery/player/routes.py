"""Routes of the pupil's player: the page `/toets` and its static files."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from delivery.player.lean import LeanFiles
from delivery.player.pages import html_page, static_file

router = APIRouter(include_in_schema=False)

_FOLDER = Path(__file__).parent
_FILES = LeanFiles(directory=_FOLDER / "static")
_VIEWS = tuple(sorted(path.stem for path in (_FOLDER / "templates" / "views").glob("*.html")))


@router.get("/toets")
def player_page(request: Request) -> Response:
    """Every page of a test in one document; the script shows them one at a time."""
    point = b64encode(request.app.state.row_opener.public_point).decode()
    return html_page("player/player.html", views=_VIEWS, point=point)


@router.get("/static/player/{path:path}")
async def player_file(path: str, request: Request) -> Response:
    """Scripts and styles of the player, and the look that the console shares."""
    return await static_file(_FILES, path, request)
