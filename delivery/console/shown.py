"""What a page showed when it was made: a mark for each line, which comes back with its form."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

Line = tuple[str, ...]
MARK_BYTES = 6
"""Enough to tell the lines of one page apart; whoever forges marks only signs what the own page did not show."""
BETWEEN = "-"


def marks_of(lines: Iterable[Line]) -> str:
    """Marks of the lines of a page, in order, as a form carries them."""
    return BETWEEN.join(map(_mark, lines))


def not_shown(lines: Iterable[Line], marks: str) -> frozenset[Line]:
    """Lines of a page that an earlier one, which made these marks, did not have, or not as often."""
    shown = Counter(marks.split(BETWEEN))
    fresh = []
    for line in lines:
        mark = _mark(line)
        shown[mark] -= 1
        if shown[mark] < 0:
            fresh.append(line)
    return frozenset(fresh)


def _mark(line: Line) -> str:
    """Short digest of one line; no two cells run into each other."""
    return hashlib.sha256("\0".join(line).encode()).hexdigest()[: 2 * MARK_BYTES]
