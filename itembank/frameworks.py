"""Curriculum goals: frameworks read from CASE files (1EdTech Competencies and Academic Standards Exchange)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itembank.errors import FrameworkError

LARGEST_FILE = 50 * 1024**2  # bytes; the standards of a whole country take a few million
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Goal:
    """One curriculum goal.

    Attributes
    ----------
    code : what people and items call it (CASE: humanCodingScheme), unique in its framework
    statement : what pupils should know or be able to do
    parent : code of the goal or heading it belongs to, "" for none
    kind : what sort of statement it is, such as ``eindterm``; "" where nobody says
    """

    code: str
    statement: str
    parent: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Framework:
    """A set of goals that belong together.

    Attributes
    ----------
    identifier : of the document, the same in every edition
    title : of the document
    goals : in the order of the file
    """

    identifier: str
    title: str
    goals: tuple[Goal, ...]


def read_framework(path: Path) -> Framework:
    """Read a CASE package of JSON: a document, its items, and which item is a child of which.

    Items without a code are headings: goals below them belong to the next coded one above.

    Raises
    ------
    FrameworkError
        If it is no such file, or goals have no statement, share a code, or are their own ancestors; the message names
        the file and the goals.
    """
    data = _read_json(path)
    document, items = data.get("CFDocument"), data.get("CFItems")
    if not isinstance(document, dict) or not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise FrameworkError(f"{path}: this is no CASE package: it needs a CFDocument and a list of CFItems")
    identifier, title = _text(document, "identifier"), _text(document, "title")
    if not identifier or not title:
        raise FrameworkError(f"{path}: the CFDocument needs an identifier and a title")
    known = {_text(one, "identifier"): one for one in items}
    if "" in known or len(known) < len(items):
        raise FrameworkError(f"{path}: every one of the CFItems needs an identifier of its own")
    parents = _parents(path, data, known, identifier)
    goals = tuple(
        Goal(
            code=_text(one, "humanCodingScheme"),
            statement=_text(one, "fullStatement"),
            parent=_coded_above(path, own, known, parents),
            kind=_text(one, "CFItemType"),
        )
        for own, one in known.items()
        if _text(one, "humanCodingScheme")
    )
    _check(path, goals)
    return Framework(identifier, title, goals)


def _read_json(path: Path) -> Mapping[str, Any]:
    """Return the object that a file holds."""
    if path.stat().st_size > LARGEST_FILE:
        raise FrameworkError(f"{path}: larger than any framework ({LARGEST_FILE // 1024**2} MB)")
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise FrameworkError(f"{path}: this is no text in UTF-8. Save it as UTF-8.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise FrameworkError(f"{path}: this is no JSON ({error})") from None
    if not isinstance(data, dict):
        raise FrameworkError(f"{path}: this is no CASE package: it must hold one object")
    return data


def _text(data: Mapping[str, Any], name: str) -> str:
    """Text of a field, without double spaces; "" where it is missing or no text."""
    value = data.get(name, "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _parents(path: Path, data: Mapping[str, Any], known: Mapping[str, Any], document: str) -> dict[str, str]:
    """Identifier of each item that is a child → that of its parent."""
    associations = data.get("CFAssociations") or []
    if not isinstance(associations, list) or not all(isinstance(one, dict) for one in associations):
        raise FrameworkError(f"{path}: CFAssociations must be a list of objects")
    parents: dict[str, str] = {}
    for one in associations:
        if _text(one, "associationType") != "isChildOf":
            continue
        child, parent = (_node(one, end) for end in ("originNodeURI", "destinationNodeURI"))
        missing = [node for node in (child, parent) if node not in known and node != document]
        if missing:
            raise FrameworkError(f"{path}: an association names the item {missing[0]!r}, which is none of the CFItems")
        if parent != document:
            parents.setdefault(child, parent)
    return parents


def _node(association: Mapping[str, Any], end: str) -> str:
    """Identifier at one end of an association."""
    node = association.get(end)
    return _text(node, "identifier") if isinstance(node, dict) else ""


def _coded_above(path: Path, own: str, known: Mapping[str, Any], parents: Mapping[str, str]) -> str:
    """Code of the nearest item above that has one; "" for none."""
    seen, here = {own}, parents.get(own, "")
    while here:
        if here in seen:
            raise FrameworkError(f"{path}: the goal {_text(known[own], 'humanCodingScheme')!r} is its own ancestor")
        if code := _text(known[here], "humanCodingScheme"):
            return code
        seen.add(here)
        here = parents.get(here, "")
    return ""


def _check(path: Path, goals: tuple[Goal, ...]) -> None:
    """Refuse a framework that items cannot refer to."""
    if not goals:
        raise FrameworkError(f"{path}: none of the CFItems has a code (humanCodingScheme), so no item can name it")
    doubled = sorted(code for code, n in Counter(goal.code for goal in goals).items() if n > 1)
    silent = sorted(goal.code for goal in goals if not goal.statement)
    for what, codes in (("share a code", doubled), ("have no statement", silent)):
        if codes:
            more = f" and {len(codes) - MOST_SHOWN} more" if len(codes) > MOST_SHOWN else ""
            raise FrameworkError(f"{path}: goals {what}: {', '.join(codes[:MOST_SHOWN])}{more}")
    parents = {goal.code: goal.parent for goal in goals}
    for code in parents:
        seen, here = set(), code
        while here:
            if here in seen:
                raise FrameworkError(f"{path}: the goal {here!r} is its own ancestor")
            seen.add(here)
            here = parents.get(here, "")
