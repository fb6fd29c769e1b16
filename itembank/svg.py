"""Clean drawings: shapes and text stay; script, event handlers, animation and everything foreign go."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element

from itembank.markup import SVG
from itembank.qti.safe_xml import parse

_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_ELEMENT_NAMES = (
    "circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline radialGradient "
    "rect stop style svg symbol text textPath title tspan use"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_FOREIGN = re.compile(r"url\(\s*['\"]?\s*(?!#|['\"]?\s*#)|javascript:|expression\s*\(|@import|\\|data:", re.IGNORECASE)


def _is_harmless(name: str, value: str) -> bool:
    """Whether an attribute may stay: no handler, no address but a part of the same drawing."""
    if name in ("href", _XLINK_HREF):
        return value.strip().startswith("#")
    if name.startswith("{"):
        return name.startswith(_XML)
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
        If it is not well-formed, declares a document type, or is too large.
    """
    root = parse(content, file)
    removed: set[str] = set()
    _clean(root, removed)
    etree.cleanup_namespaces(root)
    return etree.tostring(root, encoding="utf-8", with_tail=False), tuple(sorted(removed))
