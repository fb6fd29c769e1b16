"""Interactions on a picture: hotspot, graphic gap match, select point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lxml.etree import _Element

from itembank.markup import local_name
from itembank.qti.areas import AreaError, Size, box_of, is_on, parse_area, runs_over
from itembank.qti.asking import MOST_CHOICES, Asked
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of
from itembank.qti.pairing import read_pairs
from itembank.qti.places import PICTURES
from itembank.values import Interaction, ResponseField

_CORRECT_AREA = "Give shape and coords in pixels of the picture's width and height"
_NOWHERE: Size = (0, 0)
NARROW, SMALLEST = 288, 24
"""Pixels that a picture takes on a screen of 320, and that a target must have there (WCAG 2.2, 2.5.8)."""
NEAREST = SMALLEST // 2
"""Pixels there of an area that scores a point: the point is moved by single pixels once it is set."""


def label_of(element: _Element) -> str:
    """What an author calls an area or a card, for who cannot see it; "" where nobody did.

    Parameters
    ----------
    element : ``hotspotChoice``, ``associableHotspot``, ``gapImg`` or ``gapText``
    """
    words = [attribute(element, name) for name in ("hotspotLabel", "objectLabel", "aria-label")]
    return " ".join(next(filter(None, words), "").split())


def pictures_in(element: _Element) -> list[_Element]:
    """Pictures that are children of an interaction or a card."""
    return [child for child in element.iterchildren("*") if name_of(child) in PICTURES]


def cards_in(interaction: _Element) -> list[_Element]:
    """Cards of a graphic gap match, pictures and texts, as written."""
    return [child for child in interaction.iterchildren("*") if name_of(child) in ("gapImg", "gapText")]


def size_of(picture: _Element) -> Size:
    """Width and height in pixels as an author wrote them; (0, 0) where either is missing or no such number."""
    sides = [attribute(picture, side) for side in ("width", "height")]
    if not all(side.isascii() and side.isdecimal() and len(side) < 5 and int(side) for side in sides):
        return _NOWHERE
    return int(sides[0]), int(sides[1])


def spoken_picture(picture: _Element) -> str:
    """Text alternative of a picture; "" where it has none."""
    return " ".join(picture.get("alt", "".join(map(str, picture.itertext()))).split())


def _read_size(asked: Asked) -> Size:
    """Size of the picture that everything lies on; refused where there is none."""
    pictures = pictures_in(asked.element)
    if len(pictures) != 1:
        asked.refuse(f"it has {len(pictures) or 'no'} picture{'s' if pictures else ''}", "Give it one picture")
        return _NOWHERE
    size = size_of(pictures[0])
    if size == _NOWHERE:
        asked.refuse(
            "its picture has no width and height, so nobody knows where its coordinates lie",
            "Give both in pixels, as whole numbers",
            pictures[0],
        )
    return size


def _check_areas(asked: Asked, parts: Sequence[_Element], size: Size) -> None:
    """Refuse areas that cannot be hit; say which ones a screen reader has no name for."""
    for part in parts:
        if size != _NOWHERE:
            _check_area(part, size, asked.findings)
        if not label_of(part):
            asked.findings.warn(
                part,
                local_name(part),
                "an area has no label, so a screen reader only says its number",
                'Add hotspot-label="…" with words that do not give the answer',
            )
        if attribute(part, "shape") == "default" and part is not parts[-1]:
            asked.refuse("the default area hides those after it", "Put it last", part)


def _check_area(element: _Element, size: Size, findings: Findings) -> None:
    """Refuse an area of which nothing lies on its picture, and say which run over its edge."""
    try:
        area = parse_area(attribute(element, "shape", "default"), attribute(element, "coords"), size)
    except AreaError as error:
        findings.refuse(element, local_name(element), str(error), _CORRECT_AREA)
        return
    if runs_over(area, size):
        why = f"it runs over the edge of its picture of {size[0]} by {size[1]} pixels"
        findings.warn(element, local_name(element), why, "Nothing to do; what is on the picture counts")


def _warn_small(findings: Findings, parts: Iterable[_Element], size: Size, smallest: int = SMALLEST) -> None:
    """Say which areas a finger cannot hit where the whole picture stands on a narrow screen."""
    for part in parts if size != _NOWHERE else ():
        try:
            left, top, right, bottom = box_of(
                parse_area(attribute(part, "shape", "default"), attribute(part, "coords"), size), size
            )
        except AreaError:  # refused already
            continue
        shown = min(right - left, bottom - top) * NARROW / size[0]
        if round(shown) < smallest:
            why = f"an area is only {shown:.0f} pixels wide or high on a screen of 320"
            findings.warn(part, local_name(part), why, f"Make it {smallest} at least, or the picture smaller")


def read_hotspot(asked: Asked) -> ResponseField:
    """Read a hotspot interaction: areas of a picture that can be chosen.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    parts, size = asked.parts("hotspotChoice"), _read_size(asked)
    _check_areas(asked, parts, size)
    _warn_small(asked.findings, parts, size)
    choices = asked.offered(parts)
    if asked.declared.cardinality != "multiple":
        return ResponseField(asked.identifier, Interaction.HOTSPOT, choices)
    maximum = asked.count("maxChoices", 1)
    asked.check_bounds("Choices", maximum, len(choices))
    return ResponseField(asked.identifier, Interaction.MULTIPLE_HOTSPOT, choices, maximum)


