"""Who may ask for what, written down apart from the code that decides it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.matrix.operations import Operation
from tests.matrix.place import Actor

SIGN_IN = 303
SCHOOL = frozenset({"proctor", "coordinator"})
COORDINATOR = frozenset({"coordinator"})
PSYCHOMETRICIAN = frozenset({"psychometrician"})
STAFF = SCHOOL | PSYCHOMETRICIAN | {"ministry"}

ANYBODY = re.compile(
    r"(/|/speler/.*|/toets(/.*)?|/oefentoets(/.*)?|/laptopcontrole(/.*)?|/media/.*|/static/.*|/personeel/aanmelden|/api/v1/entry|/api/v1/sealed)"
)
TICKET = re.compile(r"/api/v1/entry/.*")
"""Whoever has no ticket, which right codes give, is nobody there."""
PUPIL = re.compile(r"/api/v1/sittings/{sitting}(/.*)?")
ONE_PUPIL = r"/personeel/afnames/{administration}/leerlingen/{sitting}/"
ROLES = (
    (re.compile(ONE_PUPIL + "(ongeldig|geldig|laat-meetellen|niet-meetellen)"), COORDINATOR),
    (re.compile(r"/personeel/afnames/{administration}/verslag/onderteken"), COORDINATOR),
    (re.compile(r"/personeel/afnames/{administration}(/.*)?"), SCHOOL),
    (re.compile(r"/personeel/inhaalmoment(\.csv)?"), SCHOOL),
    (re.compile(r"/personeel/noodbestand"), SCHOOL),
    (re.compile(r"/personeel(/afmelden)?"), STAFF),
    (re.compile(r"/rapporten(/.*)?"), COORDINATOR),
    (re.compile(r"/itembank(/.*)?"), PSYCHOMETRICIAN),
)


@dataclass(frozen=True)
class Target:
    """Whose identifiers are in the address: a room and a sitting, each of a school."""

    name: str
    room: int
    school: int
    seat: int


TARGETS = (
    Target("school 0", 0, 0, 0),
    Target("school 1", 1, 1, 0),
    Target("room of 0, sitting of 1", 0, 1, 0),
    Target("room of 1, sitting of 0", 1, 0, 0),
)


def refusal(operation: Operation, actor: Actor, target: Target) -> int:
    """Status with which somebody is refused; 0 where nobody refuses who it is.

    Raises
    ------
    AssertionError
        If nobody said who may do this.
    """
    if ANYBODY.fullmatch(operation.template):
        return 0
    if TICKET.fullmatch(operation.template):
        return 401
    if PUPIL.fullmatch(operation.template):
        return _refusal_of_a_laptop(actor, target)
    for template, roles in ROLES:
        if template.fullmatch(operation.template):
            return _refusal_of_staff(operation, actor, target, roles)
    raise AssertionError(f"{operation}: say in tests/matrix/policy.py who may do this")


def _refusal_of_a_laptop(actor: Actor, target: Target) -> int:
    """Only the laptop that holds a sitting may ask for it."""
    if actor.kind not in {"pupil", "old"}:
        return 401
    if (actor.school, actor.seat) != (target.school, target.seat):
        return 403
    return 409 if actor.kind == "old" else 0


def _refusal_of_staff(operation: Operation, actor: Actor, target: Target, roles: frozenset[str]) -> int:
    """Who is nobody signs in, who has another role is told so, and what is another school's does not exist."""
    if actor.kind not in STAFF:
        return SIGN_IN if operation.method == "GET" else 403
    has_room = "{administration}" in operation.template
    is_own = target.room == actor.school and ("{sitting}" not in operation.template or target.school == actor.school)
    if actor.kind in SCHOOL and has_room and not is_own:
        return 404
    return 0 if actor.kind in roles else 403
