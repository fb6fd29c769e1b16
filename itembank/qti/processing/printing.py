"""Values as a pupil reads them: the number formats of ``printedVariable``."""

from __future__ import annotations

import re
from decimal import Decimal

from itembank.qti.processing.values import Value

PRINTABLE = ("integer", "float", "string", "identifier")
"""Base types that are printed; a pupil reads no truth value, point or file."""
PLAIN = "%.12g"
"""For a number without a format: 0.1 + 0.2 is 0.3, as sums of floats have no more than 15 digits that mean anything."""
LONGEST = 200
"""Characters that are printed of one value: a number or a few words."""
_DIGITS = frozenset("123456789")
_FORMAT = re.compile(r"%[-+ 0#]{0,5}\d{0,2}(?:\.\d{1,2})?[dioxXeEfgG]")


def format_fault(text: str) -> str:
    """Say what is wrong with a format, or "".

    Parameters
    ----------
    text : one conversion of C's printf, for an integer or a float; "" is the plain form
    """
    if not text or _FORMAT.fullmatch(text):
        return ""
    return f"the number format {text[:20]!r} is not supported"


def printed(value: Value | None, pattern: str = "", *, comma: bool = False) -> str:
    """Text of a value, at most `LONGEST` characters; NULL prints nothing (QTI 2.1, printedVariable).

    Parameters
    ----------
    value : with cardinality single; of others the members are printed with ";" between them
    pattern : a format without a fault; for numbers only
    comma : write a decimal comma, and a minus sign rather than a hyphen, as printed Dutch does
    """
    if value is None:
        return ""
    return _whole_text(value, pattern, comma)[:LONGEST]


def fits(value: Value) -> bool:
    """Whether a value without a format is printed to its end.

    Parameters
    ----------
    value : as for `printed`
    """
    return len(_whole_text(value, "", comma=False)) <= LONGEST


def _whole_text(value: Value, pattern: str, comma: bool) -> str:
    """Text of a value."""
    return ";".join(_text(item, pattern, comma) for item in value.items[: LONGEST + 1])


def _text(item: object, pattern: str, comma: bool) -> str:
    """Text of one scalar."""
    if isinstance(item, bool):
        return str(item).lower()
    if not isinstance(item, int | float):
        return " ".join(map(str, item)) if isinstance(item, tuple) else str(item)
    text = _number(item, pattern) if pattern else _plain(item)
    return text.replace(".", ",").replace("-", "\u2212") if comma else text


def _plain(number: float) -> str:
    """Write a number without a format, and without an exponent, which no pupil reads."""
    return str(number) if isinstance(number, int) else format(Decimal(_number(number, PLAIN)), "f")


def _number(number: float, pattern: str) -> str:
    """Apply a format; a whole-number format rounds, and what is written as 0 has no minus sign."""
    if pattern[-1] in "dioxX":
        return pattern % round(number)
    text = pattern % float(number)
    return pattern % 0.0 if _DIGITS.isdisjoint(text) else text
