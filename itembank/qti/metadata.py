"""What a package says about an item: Learning Object Metadata, in whatever namespace and version."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element

from itembank.qti.sources import Metadata

GOAL_PURPOSES = ("educational objective", "competency", "curriculum goal")
"""Purposes of a classification that names curriculum goals (the first is LOM's own word)."""
_GOAL_SOURCES = ("doel", "goal", "objective")
_AREA, _ENEMY = "area:", "enemy:"


def _local(element: _Element) -> str:
    """Name without namespace."""
    return etree.QName(element).localname


def _below(element: _Element, *path: str) -> Iterator[_Element]:
    """Elements at a path of local names below the element."""
    if not path:
        yield element
        return
    for child in element:
        if isinstance(child.tag, str) and _local(child) == path[0]:
            yield from _below(child, *path[1:])


def _text(element: _Element) -> str:
    """All text, in one line."""
    return " ".join("".join(map(str, element.itertext())).split())


def _first(element: _Element, *path: str) -> str:
    """First text at a path that is not empty."""
    return next((text for found in _below(element, *path) if (text := _text(found))), "")


def _is_about_goals(classification: _Element) -> bool:
    """Whether a classification names curriculum goals, by its purpose, or by its source where it has none."""
    purpose = _first(classification, "purpose", "value").lower()
    source = _first(classification, "taxonPath", "source").lower()
    return purpose in GOAL_PURPOSES or (not purpose and any(word in source for word in _GOAL_SOURCES))


def _goals(lom: _Element) -> dict[str, tuple[str, int]]:
    """Codes of the curriculum goals, the last taxon of each path, with the path's source or "", and their line."""
    codes: dict[str, tuple[str, int]] = {}
    for classification in _below(lom, "classification"):
        if _is_about_goals(classification):
            for path in _below(classification, "taxonPath"):
                for found in list(_below(path, "taxon", "id"))[-1:]:
                    codes.setdefault(_text(found), (_first(path, "source"), found.sourceline or 0))
    return {code: place for code, place in codes.items() if code}


def _licence(lom: _Element) -> str:
    """What may be done with it: the rights in words, a classification by copyright, or the rights' bare value."""
    marked = (
        _first(classification, "taxonPath", "taxon", "entry")
        for classification in _below(lom, "classification")
        if _first(classification, "taxonPath", "source").lower() == "copyright"
    )
    words = _first(lom, "rights", "description") or next(filter(None, marked), "")
    return words or _first(lom, "rights", "copyrightAndOtherRestrictions", "value")


def read_metadata(parent: _Element) -> Metadata:
    """Read the ``lom`` inside an element of the manifest; without one, everything is empty.

    Parameters
    ----------
    parent : such as ``metadata`` of a resource
    """
    lom = next((found for found in parent.iter("*") if _local(found) == "lom"), None)
    if lom is None:
        return Metadata()
    keywords = [_text(found) for found in _below(lom, "general", "keyword")]
    areas = [word.removeprefix(_AREA).strip() for word in keywords if word.startswith(_AREA)]
    enemies = [word.removeprefix(_ENEMY).strip() for word in keywords if word.startswith(_ENEMY)]
    goals = _goals(lom)
    sources = tuple(source for source, _ in goals.values())
    return Metadata(
        title=_first(lom, "general", "title"),
        language=_first(lom, "general", "language"),
        area=areas[0] if areas else "",
        enemy=enemies[0] if enemies else "",
        goals=tuple(goals),
        keywords=tuple(word for word in keywords if word and not word.startswith((_AREA, _ENEMY))),
        licence=_licence(lom),
        difficulty=_first(lom, "educational", "difficulty", "value"),
        description=_first(lom, "general", "description"),
        sources=sources if any(sources) else (),
        goal_lines=tuple(line for _, line in goals.values()),
    )
