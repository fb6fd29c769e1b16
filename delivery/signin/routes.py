"""Routes of sign-in: the page, the check of the password, and signing out."""

from __future__ import annotations

from threading import BoundedSemaphore
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from delivery.people import StaffMember, find_staff
from delivery.player.pages import html_page
from delivery.signin.cookies import STAFF_COOKIE, give_ticket
from delivery.signin.forms import CheckedForm, anonymous_form_token, form_nonce, form_token, give_form_nonce
from delivery.signin.limits import budget_of, budgets_of
from delivery.signin.pages import StaffRoute
from delivery.signin.passwords import hash_of_nobody, is_password
from delivery.signin.staff import SIGN_IN_PATH, CurrentStaff

HOME = "/personeel"
WRONG = "Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Kijk ze na en probeer het opnieuw."
BUSY = "Er melden zich nu veel mensen tegelijk aan. Probeer het over enkele seconden opnieuw."
BUSY_S = 3
CHECKS = BoundedSemaphore(2)
"""Passwords that one worker checks at the same time: each takes 64 MiB and a core, and pupils come first."""

router = APIRouter(include_in_schema=False, route_class=StaffRoute)


@router.get(SIGN_IN_PATH)
def sign_in_page(request: Request, naar: str = HOME) -> Response:
    """Ask for address and password."""
    return _sign_in_page(request, naar)


@router.post(SIGN_IN_PATH)
def sign_in(request: Request, form: CheckedForm) -> Response:
    """Check the password, and go on to where one came from."""
    email, back = _text(form, "email").strip().lower(), _own_path(_text(form, "naar"))
    failures, budgets = budget_of(request), budgets_of(request, email)
    wait_s = failures.draw(budgets)
    if wait_s:
        message = f"Er is te vaak een verkeerd wachtwoord getypt. Probeer het over {_minutes(wait_s)} opnieuw."
        return _later(request, back, message, email, wait_s)
    if not CHECKS.acquire(blocking=False):
        failures.give_back(budgets)
        return _later(request, back, BUSY, email, BUSY_S)
    try:
        found = _checked_account(request, email, _text(form, "password"))
    finally:
        CHECKS.release()
    if found is None:
        return _sign_in_page(request, back, status=401, message=WRONG, email=email)
    failures.give_back(budgets)
    failures.forget(budgets[0][0])
    response = RedirectResponse(back, status_code=303)
    member, password_hash = found
    give_ticket(request, response, member.staff_id, password_hash)
    return response


@router.post("/personeel/afmelden")
def sign_out(_form: CheckedForm, _staff: CurrentStaff) -> Response:
    """Forget who is signed in on this browser."""
    response = RedirectResponse(SIGN_IN_PATH, status_code=303)
    response.delete_cookie(STAFF_COOKIE, path="/")
    return response


def _checked_account(request: Request, email: str, password: str) -> tuple[StaffMember, str] | None:
    """Who has this address and password, with its hash; takes as long when there is no such account."""
    with Session(request.app.state.database) as db:
        found = find_staff(db, email)
    return found if is_password(password, found[1] if found else hash_of_nobody()) else None


def _later(request: Request, back: str, message: str, email: str, wait_s: int) -> Response:
    """Sign-in page that asks for patience; nothing was checked."""
    page = _sign_in_page(request, back, status=429, message=message, email=email)
    page.headers["Retry-After"] = str(wait_s)
    return page


def _sign_in_page(request: Request, back: str, *, status: int = 200, message: str = "", email: str = "") -> Response:
    """Sign-in page whose form is bound to this browser."""
    nonce = form_nonce(request)
    notice = request.app.state.config.demo_notice
    page = html_page(
        "signin/signin.html",
        status=status,
        form_token=form_token(request) or anonymous_form_token(request, nonce),
        back=_own_path(back),
        message=message,
        email=email,
        notice=notice,
    )
    give_form_nonce(request, page, nonce)
    return page


def _own_path(address: str) -> str:
    """Return the address if it is a page of ours, else the home page of staff."""
    parts = urlsplit(address)
    own = not parts.scheme and not parts.netloc and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if own else HOME


def _text(form: FormData, field: str) -> str:
    """One text field; "" where it is missing."""
    value = form.get(field, "")
    return value if isinstance(value, str) else ""


def _minutes(seconds: int) -> str:
    """Say a waiting time in Dutch."""
    minutes = -(-seconds // 60)
    return "1 minuut" if minutes == 1 else f"{minutes} minuten"
