"""Chromium's accessibility tree: what a screen reader is told of a page, and does for whoever uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page


@dataclass(frozen=True)
class Told:
    """What Chromium's accessibility tree says of one control."""

    role: str
    name: str
    value: str = ""


def value_of(node: dict[str, Any]) -> str:
    """Return what the control stands at: checked, pressed, or its value; and what describes it."""
    held = {one["name"]: str(one["value"].get("value", "")) for one in node.get("properties", ())}
    text = held.get("checked") or held.get("pressed") or str(node.get("value", {}).get("value", ""))
    described = node.get("description", {}).get("value")
    return f"{text} ({described})" if described else text


def spoken(name: str) -> str:
    """Leave out the spaces that Chromium puts between boxes, which nobody hears."""
    return re.sub(r"\s+(?=[:,])", "", " ".join(name.split()))


def _told(node: dict[str, Any]) -> Told:
    """Role, name and value of a node."""
    return Told(node["role"]["value"], spoken(node["name"]["value"]), value_of(node))


def _nodes(page: Page) -> list[dict[str, Any]]:
    """Everything in the tree that has a name."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node.get("ignored") and "name" in node]


def tree(page: Page) -> set[Told]:
    """Role, name and value of everything in Chromium's accessibility tree."""
    return {_told(node) for node in _nodes(page)}


def is_called(told: Told, name: str) -> bool:
    """Whether a control has a name; what it holds may follow."""
    return told.name == name or told.name.startswith((f"{name}:", f"{name},"))


class Reader:
    """Somebody who knows a page by roles and names alone, as whoever uses a screen reader does."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._client = page.context.new_cdp_session(page)

    def look_up(self, name: str, *roles: str) -> Told:
        """Say what the first control of that name is."""
        return _told(self._find(name, roles))

    def press(self, name: str, *roles: str) -> None:
        """Do what a control is there for, as a screen reader asks the browser to."""
        held = self._client.send("DOM.resolveNode", {"backendNodeId": self._find(name, roles)["backendDOMNodeId"]})
        self._client.send(
            "Runtime.callFunctionOn",
            {"objectId": held["object"]["objectId"], "functionDeclaration": "function () { this.click(); }"},
        )

    def focus(self, name: str, *roles: str) -> None:
        """Put the focus on a control."""
        self._client.send("DOM.focus", {"backendNodeId": self._find(name, roles)["backendDOMNodeId"]})

    def focused(self) -> Told:
        """Say what has the focus."""
        held = self._client.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
        found = {"objectId": held, "fetchRelatives": False}
        node = self._client.send("Accessibility.getPartialAXTree", found)["nodes"][0]
        return _told(node) if "name" in node else Told("", "")

    def _find(self, name: str, roles: tuple[str, ...]) -> dict[str, Any]:
        """First node of one of these roles with that name."""
        seen = [node for node in _nodes(self._page) if node["role"]["value"] in roles]
        for node in seen:
            if is_called(_told(node), name):
                return node
        raise AssertionError(f"no {' or '.join(roles)} is called {name!r}, only {[_told(node).name for node in seen]}")
