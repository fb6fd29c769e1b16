"""The cookie that says who is signed in: signed, not readable by scripts, worth one working day."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from delivery.access import keyed_hash

STAFF_COOKIE = "peil_staff"
FORM_COOKIE = "peil_form"
STAFF_LIFE_S = 10 * 3600  # one working day, so that nobody is signed out in the middle of a test


@dataclass(frozen=True, slots=True)
class StaffTicket:
    """What the cookie holds.

    Attributes
    ----------
    staff_id : who signed in
    nonce : random, the same as long as the cookie; forms are bound to it
    proof : changes with the password, which so ends every sign-in made with the old one
    """

    staff_id: UUID
    nonce: str
    proof: str


def cookie_key(request: Request) -> bytes:
    """Key that signs cookies and forms of this installation."""
    key: bytes = request.app.state.config.secrets.cookie_key
    return key


def password_proof(key: bytes, password_hash: str) -> str:
    """Short keyed fingerprint of a password's hash."""
    return keyed_hash(key, "password", password_hash).hex()[:16]


def read_ticket(request: Request) -> StaffTicket | None:
    """Ticket in the request's cookie; None where there is none, or it is forged or too old."""
    try:
        staff_id, nonce, proof = _serializer(request).loads(request.cookies.get(STAFF_COOKIE, ""), max_age=STAFF_LIFE_S)
        return StaffTicket(UUID(staff_id), nonce, proof)
    except (BadData, ValueError, TypeError):
        return None


def give_ticket(request: Request, response: Response, staff_id: UUID, password_hash: str) -> None:
    """Sign somebody in on this browser."""
    proof = password_proof(cookie_key(request), password_hash)
    value = _serializer(request).dumps([str(staff_id), secrets.token_urlsafe(16), proof])
    set_cookie(request, response, STAFF_COOKIE, value)


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """Set a cookie that lasts until the browser closes, and that no other site and no script can use."""
    secure = request.app.state.config.secure_cookies
    response.set_cookie(name, value, httponly=True, secure=secure, samesite="lax", path="/")


def _serializer(request: Request) -> URLSafeTimedSerializer:
    """Signs with the cookie key; the salt keeps this use apart from every other."""
    return URLSafeTimedSerializer(cookie_key(request), salt="peil.staff")
