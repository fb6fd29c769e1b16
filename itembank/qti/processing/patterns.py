"""Patterns that cannot take for ever: matched by the set of places each part can end at, never by trying back.

A regular expression of Python tries one way after another, and ``(a|aa)+b`` has as many ways as a text of a hundred
letters has cuts. Here every part of a pattern maps the places where it may start to those where it may end
(K. Thompson, "Regular Expression Search Algorithm", CACM 11, 1968); the work grows with the text, not with its ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

LONGEST_PATTERN, DEEPEST = 200, 20
MOST_WORK = 20_000
"""Places looked at for one text of a hundred characters; ordinary patterns need hundreds."""

_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d*)(,?)(\d*)\})([?+]?)")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^0-9])", re.DOTALL)
_COUNTS = {"*": (0, None), "+": (1, None), "?": (0, 1)}


class _IrregularError(Exception):
    """The pattern looks back or ahead, or nests too deeply; never leaves this module."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One character, class or anchor."""

    test: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Row:
    """Parts after each other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several parts."""

    options: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """A part, again and again; ``most`` is None for any number."""

    part: Part
    least: int
    most: int | None


Part: TypeAlias = Leaf | Row | Either | Again


class _Reader:
    """Reads a pattern that Python has found to be well-formed."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern, self._flags = pattern, flags
        self._at = self._depth = 0

    def either(self) -> Part:
        """Read options up to a closing bracket or the end."""
        options = [self._row()]
        while self._pattern[self._at : self._at + 1] == "|":
            self._at += 1
            options.append(self._row())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _row(self) -> Part:
        """Read parts up to a bar, a closing bracket or the end."""
        parts: list[Part] = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._repeated(self._group() if self._pattern[self._at] == "(" else self._leaf()))
        return Row(tuple(parts))

    def _group(self) -> Part:
        """Read what stands in brackets."""
        self._depth += 1
        start = self._pattern[self._at : self._at + 3]
        if (start[1:2] == "?" and start != "(?:") or self._depth > DEEPEST:
            raise _IrregularError
        self._at += 3 if start == "(?:" else 1
        inside = self.either()
        self._at += 1
        self._depth -= 1
        return inside

    def _leaf(self) -> Leaf:
        """Read one character, class or anchor."""
        first = self._pattern[self._at]
        known = {"[": _CLASS, "\\": _ESCAPE}.get(first)
        found = known.match(self._pattern, self._at) if known else None
        if known and not found:
            raise _IrregularError
        text = found.group() if found else first
        self._at += len(text)
        return Leaf(re.compile(re.escape(text) if text in ("{", "}", "]") else text, self._flags))

    def _repeated(self, part: Part) -> Part:
        """Read how often the part comes."""
        found = _QUANTIFIER.match(self._pattern, self._at)
        if not found or found.group() in ("{}", "{}?", "{}+"):
            return part
        sign, low, comma, high, kind = found.groups()
        if kind == "+":  # possessive: it would depend on the order of trying
            raise _IrregularError
        self._at = found.end()
        least, most = (
            _COUNTS[sign] if sign else (int(low or 0), int(high) if high else None if comma else int(low or 0))
        )
        return Again(part, least, most)


class _Matching:
    """One text being matched."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.work = 0

    def ends(self, part: Part, starts: frozenset[int]) -> frozenset[int]:
        """Places where the part can end when it starts at any of these."""
        self.work += 1 + len(starts)
        if not starts or self.work > MOST_WORK:
            return frozenset()
        if isinstance(part, Leaf):
            found = (part.test.match(self._text, start) for start in starts)
            return frozenset(match.end() for match in found if match)
        if isinstance(part, Row):
            for one in part.parts:
                starts = self.ends(one, starts)
            return starts
        if isinstance(part, Either):
            return frozenset().union(*(self.ends(option, starts) for option in part.options))
        return self._again(part, starts)

    def _again(self, again: Again, starts: frozenset[int]) -> frozenset[int]:
        """Places after as many rounds as are asked, and then after one, two, … more, as long as these are new."""
        for _ in range(again.least):
            after = self.ends(again.part, starts)
            if after == starts:
                break
            starts = after
        reached = latest = starts
        rounds = len(self._text) + 1 if again.most is None else again.most - again.least
        while latest and rounds > 0:
            latest = self.ends(again.part, latest) - reached
            reached, rounds = reached | latest, rounds - 1
        return reached


def read_pattern(pattern: str, *, ignore_case: bool = False) -> Part:
    """Read a pattern that has no fault.

    Parameters
    ----------
    pattern : in the common part of Python's and XML Schema's regular expressions
    ignore_case : whether letters of either case fit
    """
    return _Reader(pattern, re.IGNORECASE if ignore_case else 0).either()


def pattern_fault(pattern: str) -> str:
    """Say why a pattern cannot be used, or "" if it can.

    Parameters
    ----------
    pattern : as written in the rules
    """
    if len(pattern) > LONGEST_PATTERN:
        return f"the pattern is longer than {LONGEST_PATTERN} characters"
    try:
        re.compile(pattern)
        read_pattern(pattern)
    except (re.error, OverflowError):
        return f"the pattern {pattern!r} is no regular expression"
    except _IrregularError:
        return f"the pattern {pattern!r} looks back or ahead, or nests more than {DEEPEST} groups"
    return ""


def fits(part: Part, text: str) -> tuple[bool | None, int]:
    """Say whether the whole text fits, None where that takes too much work; and how much work it took.

    Parameters
    ----------
    part : a pattern as read
    text : all of it must fit
    """
    matching = _Matching(text)
    ends = matching.ends(part, frozenset([0]))
    return None if matching.work > MOST_WORK else len(text) in ends, matching.work
