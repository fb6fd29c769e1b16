"""One interaction beside its declaration: what it offers, its limits, and whether the key keeps to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from itembank.markup import local_name
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of
from itembank.qti.processing.declarations import Declaration
from itembank.qti.processing.values import Scalar

MOST_CHOICES = 100


def _too_high(what: str, minimum: int, highest: int) -> str:
    """Say that a minimum cannot be reached."""
    return f"min{what} is {minimum}, and at most {highest} can be given"


@dataclass(frozen=True, slots=True)
class Asked:
    """An interaction whose declaration fits.

    Attributes
    ----------
    element : the interaction
    declared : its response; the key in it is only checked, and goes nowhere
    findings : told what is wrong
    """

    element: _Element
    declared: Declaration
    findings: Findings

    @property
    def identifier(self) -> str:
        """The response variable."""
        return self.declared.identifier

    @property
    def key(self) -> tuple[Scalar, ...]:
        """What the key holds; empty without one."""
        return self.declared.correct.items if self.declared.correct else ()

    def refuse(self, why: str, remedy: str, where: _Element | None = None) -> None:
        """Refuse the item because of this interaction, or of an element in it."""
        place = self.element if where is None else where
        self.findings.refuse(place, local_name(place), why, remedy)

    def warn(self, why: str, remedy: str) -> None:
        """Say what of this interaction is not used."""
        self.findings.warn(self.element, local_name(self.element), why, remedy)

    def parts(self, name: str) -> list[_Element]:
        """Children of the interaction with that internal name, in order."""
        return [child for child in self.element.iterchildren("*") if name_of(child) == name]

    def parts_of_text(self, name: str) -> list[_Element]:
        """Elements with that internal name anywhere in the text that the interaction surrounds."""
        return [child for child in self.element.iter("*") if name_of(child) == name]

    def offered(self, parts: Sequence[_Element]) -> tuple[str, ...]:
        """Identifiers of 2 to 100 choices, checked against each other and against the key."""
        choices = self.identifiers(parts)
        if not 2 <= len(choices) <= MOST_CHOICES:
            self.refuse(f"it has {len(choices)} choices", f"Give it 2 to {MOST_CHOICES} choices")
            return choices
        missing = [item for item in self.key if item not in choices]
        if missing:
            self.refuse(f"the key names the choice {missing[0]!r}, which is not there", "Correct the key")
        return choices

    def identifiers(self, parts: Sequence[_Element]) -> tuple[str, ...]:
        """Identifiers of the parts; refused when empty or shared."""
        found = tuple(attribute(part, "identifier") for part in parts)
        counts = Counter(found)
        doubled = sorted(one for one in counts if counts[one] > 1 or not one)
        if doubled:
            self.refuse(f"choices share the identifier {', '.join(doubled)!r}", "Give each its own identifier")
        spaced = [one for one in found if len(one.split()) > 1]  # a space separates the two of a pair
        if spaced:
            self.refuse(f"the identifier {spaced[0][:40]!r} has a space in it", "Write it without")
        return found

    def count(self, name: str, default: int, where: _Element | None = None) -> int:
        """Whole number of an attribute; anything else is refused."""
        text = attribute(self.element if where is None else where, name)
        if not text:
            return default
        if not (text.isdecimal() and text.isascii() and len(text) < 4):
            self.refuse(f"{name} is {text[:20]!r}", "Give a whole number from 0 to 999", where)
            return default
        return int(text)

    def warn_minimum(self, what: str, highest: int) -> None:
        """Say that nobody can reach a minimum, where items were taken before this was looked at.

        Parameters
        ----------
        what : as for `check_bounds`
        highest : how many can be given
        """
        text = attribute(self.element, f"min{what}")
        if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) > highest:
            self.warn(_too_high(what, int(text), highest), f"Lower min{what}")

    def check_bounds(self, what: str, maximum: int, most: int) -> None:
        """Refuse a minimum that nobody can reach, and a key of more than may be given.

        Parameters
        ----------
        what : ``Choices`` or ``Associations``, the end of the attributes' names
        maximum : as read; 0 means any number
        most : how many there are at most
        """
        minimum, highest = self.count(f"min{what}", 0), min(maximum or most, most)
        if minimum > highest:
            self.refuse(_too_high(what, minimum, highest), f"Lower min{what}")
        if maximum and len(self.key) > maximum:
            self.refuse(f"the key has {len(self.key)} parts, and max{what} is {maximum}", f"Raise max{what}")
