"""Catalogs: what an author adds to parts of a body for pupils who are granted it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from itembank.errors import PackageError
from itembank.markup import SKIPPED_SUBTREES, XML_LANG, is_math, local_name, spoken_formula
from itembank.qti.addresses import is_foreign
from itembank.qti.bodies import check_content, drop, is_for_raters
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of

REFERENCE = "data-catalog-idref"
SPOKEN = "spoken"
EXPLAINED = ("glossary-on-screen", "linguistic-guidance")
"""Supports whose card explains the words of a part; shown to a pupil who is granted explanations, when asked."""
TRANSCRIPTS = ("transcript", "ext:transcript")
"""Supports that say in words what is heard; shown under a recording to a pupil who is granted transcripts."""
MOST_CATALOGS, LONGEST_SPOKEN = 200, 5_000
_KEPT = "Nothing to do; it stays in the stored source and is exported"
_UNSPOKEN = ("break", "mark", "audio", "desc", "metadata", "lexicon")


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """Words that are shown to whom they are granted.

    Attributes
    ----------
    content : a checked copy of their own
    language : BCP 47 tag, or ""
    """

    content: _Element
    language: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """What is offered with one part of a body; made from the catalogs alone, so it never held a key.

    Attributes
    ----------
    spoken : words to be read aloud instead of what is shown, or ""
    sound : href of a recording of the part, as written, or ""
    card : an explanation, or None
    transcript : what is heard in a recording, or None
    """

    spoken: str = ""
    sound: str = ""
    card: Card | None = None
    transcript: Card | None = None

    @property
    def is_readable(self) -> bool:
        """Whether a pupil who is granted it can read words on the page; what is spoken is only heard."""
        return self.card is not None or self.transcript is not None


@dataclass(slots=True)
class Supports:
    """Everything that catalogs offer with one body.

    Attributes
    ----------
    known : identifier of a catalog that some part names → what it offers
    pictures, sounds : hrefs as written, with the line of each
    """

    known: dict[str, Support] = field(default_factory=dict)
    pictures: dict[str, int] = field(default_factory=dict)
    sounds: dict[str, int] = field(default_factory=dict)

    def add_sound(self, href: str, where: _Element, findings: Findings) -> str:
        """Note the recording at an address; returns the address, or "" where it leads out of the package."""
        if is_foreign(href):
            why = f"the recording's address {href[:60]!r} is not a file of the package: it is not offered"
            findings.warn(where, local_name(where), why, "Put it into the package and refer to it by a relative path")
            return ""
        self.sounds.setdefault(href, where.sourceline or 0)
        return href


def references(body: _Element) -> dict[str, _Element]:
    """Identifiers of the catalogs that the parts of a body name → the first part that does."""
    found: dict[str, _Element] = {}
    for element in body.iter("*"):
        for identifier in element.get(REFERENCE, "").split():
            found.setdefault(identifier, element)
    return found


def read_catalogs(root: _Element, body: _Element, language: str, findings: Findings) -> Supports:
    """Read the catalogs of an item or passage that its body names.

    Parameters
    ----------
    root : of the parsed file
    body : the private copy of what is shown
    language : BCP 47 tag of the item, which chooses among entries in several languages; or ""
    findings : told what is kept without being offered; whatever is wrong here, the item itself stays usable
    """
    supports, named = Supports(), references(body)
    catalogs = _catalogs(root, findings)
    for identifier, element in named.items():
        if identifier not in catalogs:
            why = f"the catalog {identifier[:60]!r} is not there"
            findings.warn(element, REFERENCE, why, "Add the catalog, or take the reference away")
    for identifier, catalog in catalogs.items():
        if identifier in named:
            supports.known[identifier] = _read_catalog(catalog, supports, language, findings)
        else:
            why = f"nothing that is shown names the catalog {identifier[:60]!r}"
            findings.warn(catalog, "catalog", why, _KEPT)
    return supports


def _catalogs(root: _Element, findings: Findings) -> dict[str, _Element]:
    """Catalogs by identifier: of the root, and of rubrics that a pupil sees."""
    found: dict[str, _Element] = {}
    for info in root.iter("*"):
        if name_of(info) != "catalogInfo" or not _is_shown(info, root):
            continue
        for catalog in _children(info, "catalog"):
            identifier = attribute(catalog, "id")
            if len(found) == MOST_CATALOGS:
                why = f"it has more than {MOST_CATALOGS} catalogs: the others are not offered"
                findings.warn(catalog, "catalog", why, "Keep those that are used")
                return found
            if not identifier or identifier in found:
                why = f"the id {identifier[:60]!r} is empty or used twice: this catalog is not offered"
                findings.warn(catalog, "catalog", why, "Correct it")
            else:
                found[identifier] = catalog
    return found


def _is_shown(info: _Element, root: _Element) -> bool:
    """Whether a catalog belongs to something that a pupil sees: no rater's rubric, no feedback."""
    around = [element for element in info.iterancestors() if element is not root]
    return not any(
        is_for_raters(element) or name_of(element) in (*SKIPPED_SUBTREES, "modalFeedback") for element in around
    )


