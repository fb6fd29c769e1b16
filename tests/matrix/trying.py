"""Try every operation as everybody, on own and on foreign identifiers, and say what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.delivery.delivery_world import Laptop, answer_body
from tests.matrix.operations import Operation, operations
from tests.matrix.place import Actor, MatrixPlace
from tests.matrix.policy import TARGETS, Target, refusal

ENDLESS = "/personeel/afnames/{administration}/stroom"
"""A stream that goes on; whoever may read it is not tried, its room's overview is the same page."""
SIGN_IN_PATH = "/personeel/aanmelden"
"""Refuses by itself: a wrong password, a form without its token."""
EVIDENCE = ("delivery_event",)
"""What a laptop that was replaced may still add: its answer is never thrown away (point 17 of the protocol)."""


@dataclass
class Cell:
    """One operation as one actor, over all targets: how often it was refused as it should, and what was wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


Matrix = dict[Operation, dict[str, Cell]]


async def try_all(place: MatrixPlace, only: str = "") -> Matrix:
    """First everything that must be refused, with the database compared after each; then all that may be done.

    Parameters
    ----------
    place
        The installation.
    only
        Beginning of the addresses that are tried.
    """
    found: Matrix = {}
    listed = [operation for operation in operations(place.app) if operation.template.startswith(only)]
    for operation in listed:
        row = found[operation] = {actor.name: Cell() for actor in place.actors}
        before = place.fingerprint()
        for actor, target in _pairs(place, operation, refused=True):
            await _try(place, operation, actor, target, row[actor.name])
        _compare(before, place.fingerprint(), operation, row)
    for operation in listed:
        if operation.template != ENDLESS:
            for actor, target in _pairs(place, operation, refused=False):
                await _try(place, operation, actor, target, found[operation][actor.name])
    return found


def _pairs(place: MatrixPlace, operation: Operation, *, refused: bool) -> Iterator[tuple[Actor, Target]]:
    """Who asks for whose; an address without identifiers is asked for once."""
    targets = TARGETS if "{" in operation.template else TARGETS[:1]
    for actor in place.actors:
        for target in targets:
            if bool(refusal(operation, actor, target)) is refused:
                yield actor, target


async def _try(place: MatrixPlace, operation: Operation, actor: Actor, target: Target, cell: Cell) -> None:
    """Ask once, and compare the status and what is in the reply."""
    reply = await _ask(place, operation, actor, target)
    cell.statuses[reply.status_code] += 1
    expected = refusal(operation, actor, target)
    if expected and reply.status_code != expected:
        cell.wrong.append(f"{operation} as {actor.name} for {target.name}: {reply.status_code}, not {expected}")
    if not expected and operation.template != SIGN_IN_PATH and reply.status_code in {401, 403, 500}:
        cell.wrong.append(f"{operation} as {actor.name} for {target.name}: refused with {reply.status_code}")
    if reply.status_code == 303 and expected and "/personeel/aanmelden" not in reply.headers["location"]:
        cell.wrong.append(f"{operation} as {actor.name}: sent to {reply.headers['location']}")
    asked = str(reply.request.url)
    for secret in _foreign(place, actor):
        if secret in reply.text and secret not in asked:
            cell.wrong.append(f"{operation} as {actor.name} for {target.name}: leaks {secret!r}")


async def _ask(place: MatrixPlace, operation: Operation, actor: Actor, target: Target) -> httpx2.Response:
    """One request, as complete as its rightful sender would make it."""
    room, laptop = place.schools[target.room].room, place.schools[target.school].laptops[target.seat]
    values = {
        "administration": str(room.administration_id),
        "sitting": laptop.sitting,
        "device": "00" * 32,
        "name": "0" * 64,
        "position": str(laptop.head["current"]["position"]),
    }
    options: dict[str, Any] = {"headers": actor.headers}
    if operation.template.startswith("/api/"):
        options["json"] = _body(operation, laptop, actor)
    elif operation.method == "POST":
        reason = {"reason": "om te proberen", "minutes": "1", "once": uuid4().hex, "pupil": str(uuid4())}
        options["data"] = {"form_token": actor.form_token, "email": "x", "password": "x", **reason}
    if operation.method == "GET":
        options.pop("json", None)
    return await actor.client.request(operation.method, operation.address(values), **options)


def _body(operation: Operation, laptop: Laptop, actor: Actor) -> dict[str, Any]:
    """Body that would be taken from the laptop that holds the sitting; codes and tickets that nobody has."""
    if "/answers/" in operation.template or "/drafts/" in operation.template:
        current = laptop.head["current"]
        return dict(answer_body(current["position"], current["item"], "B", epoch=actor.epoch))
    if "/entry" in operation.template:
        return {"room_code": "AAAAAA", "seat_code": "AAAAAA", "ticket": "e30.e30"}
    if operation.template.endswith("/sealed"):
        return {"rows": ["e30"]}
    return {"epoch": actor.epoch, "position": 0, "wanted": True, "used": ["lines"], "times": 1}


def _foreign(place: MatrixPlace, actor: Actor) -> Iterator[str]:
    """What this actor may never read: secrets of other schools, and for pupils those of everybody else."""
    for number, school in enumerate(place.schools):
        if number != actor.school:
            yield from school.secrets
        elif actor.kind in {"pupil", "old"}:
            own = school.pupils[actor.seat or 0]
            yield from (name for name in school.pupils if name != own)
            yield from (laptop.sitting for seat, laptop in enumerate(school.laptops) if seat != actor.seat)


def _compare(before: dict[str, str], after: dict[str, str], operation: Operation, row: dict[str, Cell]) -> None:
    """Whoever was refused changed nothing."""
    changed = {table for table in before | after if before.get(table) != after.get(table)}
    allowed = set(EVIDENCE) if "/answers/" in operation.template else set()
    if changed - allowed:
        next(iter(row.values())).wrong.append(f"{operation}: a refused request changed {', '.join(sorted(changed))}")
