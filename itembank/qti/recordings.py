"""Recordings that every pupil may play: ``audio`` in a body, and an ``object`` of sound, which is read as one."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from itembank.markup import INTERACTIONS, local_name
from itembank.qti.addresses import is_foreign
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of
from itembank.qti.places import hiding

MOST_RECORDINGS = 50
"""In one body, however few files they play; a budget of files is far smaller."""
_AUDIO = "{*}audio"
_CLOSED = frozenset(
    ["inlineChoice", "hottext", "simpleAssociableChoice", "gapText", "gap", "gapImg", "label", "rt", "rp"]
)
"""Parts that are shown as a button or in a list, where nothing can be played; so are choices that are put in order."""
_UNUSED = {"autoplay": "pupils start a recording themselves", "loop": "a recording ends at its end"}


def unify_recordings(body: _Element, findings: Findings) -> None:
    """Make every object of sound an ``audio``, and leave nothing in each but its sources, which hold nothing.

    Parameters
    ----------
    body : a copy, which is changed
    findings : told what is left out; a question inside a recording is refused, for nobody would see it

    Raises
    ------
    PackageError
        If there are more than `MOST_RECORDINGS`.
    """
    for element in list(body.iter("{*}object")):
        if attribute(element, "type").startswith("audio/"):
            element.set("src", attribute(element, "data"))
            element.tag = etree.QName(etree.QName(element).namespace, "audio").text
    every = recordings(body)
    if len(every) > MOST_RECORDINGS:
        why = f"it has {len(every)} recordings, and at most {MOST_RECORDINGS} are taken"
        findings.give_up(every[MOST_RECORDINGS], why, "Split it")
    for element in [one for one in every if next(one.iterancestors(_AUDIO), None) is None]:
        _empty(element, findings)


def _empty(recording: _Element, findings: Findings) -> None:
    """Take everything out of a recording but its sources, and everything out of those."""
    for inside in recording.iterdescendants("*"):
        if name_of(inside).endswith("Interaction"):
            why = "a recording cannot hold a question: nobody would see it"
            findings.refuse(inside, local_name(inside), why, "Put it after the recording")
        elif name_of(inside) != "source" or inside.getparent() is not recording:
            why = "inside a recording only its sources are used"
            findings.warn(inside, local_name(inside), why, "Put what pupils should read beside the recording")
    sources = list(recording.iterchildren("{*}source"))
    recording.text = None
    recording[:] = sources
    for source in sources:
        source.text = source.tail = None
        source[:] = []


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
    around, hidden = [name_of(parent) for parent in element.iterancestors()], hiding(element)
    if any(name.endswith("Interaction") and name not in INTERACTIONS for name in around):
        return  # that is refused already
    if _CLOSED.intersection(around) or {"orderInteraction", "simpleChoice"} <= set(around):
        why = "a recording cannot be played inside a card, a gap, a word or a list"
        findings.refuse(element, "audio", why, "Put it above the question, into the prompt or into a choice")
        return
    if hidden is not None:
        why = f"a recording in this place of {local_name(hidden)} is not shown"
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
