"""Mark what a draw fills in the body of an item: printed values, letters in formulas, parts that are shown or not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from lxml.etree import _Element

from itembank.blanks import END, Blank, Part, Printed, begin_mark, print_mark
from itembank.markup import MATHML, is_math, local_name
from itembank.qti.bodies import drop
from itembank.qti.nodes import attribute, name_of
from itembank.qti.sources import Body

_POINT_LANGUAGES = ("en", "zh", "ja", "ko", "he", "th")
"""Languages that write a decimal point; those around here write a comma."""


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A body with marks in place of what a draw fills.

    Attributes
    ----------
    root : the body's own root where it is the same for everybody, else a copy
    blanks : what each mark stands for, by its number
    parts : choices in it that a draw shows or leaves out → number
    """

    root: _Element
    blanks: tuple[Blank, ...] = ()
    parts: Mapping[_Element, int] = field(default_factory=dict)


class _Marking:
    """The marks of one body while they are made.

    Parameters
    ----------
    body : its root is not changed
    """

    def __init__(self, body: Body) -> None:
        self.root = deepcopy(body.root)
        self.blanks: dict[Blank, int] = {}
        self.parts: dict[_Element, int] = {}
        self._letters = body.math_variables
        self._comma = body.language.partition("-")[0].lower() not in _POINT_LANGUAGES

    def mark(self) -> None:
        """Mark every element that a draw fills or shows."""
        for element in list(self.root.iter("*")):
            if is_math(element):
                self._mark_formula(element)
            elif name_of(element) == "printedVariable":
                text = self._print(attribute(element, "identifier"), attribute(element, "format"))
                _replace(element, text, "")
            elif name_of(element) in ("templateBlock", "templateInline"):
                _replace(element, begin_mark(self._part(element)), END)
            elif attribute(element, "templateIdentifier"):
                self.parts[element] = self._part(element)

    def _number(self, blank: Blank) -> int:
        """Number of a blank; equal ones share it."""
        return self.blanks.setdefault(blank, len(self.blanks))

    def _print(self, variable: str, pattern: str = "") -> str:
        """Mark for a value."""
        return print_mark(self._number(Printed(variable, pattern, self._comma)))

    def _part(self, element: _Element) -> int:
        """Number of the blank that says whether an element is shown."""
        shows = attribute(element, "showHide", "show") != "hide"
        return self._number(Part(attribute(element, "templateIdentifier"), attribute(element, "identifier"), shows))

    def _mark_formula(self, element: _Element) -> None:
        """Put numbers for the letters of a formula, in what is read aloud of it as well."""
        name, letter = local_name(element), (element.text or "").strip()
        if name == "mi" and letter in self._letters:
            element.tag = f"{{{MATHML}}}mn"
            element.text = self._print(letter)
        elif name == "math" and element.get("alttext"):
            said = {part.text.strip() for part in element.iter(f"{{{MATHML}}}mi") if part.text} & self._letters
            words = re.split(r"(\w+)", element.get("alttext", ""))
            element.set("alttext", "".join(self._print(word) if word in said else word for word in words))


def _replace(element: _Element, before: str, after: str) -> None:
    """Leave the content of an element in its place, between two texts."""
    parent = element.getparent()
    assert parent is not None
    last = element[-1] if len(element) else None
    if last is not None:
        last.tail = (last.tail or "") + after
        element.text = before + (element.text or "")
    else:
        element.text = before + (element.text or "") + after
    _add_before(element, element.text)
    for child in list(element):
        element.addprevious(child)  # lxml takes the tail along
    drop(element)


def _add_before(element: _Element, text: str) -> None:
    """Append text to what stands before an element."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None
    if before is not None:
        before.tail = (before.tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def mark_blanks(body: Body) -> Marked:
    """Mark what a draw fills.

    Parameters
    ----------
    body : of an item, as read
    """
    if not body.is_drawn:
        return Marked(body.root)
    marking = _Marking(body)
    marking.mark()
    return Marked(marking.root, tuple(marking.blanks), marking.parts)


def mark_part(built: _Element, number: int | None) -> None:
    """Put marks around an element of the page that a draw shows or leaves out.

    Parameters
    ----------
    built : it has a parent already
    number : of its blank; None marks nothing
    """
    if number is not None:
        _add_before(built, begin_mark(number))
        built.tail = END + (built.tail or "")
