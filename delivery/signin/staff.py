"""Who is signed in, and what that person may see."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, HTTPException
from sqlmodel import Session, func, select
from starlette.requests import Request

from delivery.signin.cookies import cookie_key, password_proof, read_ticket
from delivery.tables import SchoolRow, StaffRow

SIGN_IN_PATH = "/personeel/aanmelden"
NOT_ALLOWED = "Met jouw rol kan je deze pagina niet openen."


class Role(StrEnum):
    """What somebody does; the words on the screen are in the templates."""

    PROCTOR = "proctor"
    COORDINATOR = "coordinator"
    PSYCHOMETRICIAN = "psychometrician"
    MINISTRY = "ministry"


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is signed in.

    Attributes
    ----------
    school_id, school : the one school this person may see; None and "" for staff without a school
    """

    staff_id: UUID
    email: str
    name: str
    role: Role
    school_id: UUID | None
    school: str


@dataclass(frozen=True, slots=True)
class SchoolStaff:
    """Staff of a school: every query of the console takes ``school_id`` from here, never from an address."""

    staff: Staff
    school_id: UUID


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """A member of staff with the hash of the password; does not leave this package."""

    staff: Staff
    password_hash: str


def find_account(db: Session, email: str) -> Account | None:
    """Account with this address, however it is written."""
    return _account(db, func.lower(StaffRow.email) == email.strip().lower())


def load_account(db: Session, staff_id: UUID) -> Account | None:
    """Account of somebody who signed in before; None when it was removed since."""
    return _account(db, StaffRow.staff_id == staff_id)


def _account(db: Session, condition: object) -> Account | None:
    """The one account that meets the condition."""
    statement = select(StaffRow, SchoolRow).outerjoin(SchoolRow, StaffRow.school_id == SchoolRow.school_id)  # type: ignore[arg-type]  # SQLModel types a comparison as bool
    found = db.exec(statement.where(condition)).first()  # type: ignore[arg-type]  # the same
    if found is None:
        return None
    row, school = found
    staff = Staff(row.staff_id, row.email, row.name, Role(row.role), row.school_id, "" if school is None else school.name)
    return Account(staff, row.password_hash)


def current_staff(request: Request) -> Staff:
    """Dependency: who is signed in, read from the database at every request.

    Raises
    ------
    HTTPException
        303 to the sign-in page, which comes back here afterwards.
    """
    ticket = read_ticket(request)
    if ticket is not None:
        with Session(request.app.state.database) as db:
            account = load_account(db, ticket.staff_id)
        if account is not None:
            proof = password_proof(cookie_key(request), account.password_hash)
            if hmac.compare_digest(proof, ticket.proof):
                return account.staff
    query = f"?{request.url.query}" if request.url.query else ""
    back = quote(f"{request.url.path}{query}", safe="/") if request.method == "GET" else "/personeel"
    raise HTTPException(303, headers={"Location": f"{SIGN_IN_PATH}?naar={back}"})


CurrentStaff = Annotated[Staff, Depends(current_staff)]


def require(*roles: Role) -> Callable[[Staff], Staff]:
    """Dependency: somebody in one of these roles; 403 for anybody else."""

    def allowed(staff: CurrentStaff) -> Staff:
        if staff.role not in roles:
            raise HTTPException(403, NOT_ALLOWED)
        return staff

    return allowed


def school_staff(staff: Annotated[Staff, Depends(require(Role.PROCTOR, Role.COORDINATOR))]) -> SchoolStaff:
    """Dependency: proctor or coordinator of a school.

    Raises
    ------
    HTTPException
        303 to the sign-in page, or 403.
    """
    if staff.school_id is None:
        raise HTTPException(403, NOT_ALLOWED)
    return SchoolStaff(staff, staff.school_id)
