"""Values of QTI variables: a base type, a cardinality and one or more scalars; NULL is None."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

Pair = tuple[str, str]
Point = tuple[float, float]
Scalar = bool | int | float | str | Pair | Point

NUMERIC = ("integer", "float")
LARGEST = 10**30
"""A score is never near this; larger whole numbers would only cost memory."""
_APOSTROPHES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00a0": " "})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?")
_FRACTION = re.compile(r"([+-]?)\s*(?:(\d{1,9})\s+)?(\d{1,9})\s*/\s*(\d{1,9})", re.ASCII)
_SLASHES = str.maketrans({"\u2044": "/", "\u2215": "/", "\u2212": "-"})
_DURATION = re.compile(
    r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?", re.ASCII
)
_DURATION_SECONDS = (365.25 * 86_400, 30.4375 * 86_400, 86_400.0, 3_600.0, 60.0, 1.0)


LONGEST_KNOWN = 100
"""Characters of a text whose scalar is remembered: thousands of long ones would fill the memory."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value that is not NULL.

    Attributes
    ----------
    base_type : ``identifier``, ``boolean``, ``integer``, ``float``, ``string``, ``point``, ``pair``, …; "" for a record
    cardinality : ``single``, ``multiple``, ``ordered`` or ``record``
    items : the scalars; exactly one when single
    fields : the fields of a record
    """

    base_type: str
    cardinality: str
    items: tuple[Scalar, ...]
    fields: Mapping[str, Value | None] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """Steps that it costs to work on it: one a member, and more for long texts."""
        texts = sum(len(item) // 50 for item in self.items if isinstance(item, str))
        return len(self.items) + len(self.fields) + texts

    @property
    def scalar(self) -> Scalar | None:
        """The one scalar of a single value, or None."""
        return self.items[0] if self.cardinality == "single" and self.items else None


def single(base_type: str, item: Scalar) -> Value:
    """Return one scalar as a value."""
    return Value(base_type, "single", (item,))


TRUE = single("boolean", True)
FALSE = single("boolean", False)


def boolean(truth: bool) -> Value:
    """Return TRUE or FALSE."""
    return TRUE if truth else FALSE


def real(number: float) -> Value | None:
    """Return a float value, or NULL for what is no number."""
    return single("float", number) if math.isfinite(number) else None


def container(cardinality: str, base_type: str, items: Iterable[Scalar]) -> Value | None:
    """Return a container, or NULL when it is empty: the specification treats these alike."""
    held = tuple(items)
    return Value(base_type, cardinality, held) if held else None


def clean_text(text: str) -> str:
    """Text without outer spaces, composed, with straight apostrophes: what a key and an answer are compared in.

    A text that is a fraction and nothing else has one way of writing: ``3/4`` for ``3 / 4`` and ``¾``, ``1 1/2`` for
    ``1½``. It is not reduced: an item that asks for a number and takes ``6/8`` for ``3/4`` declares a float.
    """
    parts = _fraction(text)
    if parts is not None:
        sign, whole, above, below = parts
        return f"{sign.replace('+', '')}{whole + ' ' if whole else ''}{above}/{below}"
    return unicodedata.normalize("NFC", text).translate(_APOSTROPHES).strip()


def _fraction(text: str) -> tuple[str, str, str, str] | None:
    """Sign, whole part ("" for none), numerator and denominator of a text that is a fraction, as it is written."""
    if len(text) > LONGEST_KNOWN:
        return None
    spelt = "".join(
        f" {unicodedata.normalize('NFKC', sign)}" if unicodedata.decomposition(sign).startswith("<fraction>") else sign
        for sign in text.translate(_APOSTROPHES)
    )
    found = _FRACTION.fullmatch(spelt.translate(_SLASHES).strip())
    return (found[1], found[2] or "", found[3], found[4]) if found else None


def _parse_number(text: str) -> float | None:
    """Read a number as a pupil types it: comma or point, spaces, a real minus sign, leading zeros, a fraction."""
    if (parts := _fraction(text)) is not None:
        sign, whole, above, below = parts
        size = int(whole or 0) + int(above) / int(below) if int(below) else math.nan
        return None if math.isnan(size) else -size if sign == "-" else size
    plain = "".join(text.split()).replace("\u2212", "-")
    if "," in plain and _THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "")
    plain = plain.replace(",", ".", 1)
    if len(plain) > 40 or not _NUMBER.fullmatch(plain):
        return None
    number = float(plain)
    return number if math.isfinite(number) else None  # 1e999 is none


def _parse_integer(text: str) -> int | None:
    """Whole number, which a fraction is not; a point before exactly three digits separates thousands."""
    if _fraction(text) is not None:
        return None
    plain = "".join(text.split()).replace("\u2212", "-")
    number = _parse_number(plain.replace(".", "") if _THOUSANDS.fullmatch(plain) else plain)
    return int(number) if number is not None and number.is_integer() and abs(number) <= LARGEST else None


def _parse_boolean(text: str) -> bool | None:
    """Truth value as XML writes it."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip().lower())


