"""People: rosters, pupils, staff."""

from delivery.people.directory import add_staff, find_staff, list_classes, list_schools, load_staff
from delivery.people.importing import import_roster
from delivery.people.oneroster import read_oneroster
from delivery.people.pupils import discimus_ids, pupil_names
from delivery.people.values import (
    Enrolment,
    KnownClass,
    KnownSchool,
    Pupil,
    Roster,
    RosterCounts,
    School,
    SchoolClass,
    StaffMember,
    StaffRole,
)

__all__ = [
    "Enrolment",
    "KnownClass",
    "KnownSchool",
    "Pupil",
    "Roster",
    "RosterCounts",
    "School",
    "SchoolClass",
    "StaffMember",
    "StaffRole",
    "add_staff",
    "discimus_ids",
    "find_staff",
    "import_roster",
    "list_classes",
    "list_schools",
    "load_staff",
    "pupil_names",
    "read_oneroster",
]
