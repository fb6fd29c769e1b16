"""Places in the HTML of an item that its draw fills, and filling them.

A place is marked by noncharacters of Unicode, which are for use inside a program and which reading refuses in items
that are drawn: no text of an author can look like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from itembank.qti.processing import Value
from itembank.qti.processing.printing import printed

PRINT, BEGIN, NUMBERED, END = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
MARKS: Final = PRINT + BEGIN + NUMBERED + END
_MARK = re.compile(f"([{PRINT}{BEGIN}][0-9]+{NUMBERED}|{END})")


@dataclass(frozen=True, slots=True)
class Printed:
    """A value that is printed.

    Attributes
    ----------
    variable : template variable
    pattern : number format, or ""
    comma : write a decimal comma
    """

    variable: str
    pattern: str = ""
    comma: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is shown or left out.

    Attributes
    ----------
    variable : template variable
    value : identifier that it has, or that is among its identifiers
    shows : whether the part is shown when it has; if not, it is left out then
    """

    variable: str
    value: str
    shows: bool

    def is_shown(self, values: Mapping[str, Value | None]) -> bool:
        """Whether a draw shows the part."""
        held = values.get(self.variable)
        return (held is not None and self.value in held.items) is self.shows


Blank = Printed | Part


def print_mark(number: int) -> str:
    """Mark of a value that is printed; the number is its place among the blanks."""
    return f"{PRINT}{number}{NUMBERED}"


def begin_mark(number: int) -> str:
    """Mark before a part; `END` comes after it."""
    return f"{BEGIN}{number}{NUMBERED}"


def fill_blanks(html: str, blanks: Sequence[Blank], values: Mapping[str, Value | None]) -> str:
    """Put the values of a draw in their places; the only thing of a draw that a pupil receives.

    Parameters
    ----------
    html : with marks
    blanks : what each mark stands for
    values : template variables by identifier
    """
    return "".join(_filled(html, blanks, values)) if blanks else html


def _filled(html: str, blanks: Sequence[Blank], values: Mapping[str, Value | None]) -> Iterator[str]:
    """Yield what is shown, piece by piece."""
    shown: list[bool] = []
    for piece in _MARK.split(html):
        if piece == END:
            shown.pop()
        elif piece[:1] in (PRINT, BEGIN):
            blank = blanks[int(piece[1:-1])]
            if isinstance(blank, Part):
                shown.append(blank.is_shown(values))
            elif all(shown):
                yield escape(printed(values.get(blank.variable), blank.pattern, comma=blank.comma))
        elif all(shown):
            yield piece


def blank_data(blank: Blank) -> list[Any]:
    """Return a blank as plain data."""
    if isinstance(blank, Printed):
        return ["print", blank.variable, blank.pattern, blank.comma]
    return ["part", blank.variable, blank.value, blank.shows]


def blank_of(data: Sequence[Any]) -> Blank:
    """Return the blank that `blank_data` described."""
    kind, *parts = data
    return Printed(*parts) if kind == "print" else Part(*parts)
