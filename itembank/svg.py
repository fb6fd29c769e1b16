"""Clean drawings: shapes and text stay; script, event handlers, animation and everything foreign go."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from itembank.errors import PackageError, Problem
from itembank.markup import SVG
from itembank.qti.safe_xml import parse

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ELEMENT_NAMES = (
    "circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline radialGradient "
    "rect stop style svg symbol text textPath title tspan use"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_LOADS = r"url\(\s*['\"]?\s*(?!#|['\"]?\s*#)|image-set|image\s*\(|src\s*\(|cross-fade|@import|//|data:"
_FOREIGN = re.compile(rf"{_LOADS}|javascript:|expression\s*\(|\\", re.IGNORECASE)
_PART = re.compile(r"url\(\s*['\"]?\s*#([^'\")]+)|^\s*#(.+)")
MOST_SHAPES = 20_000
"""Shapes that are drawn, each as often as it is used."""


def _is_harmless(name: str, value: str) -> bool:
    """Whether an attribute may stay: no handler, no address but a part of the same drawing."""
    if name in ("href", _XLINK_HREF):
        return value.strip().startswith("#")
    if name.startswith("{"):
        return name in (f"{_XML}lang", f"{_XML}space")  # not base: it would make a part of this drawing foreign
    return not name.lower().startswith("on") and not _FOREIGN.search(value)


def _clean(element: _Element, removed: set[str]) -> None:
    """Clean one element and all inside it."""
    for name in list(element.attrib):
        if not _is_harmless(str(name), element.get(name, "")):
            removed.add(f"attribute {etree.QName(str(name)).localname}")
            del element.attrib[name]
    for child in list(element):
        tag = etree.QName(child)
        foreign_style = tag.localname == "style" and bool(_FOREIGN.search("".join(map(str, child.itertext()))))
        if tag.namespace != SVG or tag.localname not in _ELEMENTS or foreign_style:
            removed.add(f"element {tag.localname}")
            element.remove(child)
        else:
            _clean(child, removed)


def _parts_used(element: _Element) -> list[str]:
    """Identifiers of the parts that an element draws again: a use, a pattern, a mask, a marker."""
    found = [match for value in element.attrib.values() for match in _PART.findall(str(value))]
    return [one or other for one, other in found]


class _Drawn:
    """Counts what is drawn: a few parts that use each other ten times swell to billions of shapes."""

    def __init__(self, root: _Element, file: str) -> None:
        self._file = file
        self._parts = {name: element for element in root.iter() if (name := element.get("id"))}
        self._counts: dict[_Element, int] = {}
        self._open: set[_Element] = set()

    def count(self, element: _Element) -> int:
        """Shapes drawn for an element, with all inside it and all it uses."""
        if element in self._open:
            raise self._refuse(element, "a part of the drawing uses itself")
        if element not in self._counts:
            self._open.add(element)
            used = [self._parts[name] for name in _parts_used(element) if name in self._parts]
            self._counts[element] = 1 + sum(self.count(part) for part in (*element, *used))
            self._open.remove(element)
        if self._counts[element] > MOST_SHAPES:
            why = f"the drawing draws more than {MOST_SHAPES} shapes, for its parts use each other"
            raise self._refuse(element, why)
        return self._counts[element]

    def _refuse(self, where: _Element, why: str) -> PackageError:
        """Return the error."""
        return PackageError([Problem(self._file, where.sourceline or 1, "picture", why, "Draw it out")])


def clean_svg(content: bytes, file: str) -> tuple[bytes, tuple[str, ...]]:
    """Clean a drawing.

    Parameters
    ----------
    content : bytes of an SVG file
    file : its name, for messages

    Returns
    -------
    tuple
        The cleaned bytes (UTF-8), and what was taken out.

    Raises
    ------
    PackageError
        If it is no drawing or not well-formed, declares a document type, or is too large or drawn too often.
    """
    root = parse(content, file)
    if root.tag != f"{{{SVG}}}svg":
        why = f"the root element is {etree.QName(root).localname} in no namespace of SVG, so this is no drawing"
        raise PackageError(
            [Problem(file, root.sourceline or 1, "picture", why, 'Give an svg with xmlns="' + SVG + '"')]
        )
    removed: set[str] = set()
    _clean(root, removed)
    try:
        _Drawn(root, file).count(root)
    except RecursionError:
        why = "its parts use each other too deeply"
        raise PackageError([Problem(file, root.sourceline or 1, "picture", why, "Draw it out")]) from None
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", with_tail=False), tuple(sorted(removed))
