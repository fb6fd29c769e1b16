"""How far a formula may reach: lengths in MathML that push its parts over whatever stands beside it are left out."""

from __future__ import annotations

import re
from typing import Final

_LENGTH = re.compile(r"([+-]?)([0-9]{1,6}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})\s*(em|ex|px|pt|pc|in|cm|mm|%)?")
_EM: Final = {
    "": 1.0,
    "em": 1.0,
    "ex": 0.5,
    "px": 1 / 16,
    "pt": 1 / 12,
    "pc": 1.0,
    "in": 6.0,
    "cm": 72 / 30.48,
    "mm": 72 / 304.8,
    "%": 0.01,
}
"""Units in letters of 12 points; a percentage counts as a share of one letter."""
_WORDS: Final = frozenset(["small", "normal", "big", "thin", "medium", "thick", "infinity", "auto", "fit"])
_SPACE: Final = re.compile(r"(very){0,2}(thin|thick)mathspace|mediummathspace")
_REACH: Final = {
    "width": (-1.0, 30.0),
    "height": (-1.0, 15.0),
    "depth": (-1.0, 15.0),
    "lspace": (-1.0, 5.0),
    "rspace": (-1.0, 5.0),
    "voffset": (-2.0, 2.0),
    "mathsize": (0.5, 3.0),
    "minsize": (0.0, 10.0),
    "maxsize": (0.0, 10.0),
    "linethickness": (0.0, 5.0),
    "columnspacing": (0.0, 10.0),
    "rowspacing": (0.0, 10.0),
    "scriptlevel": (-1.0, 3.0),
}
"""Attributes of MathML that move or stretch (MathML 3, 2.1.5), with the least and most that a formula needs."""


def reaches_too_far(attribute: str, value: str) -> bool:
    """Whether an attribute of MathML could draw outside the formula, or is no length that browsers agree on.

    Parameters
    ----------
    attribute : its name; those that hold no length never do
    value : one length, or several with spaces between them
    """
    if attribute not in _REACH:
        return False
    least, most = _REACH[attribute]
    return not all(_is_named(word) or least <= _in_letters(word) <= most for word in value.split())


def _is_named(word: str) -> bool:
    """Whether it is a length that has a name."""
    return word in _WORDS or _SPACE.fullmatch(word) is not None


def _in_letters(word: str) -> float:
    """Length in letters; infinite for what is none."""
    found = _LENGTH.fullmatch(word)
    if found is None:
        return float("inf")
    sign, number, unit = found.groups()
    return float(f"{sign}{number}") * _EM[unit or ""]
