"""What two versions of an item differ in, for a person who must judge the change."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import Node
from itembank.qti.safe_xml import parse
from itembank.qti.sources import ItemSource

KEY, TEXT, REST = "key", "text", "other parts of the file"
_PARSER = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same.

    Attributes
    ----------
    what : ``key`` for anything that changes how it is scored, ``text`` for what is shown, else the field's name; where
        none of these changed, ``other parts of the file``
    before, after : as words; of a text the lines that went and that came, a line each
    """

    what: str
    before: str
    after: str


def differences(one: ItemSource, other: ItemSource) -> tuple[Difference, ...]:
    """What a later version changes, what matters most first.

    Parameters
    ----------
    one, other : the earlier and the later version
    """
    found = [*_in_scoring(one, other), *_in_text(one, other), *_in_fields(one, other)]
    return tuple(found) or tuple(_changed(REST, *(_written(parse(item.xml, item.file)) for item in (one, other))))


def _in_scoring(one: ItemSource, other: ItemSource) -> Iterator[Difference]:
    """Declarations and rules that changed."""
    before, after = (scoring_words(item) for item in (one, other))
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Difference(f"{KEY}: {name}", before.get(name, ""), after.get(name, ""))


def scoring_words(item: ItemSource) -> dict[str, str]:
    """Name of every declaration and set of rules that scores an item → the same as it would be written, on one line."""
    parts = {"points": str(item.maximum)}
    for node in item.program.nodes:
        parts[f"{node.name} {node.get('identifier')}"] = _words(node)
    for name, rules in item.program.sections.items():
        parts[name] = " ".join(_words(rule) for rule in rules)
    return parts


def _words(node: Node) -> str:
    """A rule or a declaration on one line, as it would be written."""
    written = "".join(f' {key}="{value}"' for key, value in sorted(node.attributes.items()))
    return f"<{node.name}{written}>{node.text}{''.join(_words(child) for child in node.children)}</{node.name}>"


def _in_text(one: ItemSource, other: ItemSource) -> Iterator[Difference]:
    """Lines of what is shown that went or came."""
    return _changed(TEXT, *(_written(item.body.root) for item in (one, other)))


def _changed(what: str, before: list[str], after: list[str]) -> Iterator[Difference]:
    """Lines that went or came; nothing where all stayed."""
    changed = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]
    if changed:
        gone, come = ([line[2:] for line in changed if line[0] == sign] for sign in "-+")
        yield Difference(what, "\n".join(gone), "\n".join(come))


def _written(root: _Element) -> list[str]:
    """An element a line; white space that changes nothing is left out."""
    text: str = etree.tostring(etree.fromstring(etree.tostring(root), _PARSER), pretty_print=True, encoding="unicode")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _in_fields(one: ItemSource, other: ItemSource) -> Iterator[Difference]:
    """Fields about the item that changed."""
    before, after = (_fields(item) for item in (one, other))
    for name, value in before.items():
        if value != after[name]:
            yield Difference(name, value, after[name])


def _fields(item: ItemSource) -> dict[str, str]:
    """Name of a field → its words."""
    known = item.metadata
    return {
        "title": item.title,
        "language": item.body.language,
        "area": known.area,
        "goals": ", ".join(known.goals),
        "keywords": ", ".join(known.keywords),
        "enemies": known.enemy,
        "licence": known.licence,
        "difficulty": known.difficulty,
        "description": known.description,
        "passage": item.stimulus_name,
        "pictures and recordings": ", ".join(f"{href} {stored}" for href, stored in sorted(item.media.items())),
    }
