"""Our own pages: start page, list of reports, item table; they share look and headers with those of delivery."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
FRAMING_HEADERS = HEADERS | {
    # A page that shows others of our own in frames.
    "Content-Security-Policy": f"{HEADERS['Content-Security-Policy']}; frame-src 'self'",
}
DOCUMENT_HEADERS = HEADERS | {
    # A page that carries its own styles and pictures, and may load nothing at all.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
}


@cache
def templates() -> Environment:
    """Templates of this package, beside the frame of staff pages that they extend."""
    loaders = {"peil": PackageLoader("peil"), **{n: PackageLoader(f"delivery.{n}") for n in ("signin", "player")}}
    return Environment(
        loader=PrefixLoader(loaders), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def fragment(template: str, **values: Any) -> str:
    """Part of a page; a value that is missing is an error."""
    return templates().get_template(f"peil/{template}").render(**values)


def page(template: str, *, status: int = 200, headers: Mapping[str, str] = HEADERS, **values: Any) -> HTMLResponse:
    """One page; a value that is missing is an error."""
    return HTMLResponse(fragment(template, **values), status_code=status, headers=headers)


def document(content: str) -> HTMLResponse:
    """A self-contained page made elsewhere, shown as it is."""
    return HTMLResponse(content, headers=DOCUMENT_HEADERS)
