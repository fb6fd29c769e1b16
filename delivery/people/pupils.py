"""What others may know of pupils: names by pseudonym for their own school, and which identifiers may never leave."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session, select

from delivery.isolation import in_school
from delivery.people.directory import list_schools
from delivery.tables import PupilRow


def pupil_names(db: Session, school_id: UUID, pseudonymise: Callable[[str], str]) -> dict[str, str]:
    """First and last name of a school's pupils, by pseudonym; for that school's eyes only.

    Parameters
    ----------
    db
        Database session.
    school_id
        Whose pupils.
    pseudonymise
        From Discimus ID to pseudonym, as in `sealed_sittings`.
    """
    in_school(db, school_id)
    pupils = db.exec(select(PupilRow).where(PupilRow.school_id == school_id))
    return {pseudonymise(pupil.discimus_id): f"{pupil.first_name} {pupil.last_name}" for pupil in pupils}


def discimus_ids(db: Session) -> frozenset[str]:
    """Discimus IDs of all pupils: what no file that leaves may hold."""
    found: set[str] = set()
    for school in list_schools(db):
        in_school(db, school.school_id)
        found.update(db.exec(select(PupilRow.discimus_id).where(PupilRow.school_id == school.school_id)))
    return frozenset(found)
