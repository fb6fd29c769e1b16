"""One item of every interaction, and how somebody who cannot see it answers it: by the names of its controls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lxml.etree import _Element

from itembank import Interaction, ItemSource, read_item
from itembank.qti.nodes import attribute
from tests.itembank.interaction_samples import SHOWN

if TYPE_CHECKING:
    from itembank import ResponseField, ResponseValue

ITEMS = Path(__file__).parent
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="200" height="100">'
    b'<rect width="200" height="100" fill="#dfe8ee"/><path d="M0 60 L200 30 M90 0 L110 100" stroke="#60707a" '
    b'stroke-width="4"/></svg>'
)
"""Stands for a picture of a sample; a longer item has its own beside it."""


@dataclass(frozen=True)
class Act:
    """One thing to do: ``press`` a control, ``type`` into it, ``pick`` an option, or ``move`` a slider to a number."""

    what: str
    name: str
    value: str = ""


@dataclass(frozen=True)
class Subject:
    """An item of one interaction, with a key."""

    name: str
    item: ItemSource

    @property
    def pictures(self) -> dict[str, bytes]:
        """Content of its pictures, by href."""
        files = {href: ITEMS / href for href in self.item.body.pictures}
        return {href: file.read_bytes() if file.exists() else PICTURE for href, file in files.items()}

    @property
    def media(self) -> dict[str, tuple[str, bytes]]:
        """The same by hash, as a server has them."""
        return {_hash(content): ("image/svg+xml", content) for content in self.pictures.values()}

    @property
    def shown(self) -> ItemSource:
        """The item with its pictures, which may be in a test though a person must rate it."""
        media = {href: f"{_hash(content)}.svg" for href, content in self.pictures.items()}
        return replace(self.item, media=media, obstacle="")

    @property
    def field(self) -> ResponseField:
        """What it asks for."""
        return self.item.body.fields[0]

    @cached_property
    def response(self) -> ResponseValue:
        """The right answer, as a pupil gives it."""
        declared = self.item.program.declarations[self.field.identifier]
        assert declared.correct is not None
        parts = [" ".join(map(_plain, one)) if isinstance(one, tuple) else str(one) for one in declared.correct.items]
        if self.field.is_list:
            return parts
        return parts[0].replace(".", ",") if declared.base_type == "float" and self.field.is_typed else parts[0]

    @property
    def parts(self) -> list[str]:
        """Every part of the answer."""
        return self.response if isinstance(self.response, list) else [str(self.response)]

    @cached_property
    def names(self) -> dict[str, str]:
        """What each choice and place is called."""
        found = {attribute(one, "identifier"): _words(one) for one in self.item.body.root.iter("*")}
        if self.field.interaction is Interaction.GAP_MATCH:
            places = self.field.places
            found |= {gap: f"Open plek {number} van {len(places)}" for number, gap in enumerate(places, 1)}
        for ones in (self.field.choices, self.field.places):
            found |= {one: found[one] or f"Plaats {number} van {len(ones)}" for number, one in enumerate(ones, 1)}
        return found

    @property
    def acts(self) -> list[Act]:
        """What to do, by name."""
        kind = self.field.interaction
        if self.field.is_typed:
            return [Act("type", "Antwoord", self.parts[0])]
        if kind is Interaction.SLIDER:
            return [Act("move", "Schuif", self.parts[0])]
        if kind is Interaction.INLINE_CHOICE:
            return [Act("pick", "Keuze", self.names[self.parts[0]])]
        if kind is Interaction.SELECT_POINT:
            return [act for number, point in enumerate(self.parts, 1) for act in self._point(number, point)]
        if kind is Interaction.ORDER:
            numbered = enumerate(self.parts, 1)
            return [Act("press", name) for n, part in numbered for name in (self.names[part], f"Plaats {n}")]
        return [Act("press", self.names[one]) for part in self.parts for one in part.split()]

    @property
    def outcome(self) -> list[tuple[str, str]]:
        """Name of each control that shows the answer, and what it must say: its value, or what is in its name."""
        kind = self.field.interaction
        if kind is Interaction.ORDER:
            return [(f"Plaats {n}", self.names[part]) for n, part in enumerate(self.parts, 1)]
        if kind is Interaction.ASSOCIATE:
            pairs = [[self.names[one] for one in part.split()] for part in self.parts]
            return [(f"{one} en {other}", "haal dit paar weg") for one, other in pairs]
        if self.field.is_paired:
            pairs = [part.split() for part in self.parts]
            return [(self.names[place], self.names[card]) for card, place in pairs]
        if self.field.choices and kind is not Interaction.INLINE_CHOICE:
            return [(self.names[part], "true") for part in self.parts]
        return [(act.name, act.value) for act in self.acts if act.what != "press"]

    def _point(self, number: int, point: str) -> list[Act]:
        """Set a point in the middle, then move it."""
        x, y = map(int, point.split())
        assert self.field.picture
        height = self.field.picture[1]
        sliders = (("naar rechts", x), ("naar boven", height - y))
        return [
            Act("press", "Punt zetten"),
            *(Act("move", f"Punt {number}, {name}", str(to)) for name, to in sliders),
        ]


def _plain(part: object) -> str:
    """An identifier, or a number of a point, as a player writes it."""
    return f"{part:g}" if isinstance(part, float) else str(part)


def _hash(content: bytes) -> str:
    """Name of a picture in the bank."""
    return hashlib.sha256(content).hexdigest()


def _words(element: _Element) -> str:
    """What an element is called: its label, or its text with formulas and pictures in words."""
    if label := attribute(element, "hotspotLabel") or attribute(element, "objectLabel"):
        return label
    if element.get("alttext") or element.get("alt"):
        return str(element.get("alttext") or element.get("alt"))
    parts = [element.text or ""]
    for child in element:
        parts += [_words(child), child.tail or ""]
    return " ".join("".join(parts).split())


def _subjects() -> tuple[Subject, ...]:
    """Every sample, with the longer item of a file where there is one of its kind."""
    longer: dict[Interaction, bytes] = {}
    for file in sorted(ITEMS.glob("*.xml")):
        longer[read_item(file.read_bytes()).body.fields[0].interaction] = file.read_bytes()
    found = []
    for sample in SHOWN:
        xml = longer.get(sample.field.interaction, sample.xml().encode())
        found.append(Subject(sample.name, read_item(xml, area="alles")))
    return tuple(found)


SUBJECTS = _subjects()
