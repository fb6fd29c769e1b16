"""Operators on text."""

from __future__ import annotations

from functools import lru_cache

from itembank.qti.nodes import Node
from itembank.qti.processing.patterns import Part, fits, pattern_fault, read_pattern
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import LARGEST, Value, boolean, number, single

LONGEST_SUBJECT = 100


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


@lru_cache(maxsize=1024)
def _read(pattern: str, ignore_case: bool) -> Part | None:
    """Pattern ready for use, or None if it cannot be used."""
    return None if pattern_fault(pattern) else read_pattern(pattern, ignore_case=ignore_case)


@operator("patternMatch")
def pattern_match(run: Run, node: Node) -> Value | None:
    """Say whether the whole text fits a pattern (an attribute, a variable or the second operand)."""
    values = [_text(value) for value in run.operands(node)]
    if not values or values[0] is None or len(values[0]) > LONGEST_SUBJECT:
        return None
    named = _text(run.values.get(node.get("pattern")))
    pattern = values[1] if len(values) > 1 else named or node.get("pattern")
    part = _read(pattern, node.get("caseSensitive") == "false") if pattern else None
    if part is None:
        return None
    answer, work = fits(part, values[0])
    run.spend(work // 20)
    return None if answer is None else boolean(answer)