def _children(element: _Element, *names: str) -> Iterator[_Element]:
    """Children with one of these internal names."""
    return (child for child in element.iterchildren("*") if name_of(child) in names)


def _read_catalog(catalog: _Element, supports: Supports, language: str, findings: Findings) -> Support:
    """Read what one catalog offers; of two cards with the same support the first counts."""
    spoken = sound = ""
    card: Card | None = None
    transcript: Card | None = None
    for held in _children(catalog, "card"):
        kind, entry = attribute(held, "support"), _best(held, language)
        if entry is None:
            why = f"the support {kind[:60]!r} is in other languages than the item"
            findings.warn(held, "catalog", why, _KEPT)
        elif kind == SPOKEN:
            spoken = spoken or _spoken(entry, findings)
            sound = sound or _sound(entry, supports, findings)
        elif kind in EXPLAINED and (content := _content(entry)) is not None:
            if card is None and (pictures := _checked(content, findings)) is not None:
                card = Card(content, _language(entry) or language)
                supports.pictures |= pictures
        elif kind in TRANSCRIPTS and (content := _content(entry)) is not None:
            transcript = transcript or _transcript(content, _language(entry) or language, findings)
        else:
            why = f"the support {kind[:60]!r} is not supported: kept for export"
            findings.warn(held, "catalog", why, _KEPT)
    return Support(spoken, sound, card, transcript)


def _transcript(content: _Element, language: str, findings: Findings) -> Card | None:
    """Make a transcript of an entry's content; None where it cannot be shown."""
    pictures = _checked(content, findings)
    if pictures:
        why = "a transcript holds words, and no pictures: it is not offered"
        findings.warn(next(iter(pictures.values())), "catalog", why, "Put the picture into the body")
    elif pictures is not None and not "".join(_words(content)).strip():
        findings.warn(content, "catalog", "the transcript is empty: it is not offered", "Write what is heard")
    elif pictures is not None:
        return Card(content, language)
    return None


def warn_untold(body: _Element, known: Mapping[str, Support], findings: Findings) -> None:
    """Say which recordings have no words for who cannot hear them, and which transcripts belong to no recording.

    Parameters
    ----------
    body : checked
    known : what catalogs offer, by identifier
    findings : told what is missing
    """
    for element in body.iter("*"):
        offered = [known[name] for name in element.get(REFERENCE, "").split() if name in known]
        remedy = f'Add a catalog with a card support="transcript", and name it by {REFERENCE}'
        if name_of(element) != "audio":
            if any(support.transcript is not None for support in offered):
                why = "the transcript of what is no recording is not shown"
                findings.warn(element, local_name(element), why, f"Name the catalog by {REFERENCE} of the recording")
        elif not any(support.is_readable for support in offered):
            findings.warn(element, "audio", "the recording has no words that a pupil can read", remedy)


