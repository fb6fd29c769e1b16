"""What the routes of the root share."""

from __future__ import annotations

from starlette.requests import Request

from peil.installation import Installation


def installation_of(request: Request) -> Installation:
    """Installation that this application serves."""
    installation: Installation = request.app.state.installation
    return installation