def read_graphic_gap_match(asked: Asked) -> ResponseField:
    """Read a graphic gap match: cards go to areas of a picture.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    cards, areas = cards_in(asked.element), asked.parts("associableHotspot")
    _check_areas(asked, areas, _read_size(asked))
    for card in asked.parts("gapImg"):
        pictures = pictures_in(card)
        if len(pictures) != 1:
            asked.refuse(f"a card with {len(pictures)} pictures", "Give it one", card)
        elif not label_of(card) and not spoken_picture(pictures[0]):
            asked.warn("a card has no text alternative", 'Add alt="…" to its picture, or object-label="…"')
    return read_pairs(asked, Interaction.GRAPHIC_GAP_MATCH, cards, areas)


def read_select_point(asked: Asked) -> ResponseField:
    """Read a select point interaction: points are set on a picture.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    size = _read_size(asked)
    maximum = 1 if asked.declared.cardinality == "single" else asked.count("maxChoices", 1)
    asked.check_bounds("Choices", maximum, MOST_CHOICES)
    for point in asked.key:
        if isinstance(point, tuple) and not is_on((float(point[0]), float(point[1])), size):
            asked.refuse(f"the key {point[0]:g} {point[1]:g} lies outside its picture", "Correct the key")
    if asked.declared.area_mapping is None:
        asked.warn(
            "its response has no area mapping, so a point may have to be hit to the pixel",
            "Add an area mapping, unless its rules test areas themselves",
        )
    return ResponseField(asked.identifier, Interaction.SELECT_POINT, maximum=maximum, picture=size)


def check_area_mappings(root: _Element, fields: Iterable[ResponseField], findings: Findings) -> None:
    """Refuse areas of a mapping that do not lie on the picture whose points they score; say which are too small.

    Parameters
    ----------
    root : the item
    fields : what it asks; those with a picture are looked at
    findings : told what is wrong
    """
    sizes = {field.identifier: field.picture for field in fields if field.picture}
    for declaration in root.iterchildren("*"):
        width_and_height = sizes.get(attribute(declaration, "identifier"))
        if name_of(declaration) == "responseDeclaration" and width_and_height and any(width_and_height):
            entries = [entry for entry in declaration.iter("*") if name_of(entry) == "areaMapEntry"]
            for entry in entries:
                _check_area(entry, width_and_height, findings)
            _warn_small(findings, filter(_scores, entries), width_and_height, NEAREST)


def _scores(entry: _Element) -> bool:
    """Whether a point in this area of a mapping scores."""
    value = attribute(entry, "mappedValue").strip()
    return not value.startswith("-") and any(digit in value for digit in "123456789")
