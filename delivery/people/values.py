"""A roster as frozen values: schools, classes, pupils and who sits where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class School:
    """A school; ``identifier`` is its lasting identifier in the roster's system."""

    identifier: str
    name: str


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class of a school."""

    identifier: str
    school: str
    title: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A pupil, with the reasonable accommodations (kind → value)."""

    identifier: str
    discimus_id: str
    first_name: str
    last_name: str
    accommodations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A pupil in a class."""

    pupil: str
    school_class: str


@dataclass(frozen=True, slots=True)
class Roster:
    """A whole roster; every reference in it is known to exist."""

    schools: tuple[School, ...]
    classes: tuple[SchoolClass, ...]
    pupils: tuple[Pupil, ...]
    enrolments: tuple[Enrolment, ...]


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """What an import left in the database for the schools of the roster."""

    schools: int
    classes: int
    pupils: int
    enrolments: int
    accommodations: int


class StaffRole(StrEnum):
    """What a member of staff may do."""

    PROCTOR = "proctor"
    COORDINATOR = "coordinator"
    PSYCHOMETRICIAN = "psychometrician"
    MINISTRY = "ministry"


SCHOOL_ROLES = frozenset({StaffRole.PROCTOR, StaffRole.COORDINATOR})
"""Roles that belong to one school."""


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """A school as the database knows it."""

    school_id: UUID
    identifier: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class as the database knows it."""

    school_id: UUID
    class_id: UUID
    identifier: str
    title: str


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Someone who may sign in; no password."""

    staff_id: UUID
    email: str
    name: str
    role: StaffRole
    school_id: UUID | None
    school_name: str
