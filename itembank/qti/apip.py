"""Accessibility content of QTI 2.x (APIP 1.0), brought into the form of catalogs."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from itembank.qti.catalogs import LONGEST_SPOKEN, REFERENCE, Support, Supports, read_catalogs
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of

_WHOLE = ("fullString", "objectLink")
_KEPT = "Nothing to do; it stays in the stored source"


def read_supports(root: _Element, body: _Element, language: str, findings: Findings) -> Supports:
    """Read what an item offers with its parts, in catalogs or in ``accessibilityInfo``.

    Parameters
    ----------
    root : of the parsed item
    body : the private copy of what is shown; a part that APIP speaks of is given the reference of a catalog
    language : BCP 47 tag of the item, or ""
    findings : told what is refused, and what is kept without being shown
    """
    supports = read_catalogs(root, body, language, findings)
    for apip in _below(root, "apipAccessibility"):
        parts = {element.get(name, ""): element for name in ("identifier", "id") for element in body.iter("*")}
        for info in _below(apip, "accessibilityInfo"):
            for access in _below(info, "accessElement"):
                _read_access(access, parts, supports, findings)
        for order in _below(apip, "inclusionOrder"):
            why = "the order of reading of APIP is not used: parts are read as they stand"
            findings.warn(order, "inclusionOrder", why, _KEPT)
    return supports


def _below(element: _Element, *names: str) -> Iterator[_Element]:
    """Children with one of these names."""
    return (child for child in element.iterchildren("*") if name_of(child) in names)


def _read_access(access: _Element, parts: dict[str, _Element], supports: Supports, findings: Findings) -> None:
    """Read one element of access, and tie what it says to the part that it names."""
    support = _read_related(access, supports, findings)
    if not (support.spoken or support.sound):
        return
    for link in _below(access, "contentLinkInfo"):
        name = attribute(link, "qtiLinkIdentifierRef")
        part = parts.get(name)
        is_whole = any(True for held in link.iter("*") if name_of(held) in _WHOLE)
        if part is None or not is_whole:
            why = "what is said of a part of a text is not used" if part is not None else "the part is not shown"
            findings.warn(link, f"accessibilityInfo of {name[:60]!r}", why, _KEPT)
        else:
            key = f"apip-{len(supports.known)}"
            part.set(REFERENCE, f"{part.get(REFERENCE, '')} {key}".strip())
            supports.known[key] = support


def _read_related(access: _Element, supports: Supports, findings: Findings) -> Support:
    """Read what is spoken; everything else is named."""
    spoken = sound = ""
    for related in _below(access, "relatedElementInfo"):
        for held in related.iterchildren("*"):
            if name_of(held) != "spoken":
                why = f"{name_of(held)[:60]} is not supported: kept in the source"
                findings.warn(held, "accessibilityInfo", why, _KEPT)
                continue
            texts = [" ".join((text.text or "").split()) for text in _below(held, "spokenText")]
            spoken = spoken or next(filter(None, texts), "")[:LONGEST_SPOKEN]
            for file in _below(held, "audioFileInfo"):
                href = "".join((one.text or "").strip() for one in _below(file, "fileHref"))
                sound = sound or supports.add_sound(href, file, findings)
    return Support(spoken, sound)
