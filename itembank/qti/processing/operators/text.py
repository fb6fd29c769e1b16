"""Operators on text."""

from __future__ import annotations

import re
from functools import lru_cache

from itembank.qti.nodes import Node
from itembank.qti.processing.operators.arithmetic import LARGEST
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Value, boolean, number, single

LONGEST_SUBJECT = 100
MOST_REPEATS = 4
LONGEST_PATTERN = 200
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d+,\d*\}|\{\d{2,}\})")
_INNER_REPEAT = re.compile(r"(?<!\\)(?:[*+]|\{\d+,\d*\}|\{\d{2,}\})")


def _text(value: Value | None) -> str | None:
    """Text of a single value."""
    item = value.scalar if value is not None else None
    return item if isinstance(item, str) else None if item is None or isinstance(item, tuple) else str(item)


def _two_texts(run: Run, node: Node) -> tuple[str, str] | None:
    """Both operands as text, folded to one case unless the rule says otherwise."""
    values = [_text(value) for value in run.operands(node)]
    if len(values) < 2 or values[0] is None or values[1] is None:
        return None
    one, other = values[0], values[1]
    return (one.casefold(), other.casefold()) if node.get("caseSensitive", "true") == "false" else (one, other)


@operator("stringMatch")
def string_match(run: Run, node: Node) -> Value | None:
    """Compare two texts; with ``substring`` the second may stand anywhere in the first."""
    texts = _two_texts(run, node)
    if texts is None:
        return None
    return boolean(texts[1] in texts[0] if node.get("substring") == "true" else texts[0] == texts[1])


@operator("substring")
def substring(run: Run, node: Node) -> Value | None:
    """Say whether the first text stands in the second; with two numbers, cut that stretch (start, length) out."""
    if len(node.children) == 3:
        values = run.operands(node)
        text, start, length = _text(values[0]), number(values[1]), number(values[2])
        if text is None or start is None or length is None or max(abs(start), abs(length)) > LARGEST:
            return None
        first = max(0, int(start) - 1)
        cut = text[first : first + max(0, int(length))]
        return single("string", cut) if cut else None
    texts = _two_texts(run, node)
    return None if texts is None else boolean(texts[0] in texts[1])


def pattern_fault(pattern: str) -> str:
    """Say why a pattern cannot be used, or "" if it can.

    A repeat inside a repeated group can take exponential time on a short text, so it is not taken; four repeats on
    a hundred characters take at most a tenth of a second.
    """
    if len(pattern) > LONGEST_PATTERN:
        return f"the pattern is longer than {LONGEST_PATTERN} characters"
    try:
        re.compile(pattern)
    except (re.error, OverflowError):
        return f"the pattern {pattern!r} is no regular expression"
    if _REPEATED_GROUP.search(pattern) and len(_INNER_REPEAT.findall(pattern)) > 1:
        return f"the pattern {pattern!r} repeats a group that may itself repeat"
    if len(_INNER_REPEAT.findall(pattern)) > MOST_REPEATS:
        return f"the pattern {pattern!r} has more than {MOST_REPEATS} repeats"
    return ""


@lru_cache(maxsize=1024)
def _compiled(pattern: str, flags: int) -> re.Pattern[str] | None:
    """Pattern ready for use, or None if it cannot be used."""
    return None if pattern_fault(pattern) else re.compile(pattern, flags)


@operator("patternMatch")
def pattern_match(run: Run, node: Node) -> Value | None:
    """Say whether the whole text fits a pattern (an attribute, a variable or the second operand)."""
    values = [_text(value) for value in run.operands(node)]
    if not values or values[0] is None or len(values[0]) > LONGEST_SUBJECT:
        return None
    named = _text(run.values.get(node.get("pattern")))
    pattern = values[1] if len(values) > 1 else named or node.get("pattern")
    compiled = _compiled(pattern or "", re.IGNORECASE if node.get("caseSensitive") == "false" else 0)
    return None if compiled is None or not pattern else boolean(compiled.fullmatch(values[0]) is not None)
