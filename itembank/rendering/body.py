"""Build the HTML of an item's or passage's body, element by element, from what the allow-list names.

Nothing is copied that is not named: an attribute or element that reading overlooked does not reach a pupil.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from itembank.errors import ReleaseError
from itembank.lengths import reaches_too_far
from itembank.markup import (
    HTML_ATTRIBUTES,
    HTML_ELEMENTS,
    MATH_ATTRIBUTES,
    MATH_ELEMENTS,
    MATH_SKIPPED,
    SKIPPED_SUBTREES,
    UNWRAPPED,
    XML_LANG,
    is_math,
    local_name,
    spoken_formula,
)
from itembank.qti.bodies import picture_href
from itembank.qti.catalogs import REFERENCE, Support
from itembank.qti.nodes import attribute, name_of
from itembank.qti.recordings import recording_hrefs, recordings
from itembank.values import ResponseField, Shuffle

_BLOCKS = frozenset(["p", "div"])


@dataclass(frozen=True, slots=True)
class Page:
    """What rendering knows besides the body; no key and no parameter is among it.

    Attributes
    ----------
    fields : what is asked, by response identifier
    base_types : base type of each
    media : href as written → stored name ``sha256.ext``
    shuffles : choices that were marked so far, in order; their bounds are numbers of marks
    parts : choices that a draw shows or leaves out → number of the blank
    supports : what is offered with its parts, by identifier of the catalog
    recordings : names of what can be played in it
    """

    fields: Mapping[str, ResponseField]
    base_types: Mapping[str, str]
    media: Mapping[str, str]
    shuffles: list[Shuffle] = field(default_factory=list)
    parts: Mapping[_Element, int] = field(default_factory=dict)
    supports: Mapping[str, Support] = field(default_factory=dict)
    recordings: Mapping[_Element, str] = field(default_factory=dict)

    def place(self, identifier: str) -> str:
        """Say which of several fields it is: " 2 van 3", or "" for the only one."""
        names = list(self.fields)
        return f" {names.index(identifier) + 1} van {len(names)}" if len(names) > 1 else ""


Renderer = Callable[[_Element, _Element, Page], None]
CONTROLS: dict[str, Renderer] = {}
"""What builds each interaction; filled by `itembank.rendering.controls`."""


def add_text(parent: _Element, text: str | None) -> None:
    """Append text behind what the parent holds."""
    if not text:
        return
    last = _last(parent)
    if last is None:
        parent.text = (parent.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def _last(parent: _Element) -> _Element | None:
    """Last child; lxml counts all children for ``len(parent)``, which makes long bodies quadratic."""
    return next(parent.iterchildren(reversed=True), None)


def add_content(source: _Element, target: _Element, page: Page, *, phrasing: bool = False) -> None:
    """Append everything inside the source to the target.

    Parameters
    ----------
    source : element of the body
    target : element of the page
    page : what rendering knows besides
    phrasing : only phrasing content fits here (a label, a legend): blocks become ``span class="block"``
    """
    mark_supports(source, target, page)
    add_text(target, source.text)
    for child in source:
        add_element(child, target, page, phrasing=phrasing)
        add_text(target, child.tail)


def mark_supports(source: _Element, target: _Element, page: Page) -> None:
    """Say on a part of the page what is offered with it: words to read aloud, a recording, cards by number."""
    for name in source.get(REFERENCE, "").split():
        support = page.supports.get(name, Support())
        if support.spoken:
            target.set("data-spoken", support.spoken)
        if support.sound:
            target.set("data-sound", media_address(support.sound, page, "recording"))
        if support.card is not None:
            target.set("data-card", str(list(page.supports).index(name) + 1))
        if support.transcript is not None and name_of(source) == "audio":
            target.set("data-transcript", str(list(page.supports).index(name) + 1))


def media_address(href: str, page: Page, what: str = "picture") -> str:
    """Address of stored content by its href as written.

    Raises
    ------
    ReleaseError
        If it is not among the media.
    """
    stored = page.media.get(href)
    if stored is None:
        raise ReleaseError(f"the {what} {href!r} is not in the bank: import the item with its package")
    return f"/media/{stored}"


def add_element(element: _Element, target: _Element, page: Page, *, phrasing: bool = False) -> None:
    """Append one element and all inside it; what the allow-list does not name is left out."""
    before = _last(target)
    _add_element(element, target, page, phrasing)
    if element.get(REFERENCE):
        added = next(target.iterchildren(), None) if before is None else before.getnext()
        if added is not None:
            mark_supports(element, added, page)


def _add_element(element: _Element, target: _Element, page: Page, phrasing: bool) -> None:
    """Append it by the rule for its name."""
    name = name_of(element)
    if is_math(element):
        _add_math(element, target, page)
    elif name in CONTROLS:
        CONTROLS[name](element, target, page)
    elif name in ("img", "object"):
        _add_picture(element, target, page)
    elif name == "audio":
        _add_recording(element, target, page)
    elif name in UNWRAPPED:
        inside = etree.SubElement(target, "span") if element.get(REFERENCE) else target
        add_content(element, inside, page, phrasing=phrasing)
    elif name == "rubricBlock":
        add_content(element, etree.SubElement(target, "div", {"class": "rubric"}), page)
    elif name in HTML_ELEMENTS and name not in SKIPPED_SUBTREES:
        add_content(element, _add_html(element, target, name, phrasing), page, phrasing=phrasing)


def _add_html(element: _Element, target: _Element, name: str, phrasing: bool) -> _Element:
    """Append the element with the attributes that are allowed."""
    if phrasing and name in _BLOCKS:
        added = etree.SubElement(target, "span", {"class": "block"})
    else:
        added = etree.SubElement(target, name)
    for allowed in sorted(HTML_ATTRIBUTES.get(name, ())):
        value = element.get(allowed)
        if value is not None:
            added.set(allowed, value)
    language = element.get(XML_LANG) or element.get("lang")
    if language:
        added.set("lang", language)
    shared = [word for word in element.get("class", "").split() if word.startswith("qti-")]
    if shared and not added.get("class"):
        added.set("class", " ".join(shared))
    return added


def _add_math(element: _Element, target: _Element, page: Page) -> None:
    """Append MathML without prefix, as HTML wants it."""
    name = local_name(element)
    if name in MATH_SKIPPED or name not in MATH_ELEMENTS:
        return
    added = etree.SubElement(target, name)
    for key in element.attrib:
        if str(key) in MATH_ATTRIBUTES and not reaches_too_far(str(key), element.get(key, "")):
            added.set(str(key), element.get(key, ""))
    if name == "math" and (spoken := spoken_formula(element)):
        added.set("aria-label", spoken)  # Chromium makes no name of alttext
    add_text(added, element.text)
    for child in element:
        if is_math(child):
            _add_math(child, added, page)
        add_text(added, child.tail)


def _add_picture(element: _Element, target: _Element, page: Page) -> None:
    """Append a picture by the address of its stored content."""
    source = media_address(picture_href(element), page)
    alternative = element.get("alt")
    if alternative is None:
        alternative = " ".join("".join(str(part) for part in element.itertext()).split())
    added = etree.SubElement(target, "img", {"src": source, "alt": alternative})
    for side in ("width", "height"):
        size = attribute(element, side)
        if size.isdecimal() and len(size) < 5:
            added.set(side, size)


def recording_names(body: _Element) -> dict[_Element, str]:
    """What a pupil is told that each recording is: which of how many in the body, and how its author calls it."""
    every, names = recordings(body), {}
    for number, element in enumerate(every, 1):
        name = "Geluidsfragment" + (f" {number} van {len(every)}" if len(every) > 1 else "")
        given = " ".join((element.get("aria-label") or element.get("title") or "").split())
        names[element] = f"{name}: {given}" if given else name
    return names


def _add_recording(element: _Element, target: _Element, page: Page) -> None:
    """Append a recording that the browser's own buttons play, with a name that says which it is."""
    attributes = {"aria-label": page.recordings[element], "controls": "", "controlslist": "nodownload"}
    added = etree.SubElement(target, "audio", attributes | {"preload": "none"})
    addresses = [media_address(href, page, "recording") for href in recording_hrefs(element)]
    if len(addresses) == 1:
        added.set("src", addresses[0])
        return
    for address in addresses:
        etree.SubElement(added, "source", {"src": address})


def to_html(root: _Element) -> str:
    """Write a built tree as HTML text.

    Parameters
    ----------
    root : element without namespaces
    """
    written = etree.tostring(root, method="html", encoding="unicode", with_tail=False)
    return written.replace("></source>", ">")  # lxml writes HTML 4, which knows no such element
