"""Pages of the item bank behind staff sign-in: who is signed in is who moves an item through its life."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

import itembank
from delivery import StaffRole
from delivery.people import StaffMember
from delivery.player.pages import ITEM_STYLES, preview_headers
from delivery.signin import CheckedForm, StaffRoute, form_token, require
from itembank import LifeCycleError, NotInBankError, State, pages
from itembank.pages import addresses
from peil.serving import installation_of
from peil.templating import FRAMING_HEADERS, page

LONGEST_REASON = 500
"""Characters; the form allows no more."""

router = APIRouter(include_in_schema=False, route_class=StaffRoute)
BankStaff = Annotated[StaffMember, Depends(require(StaffRole.PSYCHOMETRICIAN))]
"""Whoever may see keys: nobody of a school, and nobody of the ministry."""


@router.get(addresses.LIST)
def list_items(request: Request, staff: BankStaff) -> Response:
    """Items by what is looked for, a page at a time."""
    with Session(installation_of(request).web) as db:
        known = tuple(itembank.calibrations(db))
        return _page(request, staff, "Opgaven", pages.list_part(db, request.query_params, known))


@router.get(addresses.ITEM)
def show_item(request: Request, staff: BankStaff, naam: str, kalibratie: str = "") -> Response:
    """Everything that the bank knows of one version of an item, its key too."""
    try:
        with Session(installation_of(request).web) as db:
            facts = pages.item_facts(db, naam)
        part = pages.item_part(facts, form_token(request), calibration=kalibratie)
    except NotInBankError:
        raise HTTPException(404) from None
    return _page(request, staff, facts.item.name, part)


@router.get(addresses.PREVIEW)
def preview_item(request: Request, _staff: BankStaff, naam: str, kleuren: str = "light") -> Response:
    """What a pupil sees of a version: the delivered fragment, locked in."""
    if kleuren not in pages.THEMES:
        raise HTTPException(404)
    try:
        with Session(installation_of(request).web) as db:
            preview = pages.preview_document(db, naam, kleuren, ITEM_STYLES)
    except NotInBankError:
        raise HTTPException(404) from None
    return HTMLResponse(preview.document, headers=preview_headers(preview.style_source))


@router.get(addresses.DIFFERENCE)
def show_difference(request: Request, staff: BankStaff, van: str, naar: str) -> Response:
    """What two versions differ in."""
    try:
        with Session(installation_of(request).web) as db:
            part = pages.difference_part(db, van, naar)
    except NotInBankError:
        raise HTTPException(404) from None
    return _page(request, staff, f"{van} en {naar}", part)


@router.post(addresses.MOVE)
def move(request: Request, form: CheckedForm, staff: BankStaff) -> Response:
    """Bring a version into another state, in the name of who is signed in; a refusal is a sentence on its page."""
    name, why, state = _text(form, "naam"), _text(form, "waarom")[:LONGEST_REASON], _text(form, "staat")
    if state not in set(State):
        raise HTTPException(404)
    web = installation_of(request).web
    try:
        with Session(web) as db, db.begin():
            itembank.move_item(db, name, State(state), staff.email, why, f"staff:{staff.staff_id}")
    except NotInBankError:
        raise HTTPException(404) from None
    except LifeCycleError as error:
        return _refused(request, staff, name, pages.Attempt(pages.refusal(error), why))
    except IntegrityError:  # two persons at the same instant: the one who came second looks again
        return _refused(request, staff, name, pages.Attempt(pages.TAKEN, why))
    return RedirectResponse(addresses.item_address(name), status_code=303)


def _refused(request: Request, staff: StaffMember, name: str, attempt: pages.Attempt) -> Response:
    """The page of the item with the reason why it was not moved."""
    with Session(installation_of(request).web) as db:
        facts = pages.item_facts(db, name)
    part = pages.item_part(facts, form_token(request), attempt=attempt)
    return _page(request, staff, facts.item.name, part, status=409)


def _page(request: Request, staff: StaffMember, title: str, part: str, *, status: int = 200) -> Response:
    """A part in the frame of staff pages."""
    values = {"title": title, "part": Markup(part), "staff": staff, "form_token": form_token(request)}
    return page("bank.html", status=status, headers=FRAMING_HEADERS, **values)


def _text(form: FormData, name: str) -> str:
    """One text field."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
