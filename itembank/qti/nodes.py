"""One internal form for both spellings of QTI: ``qti-base-value`` of 3.0 and ``baseValue`` of 2.x."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.etree import _Element

_IRREGULAR = {"durationLt": "durationLT", "durationGte": "durationGTE"}


@lru_cache(maxsize=2048)
def camel_case(name: str) -> str:
    """Return ``base-type`` as ``baseType``; names without a hyphen stay as they are."""
    head, *tail = name.split("-")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


@lru_cache(maxsize=2048)
def _qti_name(local: str) -> str:
    """Name of an element without the prefix of 3.0, in the spelling of 2.x."""
    if not local.startswith("qti-"):
        return local
    name = camel_case(local.removeprefix("qti-"))
    return _IRREGULAR.get(name, name)


def name_of(element: _Element) -> str:
    """Name of a QTI or HTML element in the internal spelling, whatever its version and namespace."""
    return _qti_name(etree.QName(element).localname)


def attribute(element: _Element, name: str, default: str = "") -> str:
    """Value of an attribute by its internal (camel case) name.

    Parameters
    ----------
    element : where it stands
    name : such as ``responseIdentifier``; ``response-identifier`` of 3.0 is found too
    default : returned when it is absent
    """
    value = element.get(name)
    if value is None:
        kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
        value = element.get(kebab)
    return default if value is None else value.strip()


def plain_number(text: str) -> float:
    """Number of a short text such as ``12`` or ``0.5``; 0 for anything else, signs and exponents too."""
    whole, _, part = text.partition(".")
    is_plain = text.isascii() and whole.isdigit() and (part.isdigit() or not part) and len(text) < 12
    return float(text) if is_plain else 0.0


@dataclass(frozen=True, slots=True)
class Node:
    """An element of a declaration or of response processing, in the internal spelling.

    Attributes
    ----------
    name : such as ``setOutcomeValue``
    attributes : internal spelling → value
    children : child elements in order
    text : the element's own text before its first child, as written
    tail : the text after it; only where a body is read
    line : where it stood in its file; no part of its identity
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Node, ...] = ()
    text: str = ""
    tail: str = ""
    line: int = field(default=0, compare=False)

    def get(self, name: str, default: str = "") -> str:
        """Value of an attribute, or the default."""
        return self.attributes.get(name, default)

    def child(self, name: str) -> Node | None:
        """First child of that name, or None."""
        return next((child for child in self.children if child.name == name), None)

    def walk(self) -> Iterator[Node]:
        """Every node below and including this one, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()


def node_of(element: _Element) -> Node:
    """Return the element and all below it in the internal form."""
    return Node(
        name=name_of(element),
        attributes={
            camel_case(str(key)): str(value).strip() for key, value in element.attrib.items() if "}" not in str(key)
        },
        children=tuple(node_of(child) for child in element if isinstance(child.tag, str)),
        text=element.text or "",
        tail=element.tail or "",
        line=element.sourceline or 0,
    )


def to_data(node: Node) -> list[Any]:
    """Return the node as plain lists for JSON: name, attributes, children, text."""
    return [node.name, dict(node.attributes), [to_data(child) for child in node.children], node.text]


def from_data(data: list[Any]) -> Node:
    """Return the node that `to_data` described."""
    name, attributes, children, text = data
    return Node(name, attributes, tuple(from_data(child) for child in children), text)