def _checked(content: _Element, findings: Findings) -> dict[str, int] | None:
    """Pictures of a card's content, with the line of each; None where something in it cannot be shown."""
    own = Findings(findings.file, findings.subject)
    try:
        pictures = check_content(content, own, *_refusing(own))
        own.raise_if_refused()
    except PackageError as error:
        first = error.problems[0]
        what = f"card, {first.what.removeprefix(f'{findings.subject}: ')}"
        findings.warn(first.line, what, f"{first.why}: the card is not offered", first.remedy)
        return None
    for warning in own.warnings:
        findings.warn(warning.line, warning.what.removeprefix(f"{findings.subject}: "), warning.why, warning.remedy)
    return pictures


def _refusing(findings: Findings) -> Iterator[Callable[[_Element], None]]:
    """Refuse an interaction inside a card, what a draw would fill, and what can be played."""
    drawn, played = "a catalog is the same for everybody", "a card holds no recording"
    for why in ("a catalog cannot ask a question", drawn, played):
        yield lambda element, why=why: findings.refuse(element, local_name(element), why, "Put it into the body")  # type: ignore[misc]  # binds the loop's value


def _language(entry: _Element) -> str:
    """Language of an entry, its own or its card's."""
    card = entry.getparent()
    return entry.get(XML_LANG, "") or (card.get(XML_LANG, "") if card is not None else "")


def _best(card: _Element, language: str) -> _Element | None:
    """Entry of a card in the item's language, else its default or one of no language; None where there is none."""
    entries: Sequence[_Element] = list(_children(card, "cardEntry")) or [card]
    plain = language.partition("-")[0].lower()

    def distance(entry: _Element) -> int:
        own = _language(entry).lower()
        if own == language.lower():
            return 0
        if own.partition("-")[0] == plain or not own or not plain:
            return 1 if attribute(entry, "default") == "true" else 2
        return 3

    best = min(entries, key=distance)
    return best if distance(best) < 3 else None


def _content(entry: _Element) -> _Element | None:
    """Copy of an entry's content, without what a pupil never sees; None without any."""
    held = next(_children(entry, "htmlContent"), None)
    if held is None:
        return None
    copy = deepcopy(held)
    copy.tag, copy.tail = "div", None
    for element in list(copy.iter("*")):
        if name_of(element) in SKIPPED_SUBTREES or is_for_raters(element):
            drop(element)
    return copy


def _spoken(entry: _Element, findings: Findings) -> str:
    """Words of an entry that is to be read aloud."""
    copy = _content(entry)
    if copy is None:
        return ""
    _flatten_speech(copy)
    if _checked(copy, findings) is None:
        return ""
    words = " ".join("".join(_words(copy)).split())
    if len(words) > LONGEST_SPOKEN:
        why = f"the spoken text has {len(words)} characters, more than {LONGEST_SPOKEN}: it is not offered"
        findings.warn(entry, "catalog", why, "Shorten it, or speak smaller parts")
        return ""
    return words


def _flatten_speech(copy: _Element) -> None:
    """Replace the marks of speech synthesis (SSML) by the words that they stand for."""
    for element in list(copy.iter("*")):
        if "/synthesis" not in (etree.QName(element).namespace or ""):
            continue
        name = local_name(element)
        if name == "sub" or name in _UNSPOKEN:
            for child in list(element):
                element.remove(child)
            element.text = element.get("alias", "") if name == "sub" else " "
        element.tag = "span"
        element.attrib.clear()


def _words(element: _Element) -> Iterator[str]:
    """What is said of an element: formulas and pictures by their words."""
    if is_math(element):
        yield spoken_formula(element) or "".join(map(str, element.itertext()))
        return
    yield f" {element.get('alt', '')} " if name_of(element) == "img" else element.text or ""
    for child in element:
        yield from _words(child)
        yield child.tail or ""


def _sound(entry: _Element, supports: Supports, findings: Findings) -> str:
    """Href of a recording that an entry names, or ""."""
    for held in _children(entry, "fileHref"):
        if attribute(held, "mimeType").startswith("audio/"):
            return supports.add_sound((held.text or "").strip(), held, findings)
        why = f"a spoken text as a file of type {attribute(held, 'mimeType')[:40]!r} is not supported: kept for export"
        findings.warn(held, "catalog", why, _KEPT)
    return ""
