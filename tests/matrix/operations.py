"""Every operation of the application: the pupils' interface, those of the OpenAPI description, and the pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from delivery.api import OPERATIONS
from delivery.console.actions import ACTIONS
from delivery.console.remedies import REMEDIES
from delivery.interface import PREFIX

ROOM, ONE = (
    "/personeel/afnames/{administration}/{action}",
    "/personeel/afnames/{administration}/leerlingen/{sitting}/{action}",
)
EXPANDED = {ROOM: [action.name for action in ACTIONS], ONE: list(REMEDIES)}
"""Routes that are several operations."""


@dataclass(frozen=True, order=True)
class Operation:
    """One method on one address.

    Attributes
    ----------
    template : address with names of parameters
    """

    method: str
    template: str

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    def address(self, values: dict[str, str]) -> str:
        """Address with the parameters filled in; what is not known is 1."""
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: values.get(found[1], "1"), self.template)


def operations(app: FastAPI) -> list[Operation]:
    """All of them, in an order in which those that end a room come last.

    Raises
    ------
    AssertionError
        If the description names what is not in the list.
    """
    found = {operation for route in _routes(app) for operation in _of(route)}
    found |= {Operation(each.method, PREFIX + each.template) for each in OPERATIONS}
    described = {
        Operation(method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods
    }
    assert described <= found, described - found
    return sorted(found, key=lambda operation: (_harm(operation), operation))


def _routes(app: FastAPI) -> list[APIRoute]:
    """Routes, also of routers that are kept whole."""
    flat: list[APIRoute] = []
    waiting: list[Any] = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            flat.append(route)
        else:
            waiting += getattr(getattr(route, "original_router", None) or route, "routes", None) or []
    return flat


def _of(route: APIRoute) -> list[Operation]:
    """Operations of one route."""
    templates = [route.path]
    if route.path in EXPANDED:
        templates = [route.path.replace("{action}", action) for action in EXPANDED[route.path]]
    return [Operation(method, template) for method in (route.methods or set()) - {"HEAD"} for template in templates]


def _harm(operation: Operation) -> int:
    """What changes most comes last, so that it spoils nothing for the others."""
    last = (
        "{position}",
        "hand-in",
        "seal",
        "ongeldig",
        "geldig",
        "heropen",
        "andere-leerling",
        "sluit",
        "bevries",
        "afmelden",
    )
    name = operation.template.rpartition("/")[2]
    if name not in last or "/drafts/" in operation.template:
        return int(operation.method != "GET")
    return last.index(name) + 2
