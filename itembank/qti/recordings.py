"""Recordings that every pupil may play: ``audio`` in a body, and an ``object`` of sound, which is read as one."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from itembank.markup import INTERACTIONS, local_name
from itembank.qti.addresses import is_foreign
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of

_AUDIO = "{*}audio"
_CLOSED = frozenset(
    ["inlineChoice", "hottext", "simpleAssociableChoice", "gapText", "gap", "gapImg", "label", "rt", "rp"]
)
"""Parts that are shown as a button or in a list, where nothing can be played; so are choices that are put in order."""
_UNUSED = {"autoplay": "pupils start a recording themselves", "loop": "a recording ends at its end"}


def unify_recordings(body: _Element, findings: Findings) -> None:
    """Make every object of sound an ``audio``, and take out of each what only browsers without sound would show.

    Parameters
    ----------
    body : a copy, which is changed
    findings : told what is left out
    """
    for element in list(body.iter("{*}object", _AUDIO)):
        if name_of(element) == "object":
            if not attribute(element, "type").startswith("audio/"):
                continue
            element.set("src", attribute(element, "data"))
            element.tag = etree.QName(etree.QName(element).namespace, "audio").text
        element.text = None
        for child in list(element.iterchildren()):
            child.tail = None
            if name_of(child) != "source":
                why = "inside a recording only its sources are used"
                findings.warn(child, local_name(child), why, "Put captions or a transcript into the catalog")
                element.remove(child)


def recordings(body: _Element) -> list[_Element]:
    """The recordings of a body, in order."""
    return list(body.iter(_AUDIO))


def recording_hrefs(element: _Element) -> tuple[str, ...]:
    """Addresses of one recording, as written: its own, or else those of its sources, the first that plays counts."""
    own = attribute(element, "src")
    return (own,) if own else tuple(attribute(source, "src") for source in element.iterchildren("{*}source"))


def check_recording(findings: Findings, sounds: dict[str, int], element: _Element) -> None:
    """Check where a recording stands and where it is.

    Parameters
    ----------
    findings : told what is wrong
    sounds : addresses as written, with the line of each; those of this one are added
    element : an ``audio``
    """
    around = [name_of(parent) for parent in element.iterancestors()]
    if any(name.endswith("Interaction") and name not in INTERACTIONS for name in around):
        return  # that is refused already
    if _CLOSED.intersection(around) or {"orderInteraction", "simpleChoice"} <= set(around):
        why = "a recording cannot be played inside a card, a gap, a word or a list"
        findings.refuse(element, "audio", why, "Put it above the question, into the prompt or into a choice")
        return
    for name, why in _UNUSED.items():
        if element.get(name) is not None:
            findings.warn(element, f"audio: {name}", why, "Nothing to do")
    hrefs = recording_hrefs(element)
    if not hrefs:
        findings.refuse(element, "audio", "the recording has no address", 'Add src="…" or a source')
    for href in hrefs:
        if is_foreign(href):
            why = f"the recording's address {href[:60]!r} is not a file of the package"
            findings.refuse(element, "audio", why, "Put it into the package and refer to it by a relative path")
        else:
            sounds.setdefault(href, element.sourceline or 0)