def _parse_pair(text: str) -> Pair | None:
    """Two identifiers without direction: kept in one order."""
    parts = sorted(text.split())
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _parse_directed_pair(text: str) -> Pair | None:
    """Two identifiers, in order."""
    parts = text.split()
    return (parts[0], parts[1]) if len(parts) == 2 else None


def _parse_point(text: str) -> Point | None:
    """Two coordinates."""
    numbers = [_parse_number(part) for part in re.split(r"[\s,]+", text.strip())]
    x, y = numbers if len(numbers) == 2 else (None, None)
    return None if x is None or y is None else (x, y)


def _parse_duration(text: str) -> float | None:
    """Seconds of an ISO 8601 duration, or of a plain number."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        return _parse_number(text)
    parts = zip(match.groups()[1:], _DURATION_SECONDS, strict=True)
    seconds = sum(float(part) * unit for part, unit in parts if part)
    if not math.isfinite(seconds):
        return None
    return -seconds if match.group(1) else seconds


_PARSERS = {
    "boolean": _parse_boolean,
    "integer": _parse_integer,
    "float": _parse_number,
    "duration": _parse_duration,
    "pair": _parse_pair,
    "directedPair": _parse_directed_pair,
    "point": _parse_point,
}
BASE_TYPES = frozenset(_PARSERS) | {"identifier", "string", "uri", "file", "intOrIdentifier"}


def parse_scalar(base_type: str, text: str) -> Scalar | None:
    """Scalar of a base type from its text, or None (NULL) where the text is empty or not of that type."""
    parse = _parse_short if len(text) <= LONGEST_KNOWN else _parse
    return parse(base_type, text)


def _parse(base_type: str, text: str) -> Scalar | None:
    """Scalar from its text."""
    parser = _PARSERS.get(base_type)
    if parser is not None:
        return parser(text)
    return clean_text(text) or None


_parse_short = lru_cache(maxsize=8192)(_parse)


def parse_value(cardinality: str, base_type: str, texts: Iterable[str]) -> Value | None:
    """Value from texts; what is not of the base type is left out, and nothing left is NULL."""
    items = [item for item in (parse_scalar(base_type, text) for text in texts) if item is not None]
    if cardinality == "single":
        return single(base_type, items[0]) if len(items) == 1 else None
    return container(cardinality, base_type, items)


def is_number(item: Scalar | None) -> bool:
    """Whether it is an int or a float, and no truth value."""
    return isinstance(item, int | float) and not isinstance(item, bool)


def number(value: Value | None) -> float | int | None:
    """Return the number of a single numeric value, or None."""
    item = value.scalar if value is not None else None
    return item if isinstance(item, int | float) and not isinstance(item, bool) else None


def truth(value: Value | None) -> bool | None:
    """Return the truth of a single boolean, or None."""
    item = value.scalar if value is not None else None
    return item if isinstance(item, bool) else None


def as_condition(value: Value | None) -> bool:
    """Whether a condition holds: TRUE, and leniently a number other than zero or anything that is not empty."""
    if value is None:
        return False
    item = value.scalar
    return bool(item) if isinstance(item, bool | int | float) else bool(value.items or value.fields)


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal: ordered ones in order, multiple ones as bags, records by field."""
    if one.cardinality == "record" or other.cardinality == "record":
        return dict(one.fields) == dict(other.fields)
    if "ordered" in (one.cardinality, other.cardinality) or len(one.items) < 2:
        return one.items == other.items
    return sorted(map(repr, map(_plain, one.items))) == sorted(map(repr, map(_plain, other.items)))


def _plain(item: Scalar) -> Scalar:
    """Return numbers as floats, so that 1 and 1.0 are one."""
    return float(item) if isinstance(item, int) and not isinstance(item, bool) else item
