"""Who is signed in, and what that person may see."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, HTTPException
from sqlmodel import Session
from starlette.requests import Request

from delivery.people import StaffMember, StaffRole, find_staff, load_staff
from delivery.signin.cookies import StaffTicket, cookie_key, password_proof, read_ticket

SIGN_IN_PATH = "/personeel/aanmelden"
NOT_ALLOWED = "Met jouw rol kun je deze pagina niet openen."


@dataclass(frozen=True, slots=True)
class SchoolStaff:
    """Staff of a school: every query of the console takes ``school_id`` from here, never from an address."""

    staff: StaffMember
    school_id: UUID


def load_signed_in(db: Session, ticket: StaffTicket, key: bytes) -> StaffMember | None:
    """Who a ticket stands for; None where the account is gone or has another password since."""
    member = load_staff(db, ticket.staff_id)
    found = find_staff(db, member.email) if member is not None else None
    if found is None or not hmac.compare_digest(password_proof(key, found[1]), ticket.proof):
        return None
    return member


def find_signed_in(request: Request) -> StaffMember | None:
    """Who is signed in on this browser, read from the database; None where nobody is."""
    ticket = read_ticket(request)
    if ticket is None:
        return None
    with Session(request.app.state.database) as db:
        return load_signed_in(db, ticket, cookie_key(request))


def current_staff(request: Request) -> StaffMember:
    """Dependency: who is signed in, read from the database at every request.

    Raises
    ------
    HTTPException
        303 to the sign-in page, which comes back here afterwards.
    """
    member = find_signed_in(request)
    if member is not None:
        return member
    query = f"?{request.url.query}" if request.url.query else ""
    back = quote(f"{request.url.path}{query}", safe="/") if request.method == "GET" else "/personeel"
    raise HTTPException(303, headers={"Location": f"{SIGN_IN_PATH}?naar={back}"})


CurrentStaff = Annotated[StaffMember, Depends(current_staff)]


def require(*roles: StaffRole) -> Callable[[StaffMember], StaffMember]:
    """Dependency: somebody in one of these roles; 403 for anybody else."""

    def allowed(staff: CurrentStaff) -> StaffMember:
        if staff.role not in roles:
            raise HTTPException(403, NOT_ALLOWED)
        return staff

    return allowed


def school_staff(
    staff: Annotated[StaffMember, Depends(require(StaffRole.PROCTOR, StaffRole.COORDINATOR))],
) -> SchoolStaff:
    """Dependency: proctor or coordinator of a school.

    Raises
    ------
    HTTPException
        303 to the sign-in page, or 403.
    """
    if staff.school_id is None:
        raise HTTPException(403, NOT_ALLOWED)
    return SchoolStaff(staff, staff.school_id)
