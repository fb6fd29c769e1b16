"""Take the body of an item or passage apart from the rest, and check everything in it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lxml.etree import _Element

from itembank.lengths import reaches_too_far
from itembank.markup import (
    HTML_ELEMENTS,
    INTERACTIONS,
    MATH_ELEMENTS,
    MATH_SKIPPED,
    SKIPPED_SUBTREES,
    UNWRAPPED,
    is_math,
    local_name,
    spoken_formula,
)
from itembank.qti.addresses import is_foreign
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of
from itembank.qti.places import PICTURES, hiding
from itembank.qti.recordings import unify_recordings

_CHOICES = ("simpleChoice", "inlineChoice", "hottext", "simpleAssociableChoice", "simpleMatchSet", "gapText", "gap")
_GRAPHIC = ("hotspotChoice", "associableHotspot", "gapImg")
_TEMPLATES = frozenset(["printedVariable", "templateBlock", "templateInline"])
_OUTER = ("itemBody", "stimulusBody", "rubricBlock")
_KNOWN = HTML_ELEMENTS | UNWRAPPED | {*_CHOICES, *_GRAPHIC, *_TEMPLATES, *_OUTER, "prompt", "label"}


def drop(element: _Element) -> None:
    """Take an element out and leave the text after it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def is_for_raters(element: _Element) -> bool:
    """Whether a rubric block is not meant for the candidate."""
    return name_of(element) == "rubricBlock" and "candidate" not in attribute(element, "view").split()


def private_copy(body: _Element, findings: Findings) -> _Element:
    """Copy the body alone, without rubrics for raters, feedback and styles; objects of sound become recordings.

    Parameters
    ----------
    body : ``itemBody`` or ``stimulusBody`` of the parsed file
    findings : told what is left out
    """
    copy = deepcopy(body)
    copy.tail = None
    for element in list(copy.iter("*")):
        name = name_of(element)
        if name in SKIPPED_SUBTREES:
            if name != "catalogInfo":  # read by itself
                why = "it is not shown during a test"
                findings.warn(element, local_name(element), why, "Nothing to do; it stays in the stored source")
            drop(element)
        elif is_for_raters(element):
            drop(element)
    unify_recordings(copy, findings)
    return copy


def picture_href(element: _Element) -> str:
    """Address of a picture: ``src`` of an image, ``data`` of an object."""
    return attribute(element, "src" if name_of(element) == "img" else "data")


def _is_told_otherwise(picture: _Element) -> bool:
    """Whether a picture without ``alt`` is an object that holds its words, or a card that has a label of its own."""
    around = picture.getparent()
    is_card = around is not None and name_of(around) == "gapImg"  # without a label, that is said of the card
    return is_card or (name_of(picture) == "object" and bool("".join(map(str, picture.itertext())).strip()))


def _check_picture(element: _Element, findings: Findings, pictures: dict[str, int]) -> None:
    """Check a picture's address, type and text alternative."""
    href = picture_href(element)
    if is_foreign(href):
        findings.refuse(
            element,
            local_name(element),
            f"the picture's address {href[:60]!r} is not a file of the package",
            "Put the picture into the package and refer to it by a relative path",
        )
        return
    if name_of(element) == "object" and not attribute(element, "type").startswith("image/"):
        findings.refuse(
            element,
            "object",
            f"the type {attribute(element, 'type')!r} is not supported",
            "Use a PNG, JPEG or SVG picture, or a recording",
        )
        return
    if (hidden := hiding(element)) is not None:
        why = f"a picture in this place of {local_name(hidden)} is not shown"
        findings.warn(element, local_name(element), why, "Put it above the question, into the prompt or into a choice")
    if element.get("alt") is None and not _is_told_otherwise(element):
        remedy = 'Add alt="…" (alt="" for decoration)'
        findings.warn(element, local_name(element), "the picture has no text alternative", remedy)
    pictures.setdefault(href, element.sourceline or 0)


def _check_attributes(element: _Element, findings: Findings) -> None:
    """Refuse event handlers; say that styles are left out."""
    for name in element.attrib:
        plain = str(name).rpartition("}")[2].lower()
        if plain.startswith("on"):
            findings.refuse(element, local_name(element), f"the event handler {plain} is not allowed", "Remove it")
        elif plain == "style":
            findings.warn(element, "style", "inline styles are not used", "Use the shared classes of QTI 3")


def _check_math(element: _Element, findings: Findings) -> None:
    """Refuse what is no plain MathML; say which formula has no words."""
    name = local_name(element)
    if name == "math" and not spoken_formula(element):
        remedy = 'Add alttext="…" with the formula in words'
        findings.warn(element, "math", "the formula has no text alternative", remedy)
    for key, value in element.attrib.items():
        if reaches_too_far(str(key), str(value)):
            why = f"{key} is {str(value)[:20]!r}, which could draw outside the formula; it is not used"
            findings.warn(element, name, why, "Write a shorter length, in em")
    if name not in MATH_ELEMENTS | MATH_SKIPPED:
        findings.refuse(element, name, "this element of MathML is not supported", "Write the formula without it")


def check_content(
    root: _Element,
    findings: Findings,
    on_interaction: Callable[[_Element], None],
    on_template: Callable[[_Element], None],
    on_recording: Callable[[_Element], None],
) -> dict[str, int]:
    """Check every element of a private copy; anything unknown is refused by its name.

    Parameters
    ----------
    root : a copy made by `private_copy`
    findings : told what is wrong
    on_interaction : called with every interaction
    on_template : called with everything that a draw fills or shows
    on_recording : called with everything that can be played

    Returns
    -------
    dict
        hrefs of the pictures → line.
    """
    pictures: dict[str, int] = {}
    for element in root.iter("*"):
        name = name_of(element)
        _check_attributes(element, findings)
        if name in _TEMPLATES or attribute(element, "templateIdentifier"):
            on_template(element)
        if is_math(element):
            _check_math(element, findings)
        elif name.endswith("Interaction"):
            on_interaction(element)
        elif name in PICTURES:
            _check_picture(element, findings, pictures)
        elif name == "a":
            findings.warn(element, "a", "links are shown as plain text", "Remove the link")
        elif name == "audio":
            on_recording(element)
        elif name not in _KNOWN:
            _refuse_element(element, findings)
    return pictures


def _refuse_element(element: _Element, findings: Findings) -> None:
    """Refuse what cannot be shown, by its name, unless what holds it is refused or read by its own."""
    if _inside_refused(element):
        return
    why, remedy = "this element is not supported", "Write the content without it"
    if name_of(element) == "video":
        why, remedy = "films are not supported", "Use pictures or a recording"
    findings.refuse(element, local_name(element), why, remedy)


def _inside_refused(element: _Element) -> bool:
    """Whether it stands in an interaction that is refused by its own name already, or in an object or medium."""
    return any(
        ((name := name_of(parent)).endswith("Interaction") and name not in INTERACTIONS)
        or name in ("object", "audio", "video")
        for parent in element.iterancestors()
    )
