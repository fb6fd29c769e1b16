"""Writing a roster to the database: idempotent, school by school."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.people.values import Pupil, Roster, RosterCounts, School
from delivery.tables import AccommodationRow, ClassRow, EnrolmentRow, PupilRow, SchoolRow


def import_roster(db: Session, roster: Roster) -> RosterCounts:
    """Bring the schools of a roster to what it says: rows are added and changed, enrolments replaced.

    The caller commits. A pupil who is no longer enrolled stays known, for the sittings that were taken, and so does a
    class that is gone. On PostgreSQL this is the owner's work: the web role makes no schools.
    """
    n_accommodations = sum(_import_school(db, roster, school) for school in roster.schools)
    return RosterCounts(
        schools=len(roster.schools),
        classes=len(roster.classes),
        pupils=len(roster.pupils),
        enrolments=len(roster.enrolments),
        accommodations=n_accommodations,
    )


def _import_school(db: Session, roster: Roster, school: School) -> int:
    """One school: itself, its classes, its pupils; returns how many accommodations."""
    row = db.exec(select(SchoolRow).where(SchoolRow.sourced_id == school.identifier)).first()
    row = row or SchoolRow(school_id=uuid4(), sourced_id=school.identifier, name=school.name)
    row.name = school.name
    db.add(row)
    db.flush()
    school_id = row.school_id
    in_school(db, school_id)
    classes = _import_classes(db, roster, school, school_id)
    members = [enrolment for enrolment in roster.enrolments if enrolment.school_class in classes]
    here = {enrolment.pupil for enrolment in members}
    pupils = _import_pupils(db, [pupil for pupil in roster.pupils if pupil.identifier in here], school_id)
    db.execute(delete(EnrolmentRow).where(col(EnrolmentRow.school_id) == school_id))
    for enrolment in members:
        db.add(
            EnrolmentRow(
                school_id=school_id, class_id=classes[enrolment.school_class], pupil_id=pupils[enrolment.pupil]
            )
        )
    n_accommodations = _import_accommodations(db, roster, pupils, school_id)
    db.flush()
    return n_accommodations


def _import_classes(db: Session, roster: Roster, school: School, school_id: UUID) -> dict[str, UUID]:
    """Classes of a school, by their identifier in the roster."""
    known = {row.sourced_id: row for row in db.exec(select(ClassRow).where(ClassRow.school_id == school_id))}
    classes: dict[str, UUID] = {}
    for group in roster.classes:
        if group.school == school.identifier:
            row = known.get(group.identifier) or ClassRow(
                school_id=school_id, class_id=uuid4(), sourced_id=group.identifier, title=group.title
            )
            row.title = group.title
            db.add(row)
            classes[group.identifier] = row.class_id
    db.flush()
    return classes


def _import_pupils(db: Session, pupils: list[Pupil], school_id: UUID) -> dict[str, UUID]:
    """Pupils of a school, by their identifier in the roster; the Discimus ID tells who is who."""
    known = {row.discimus_id: row for row in db.exec(select(PupilRow).where(PupilRow.school_id == school_id))}
    imported: dict[str, UUID] = {}
    for pupil in pupils:
        row = known.get(pupil.discimus_id) or PupilRow(
            school_id=school_id,
            pupil_id=uuid4(),
            discimus_id=pupil.discimus_id,
            first_name=pupil.first_name,
            last_name=pupil.last_name,
        )
        row.first_name, row.last_name = pupil.first_name, pupil.last_name
        db.add(row)
        imported[pupil.identifier] = row.pupil_id
    db.flush()
    return imported


def _import_accommodations(db: Session, roster: Roster, pupils: dict[str, UUID], school_id: UUID) -> int:
    """Replace the accommodations of the pupils of a roster."""
    wanted: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    for pupil in roster.pupils:
        if pupil.identifier in pupils:
            wanted[pupils[pupil.identifier]] = dict(pupil.accommodations)
    for row in db.exec(select(AccommodationRow).where(AccommodationRow.school_id == school_id)):
        if row.pupil_id in wanted:
            db.delete(row)
    db.flush()
    for pupil_id, kinds in wanted.items():
        for kind, value in kinds.items():
            db.add(AccommodationRow(school_id=school_id, pupil_id=pupil_id, kind=kind, value=value))
    return sum(len(kinds) for kinds in wanted.values())
