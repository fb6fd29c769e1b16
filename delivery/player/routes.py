"""Routes of the pupil's player: the page `/toets` and its static files."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from delivery.player.versions import PlayerVersions

router = APIRouter(include_in_schema=False)


@router.get("/toets")
async def player_page(request: Request, versie: str = "") -> Response:
    """Every page of a test in one document; the script shows them one at a time."""
    return _versions(request).page(versie, request)


@router.get("/static/player/{path:path}")
async def player_file(path: str, request: Request) -> Response:
    """Scripts and styles of the player, and the look that the console shares."""
    return await _versions(request).file(path, request)


def _versions(request: Request) -> PlayerVersions:
    """Return what this worker serves of the player."""
    versions: PlayerVersions = request.app.state.player
    return versions
