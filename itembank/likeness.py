"""Items that say nearly the same: one gives the other away, or the bank holds one item twice."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from itembank.qti.sources import ItemSource
from itembank.store import folded

ALIKE = 0.8  # share of phrases; of unlike items of one author on one subject it stays below a half
PHRASE = 3  # words
_NUMBER = re.compile(r"\d[\d.,\u202f\u00a0 ]*")

Phrases = frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two items that say nearly the same.

    Attributes
    ----------
    one, other : their identifiers
    share : of the phrases of both that both have; 1 where only numbers differ
    """

    one: str
    other: str
    share: float


def near_duplicates(items: Sequence[ItemSource], alike: float = ALIKE) -> tuple[Likeness, ...]:
    """Pairs of items whose phrases of three words are mostly the same, numbers aside; the most alike first.

    Of several items that are the same but for numbers, each is paired with the first one only.

    Parameters
    ----------
    items : as read, no two of one identifier
    alike : least share of phrases (Jaccard's index), above 0

    Source
    ------
    Sets are joined exactly, by their rarest members (Chaudhuri, Ganti & Kaushik, 2006, prefix filter).
    """
    same: dict[Phrases, list[str]] = defaultdict(list)
    for item in items:
        if phrases := _phrases(item):
            same[phrases].append(item.identifier)
    found = [Likeness(names[0], other, 1.0) for names in same.values() for other in names[1:]]
    found += _joined({names[0]: phrases for phrases, names in same.items()}, alike)
    return tuple(sorted(found, key=lambda pair: (-pair.share, pair.one, pair.other)))


def _phrases(item: ItemSource) -> Phrases:
    """Every three words that follow each other in what is shown, pictures among them; a number stands for any other."""
    shown = " ".join(str(part) for part in item.body.root.itertext())
    pictures = [stored for _, stored in sorted(item.media.items())]
    words = [*_NUMBER.sub("0 ", folded(shown)).split(), *pictures]
    last = max(len(words) - PHRASE + 1, 1)
    return frozenset(tuple(words[first : first + PHRASE]) for first in range(last) if words)


def _joined(sets: Mapping[str, Phrases], alike: float) -> Iterable[Likeness]:
    """Pairs of sets that share enough; only those that have one of their rarest members in common are compared."""
    often = Counter(phrase for phrases in sets.values() for phrase in phrases)
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, phrases in sets.items():
        rarest_first = sorted(phrases, key=lambda phrase: (often[phrase], phrase))
        prefix = rarest_first[: len(phrases) - math.ceil(alike * len(phrases)) + 1]
        for other in {held for phrase in prefix for held in holders[phrase]}:
            both = len(phrases & sets[other])
            share = both / (len(phrases) + len(sets[other]) - both)
            if share >= alike:
                yield Likeness(other, name, share)
        for phrase in prefix:
            holders[phrase].append(name)
