"""Looking up schools, classes and staff."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from delivery.errors import UnknownRecordError
from delivery.isolation import in_no_school, in_school
from delivery.people.values import SCHOOL_ROLES, KnownClass, KnownSchool, StaffMember, StaffRole
from delivery.tables import ClassRow, SchoolRow, StaffRow


def list_schools(db: Session) -> tuple[KnownSchool, ...]:
    """All schools, by name; the transaction has no school afterwards."""
    in_no_school(db)
    rows = db.exec(select(SchoolRow).order_by(col(SchoolRow.name), col(SchoolRow.sourced_id)))
    return tuple(KnownSchool(row.school_id, row.sourced_id, row.name) for row in rows)


def list_classes(db: Session, school_id: UUID) -> tuple[KnownClass, ...]:
    """Classes of a school, by title."""
    in_school(db, school_id)
    rows = db.exec(select(ClassRow).where(ClassRow.school_id == school_id).order_by(col(ClassRow.title)))
    return tuple(KnownClass(row.school_id, row.class_id, row.sourced_id, row.title) for row in rows)


def add_staff(
    db: Session, email: str, password_hash: str, role: StaffRole, school_id: UUID | None, name: str = ""
) -> StaffMember:
    """Add someone who may sign in, or give a known address a new password, role and school. The caller commits.

    Raises
    ------
    UnknownRecordError
        If a role of a school comes without a school that exists.
    """
    address = email.strip().lower()
    school = db.get(SchoolRow, school_id) if school_id is not None else None
    if role in SCHOOL_ROLES and school is None:
        raise UnknownRecordError(f"{address}: a {role} belongs to a school; there is none with identifier {school_id}")
    row = db.exec(select(StaffRow).where(StaffRow.email == address)).first()
    row = row or StaffRow(staff_id=uuid4(), email=address, password_hash="", name="", role="")
    row.password_hash, row.role, row.school_id = password_hash, role, school_id
    row.name = name or row.name or address
    db.add(row)
    db.flush()
    return _member(row, school)


def find_staff(db: Session, email: str) -> tuple[StaffMember, str] | None:
    """Someone who signs in, with the hash of the password; None where nobody has this address."""
    row = db.exec(select(StaffRow).where(StaffRow.email == email.strip().lower())).first()
    if row is None:
        return None
    return _member(row, db.get(SchoolRow, row.school_id) if row.school_id else None), row.password_hash


def load_staff(db: Session, staff_id: UUID) -> StaffMember | None:
    """A member of staff; None where there is none."""
    row = db.get(StaffRow, staff_id)
    return _member(row, db.get(SchoolRow, row.school_id) if row.school_id else None) if row else None


def _member(row: StaffRow, school: SchoolRow | None) -> StaffMember:
    """Frozen value of a row."""
    return StaffMember(
        row.staff_id, row.email, row.name, StaffRole(row.role), row.school_id, school.name if school else ""
    )
