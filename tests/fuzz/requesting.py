"""Requests that schemathesis makes of one operation, each sent by somebody, and the replies held to the description."""

from __future__ import annotations

import asyncio
import traceback
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.matrix.operations import Operation
from tests.matrix.place import Actor, MatrixPlace
from tests.matrix.policy import TARGETS, refusal

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
BASE = "http://peil.test"


@dataclass(frozen=True)
class Tried:
    """One operation: as the matrix knows it, and as it is described."""

    operation: Operation
    described: APIOperation


@dataclass(frozen=True)
class Sender:
    """Who sends, and what stands in the address in place of what was made up."""

    actor: Actor
    values: dict[str, str]


@dataclass
class Finding:
    """What came of one operation.

    Attributes
    ----------
    statuses : how often each came
    faults : in words, with the request that showed it first
    """

    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


def fuzz(runner: asyncio.Runner, place: MatrixPlace, tried: Tried, examples: int, chance: int) -> Finding:
    """Send requests as described, and as many that are not; half of them from whoever may, about what there is."""
    found, rightful = Finding(), rightful_senders(place, tried.operation)
    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    anybody = st.sampled_from([Sender(actor, {}) for actor in place.actors])
    senders = st.one_of(st.sampled_from(rightful), anybody) if rightful else anybody
    for mode in MODES:

        @seed(chance)
        @limits
        @given(tried.described.as_strategy(generation_mode=mode), senders, st.booleans())
        def send(case: Case, sender: Sender, holds: bool) -> None:
            case.path_parameters = (case.path_parameters or {}) | sender.values
            if holds and isinstance(case.body, dict) and "epoch" in case.body:
                case.body = case.body | {"epoch": sender.actor.epoch}
            try_one(runner, case, sender.actor, found)

        try:
            send()
        except Unsatisfiable:  # nothing can be said to it that is not as described
            continue
    return found


def rightful_senders(place: MatrixPlace, operation: Operation) -> list[Sender]:
    """Whom nobody refuses for who they are, with the identifiers of what is theirs."""
    found = []
    for actor in place.actors:
        for target in TARGETS:
            if refusal(operation, actor, target):
                continue
            laptop = place.schools[target.school].laptops[target.seat]
            known = {
                "administration": str(place.schools[target.room].room.administration_id),
                "sitting": laptop.sitting,
                "position": str(laptop.head["current"]["position"]),
            }
            named = {name: value for name, value in known.items() if f"{{{name}}}" in operation.template}
            found.append(Sender(actor, named))
    return found


def try_one(runner: asyncio.Runner, case: Case, actor: Actor, found: Finding) -> None:
    """Send one request, and note what is wrong with the reply."""
    if actor.form_token and isinstance(case.body, dict) and case.media_type == "application/x-www-form-urlencoded":
        case.body = case.body | {"form_token": actor.form_token}
    try:
        reply = runner.run(_send(case, actor))
    except (UnicodeError, httpx2.InvalidURL, httpx2.LocalProtocolError):
        return  # no client can send this
    except Exception:  # whatever the application lets through is what is looked for
        last = traceback.format_exc().strip().splitlines()
        found.statuses[500] += 1
        found.faults.setdefault(last[-1], "\n".join([case.as_curl_command(), *last[-8:]]))
        return
    found.statuses[reply.status_code] += 1
    try:
        case.validate_response(reply, checks=CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            found.faults.setdefault(f"{type(failure).__name__} {reply.status_code}", f"{actor.name}: {failure}")


async def _send(case: Case, actor: Actor) -> httpx2.Response:
    """Send a case as somebody; who has no headers of their own says what was made up."""
    made: dict[str, Any] = case.as_transport_kwargs(base_url=BASE)
    headers = {**made.pop("headers"), **actor.headers}
    made.pop("cookies", None)
    if isinstance(made.get("data"), bytes | str):
        made["content"] = made.pop("data")
    safe = {name: quote(str(value), safe=" \t!#$%&'()*+,-./:;<=>?@[]^_`{|}~") for name, value in headers.items()}
    return await actor.client.request(made.pop("method"), made.pop("url"), headers=safe, **made)
