"""Forms that only our own pages can send: a hidden token, bound to a cookie that other sites cannot read."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, HTTPException
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from delivery.access import keyed_hash
from delivery.signin.cookies import FORM_COOKIE, cookie_key, read_ticket, set_cookie

TOKEN_FIELD = "form_token"
STALE = "Deze pagina is verlopen. Ga terug, laad de pagina opnieuw en probeer het nog eens."


def form_token(request: Request) -> str:
    """Token for the forms of a page, bound to who is signed in."""
    ticket = read_ticket(request)
    return _token(request, ticket.nonce) if ticket else ""


def anonymous_form_token(request: Request, nonce: str) -> str:
    """Token for the form of the sign-in page, bound to this browser by `give_form_nonce`."""
    return _token(request, nonce)


def form_nonce(request: Request) -> str:
    """Random value of this browser; a fresh one where it has none yet."""
    return request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(16)


def give_form_nonce(request: Request, response: Response, nonce: str) -> None:
    """Let the browser keep its random value."""
    set_cookie(request, response, FORM_COOKIE, nonce)


async def checked_form(request: Request) -> FormData:
    """Fields of a form that one of our own pages sent.

    Raises
    ------
    HTTPException
        403 where the token is missing or another one.
    """
    form = await request.form(max_files=0, max_fields=20)
    _check(request, form)
    return form


async def checked_upload(request: Request) -> AsyncIterator[FormData]:
    """Fields and the one file of a form that one of our own pages sent (see `checked_form`); closed afterwards."""
    async with request.form(max_files=1, max_fields=20) as form:
        _check(request, form)
        yield form


def _check(request: Request, form: FormData) -> None:
    """Refuse a form whose token is not this browser's."""
    given = form.get(TOKEN_FIELD)
    ticket = read_ticket(request)
    nonce = ticket.nonce if ticket else request.cookies.get(FORM_COOKIE)
    if (
        not isinstance(given, str)
        or not nonce
        or not hmac.compare_digest(given.encode(), _token(request, nonce).encode())
    ):
        raise HTTPException(403, STALE)


def _token(request: Request, nonce: str) -> str:
    """Keyed hash that only this installation can make."""
    return keyed_hash(cookie_key(request), "form", nonce).hex()


CheckedForm = Annotated[FormData, Depends(checked_form)]
CheckedUpload = Annotated[FormData, Depends(checked_upload, scope="function")]
