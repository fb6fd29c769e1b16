"""Pages of staff: the frame they share, and errors as pages instead of JSON."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import URL
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import Response

from delivery.errors import RefusedError, UnknownRecordError, headers_of
from delivery.people import StaffMember
from delivery.player.pages import html_page
from delivery.signin.forms import form_token
from delivery.signin.staff import find_signed_in

TITLES = {
    403: "Dat mag hier niet",
    404: "Deze pagina is er niet",
    409: "Dat kan nu niet",
    429: "Even wachten",
}
NOT_NOW = "Het toetsmoment is intussen afgesloten of gepauzeerd. Ga terug en bekijk hoe het er nu voor staat."
NOT_FOUND = "Het adres klopt niet, of het hoort bij een andere school."


def staff_page(request: Request, staff: StaffMember, template: str, *, status: int = 200, **values: Any) -> Response:
    """Page for somebody who is signed in; its forms carry a token."""
    return html_page(template, status=status, staff=staff, form_token=form_token(request), **values)


def error_page(request: Request, error: HTTPException) -> Response:
    """What went wrong and what to do, on a page that still knows who is signed in."""
    title = TITLES.get(error.status_code, "Er ging iets mis")
    message = NOT_FOUND if error.status_code == 404 else error.detail
    staff = find_signed_in(request)
    known = {"staff": staff, "form_token": form_token(request)} if staff is not None else {}
    page = html_page("signin/error.html", status=error.status_code, title=title, message=message, **known)
    page.headers.update(error.headers or {})
    return page


async def refuse_address(request: Request, error: Exception) -> Response:
    """An address that nothing answers to, or not in this way: a page for people, JSON for scripts."""
    assert isinstance(error, StarletteHTTPException)
    if error.status_code == 404 and wants_page(request):
        return html_page("signin/unknown.html", status=404)
    refusal = RefusedError("not_found")
    return JSONResponse(refusal.body(), error.status_code, {**headers_of(refusal), **(error.headers or {})})


def wants_page(request: Request) -> bool:
    """Whether a person waits for a page, and no script for an answer."""
    return "text/html" in request.headers.get("accept", "")


def away_page(request: Request, refusal: RefusedError) -> Response:
    """That the database is away, and what to do: nothing, for the page asks again by itself."""
    is_unsure = request.method not in {"GET", "HEAD"}
    came_from = urlsplit(request.headers.get("referer", ""))
    if not is_unsure:
        again = request.url
    elif came_from.netloc == request.url.netloc:
        again = URL(urlunsplit(came_from))  # what was sent is not sent again
    else:
        again = URL("/personeel")
    address = again.path + (f"?{again.query}" if again.query else "")
    page = html_page("signin/away.html", status=refusal.status, again=address, is_unsure=is_unsure)
    page.headers.update(headers_of(refusal))
    return page


class StaffRoute(APIRoute):
    """A route whose refusals are pages that people can read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Handler that turns errors into pages."""
        handle = super().get_route_handler()

        async def with_pages(request: Request) -> Response:
            try:
                return await handle(request)
            except (UnknownRecordError, RequestValidationError):
                return await _page(request, HTTPException(404))
            except RefusedError as refused:
                if refused.code == "unavailable":
                    raise  # then nobody can be read from the database either
                return await _page(request, HTTPException(refused.status, NOT_NOW))
            except HTTPException as error:
                if error.status_code < 400:
                    raise  # the way to the sign-in page
                return await _page(request, error)

        return with_pages


async def _page(request: Request, error: HTTPException) -> Response:
    """Make the page in a thread: who is signed in stands in the database."""
    return await run_in_threadpool(error_page, request, error)
