"""Cards that a rendering holds for those to whom they are granted: explanations of words, transcripts of recordings."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

EXPLANATION, TRANSCRIPT = "card", "transcript"
_HELD = re.compile(rf'<div data-({EXPLANATION}|{TRANSCRIPT})-text="')
_DIV = re.compile(r"<(/?)div\b")


def without_cards(html: str, *kinds: str) -> str:
    """Rendering without what cards of these kinds say: a transcript may be the answer to a question about listening.

    Parameters
    ----------
    html : of an item or a passage, as `itembank.rendering` writes it
    kinds : `EXPLANATION`, `TRANSCRIPT`
    """
    return _without(html, frozenset(kinds)) if kinds and _HELD.search(html) else html


@lru_cache(maxsize=512)
def _without(html: str, kinds: Collection[str]) -> str:
    """The same for a rendering that holds cards, which are few."""
    kept, at = [], 0
    while (held := _HELD.search(html, at)) is not None:
        end = _end_of(html, held.start())
        kept.append(html[at : held.start() if held[1] in kinds else end])
        at = end
    return "".join([*kept, html[at:]])


def _end_of(html: str, start: int) -> int:
    """Place after the block that begins at ``start``; every block that is opened is closed."""
    depth = 0
    for tag in _DIV.finditer(html, start):
        depth += -1 if tag[1] else 1
        if not depth:
            return html.index(">", tag.end()) + 1
    raise AssertionError("a block that is not closed")
