"""HTML pages of delivery: one template environment, and the headers that keep a page closed to everything else."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

PLAYING_POLICY = CONTENT_POLICY.replace("img-src 'self'", "img-src 'self'; media-src 'self'")
"""For pages that show items: these alone may play recordings, and ours alone."""

CLOSED_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}

PLAYING_HEADERS = CLOSED_HEADERS | {"Content-Security-Policy": PLAYING_POLICY}

PLAYER_FILES = "/static/player"
ITEM_STYLES = tuple(f"{PLAYER_FILES}/{name}.css" for name in ("tokens", "player", "item"))
"""What an item looks like, theme by theme."""


def preview_headers(style_source: str) -> dict[str, str]:
    """Headers of an item as the player shows it, inside one of our own pages: no script, form, cookie or way out.

    Parameters
    ----------
    style_source : hash of the one style element that it holds, for ``style-src``; "" without one
    """
    policy = PLAYING_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'; sandbox")
    policy = policy.replace("style-src 'self'", f"style-src 'self' {style_source}".rstrip())
    return CLOSED_HEADERS | {"Content-Security-Policy": policy}


@cache
def templates() -> Environment:
    """Environment with the templates of player, console, sign-in and the pages around a test, each under a prefix."""
    packages = ("player", "console", "signin", "readiness", "practice")
    loader = PrefixLoader({name: PackageLoader(f"delivery.{name}") for name in packages})
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render(template: str, **values: Any) -> str:
    """HTML of one template; a value that is missing is an error."""
    return templates().get_template(template).render(**values)


def html_page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """One page, never kept by a browser or proxy, that loads nothing from elsewhere and runs no inline script."""
    return HTMLResponse(render(template, **values), status_code=status, headers=CLOSED_HEADERS)


async def static_file(files: StaticFiles, path: str, request: Request) -> Response:
    """One static file; browsers ask whether it changed (ETag) before they use theirs.

    Raises
    ------
    HTTPException
        404 where there is no such file.
    """
    response = await files.get_response(path, request.scope)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
