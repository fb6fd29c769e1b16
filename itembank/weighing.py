"""What an item weighs on its way to a laptop, and the budget that an import holds it to."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from itembank.errors import Problem
from itembank.qti.package import PackageSource, Refused, whole_tests
from itembank.qti.sources import ItemSource, StimulusSource
from itembank.rendering import render_item, render_stimulus

KILOBYTE = 1000
_GZIP_LEVEL = 6
"""What web servers use."""


@dataclass(frozen=True, slots=True)
class WeightBudget:
    """Most that one item may weigh; thirty laptops of a class get it in the same second.

    Attributes
    ----------
    fragment : bytes of the item's own HTML, gzip
    total : bytes of everything that it takes to show the item: its HTML and its passage's, gzip, and the pictures; of
        93 real items the heaviest has 220 kB
    requests : pictures, each a request of its own; of the same items the most is 5
    recordings : bytes of all recordings of item and passage: three minutes of speech at 64 kbit/s. With questions that
        are sent ahead they come before anybody plays them
    recording_requests : recordings, each a request of its own; one in two formats is two
    """

    fragment: int = 15 * KILOBYTE
    total: int = 400 * KILOBYTE
    requests: int = 10
    recordings: int = 1_500 * KILOBYTE
    recording_requests: int = 6


DEFAULT_BUDGET = WeightBudget()
_Limit = tuple[int, int, Callable[[int], str], str, Mapping[str, int]]
"""What it is, the most it may be, how either is written, what is said, and the parts that it is the sum of."""
OWN, PASSAGE = "its own text", "its passage"
"""What the parts of an item that are no pictures are called."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What an item weighs.

    Attributes
    ----------
    parts : each part that is shown, by what a person calls it → bytes
    lines : line of the item's file that asks for a part or recording
    recordings : each recording, by what a person calls it → bytes
    """

    parts: Mapping[str, int]
    lines: Mapping[str, int]
    recordings: Mapping[str, int]

    @property
    def fragment(self) -> int:
        """Bytes of the item's own HTML, gzip."""
        return self.parts[OWN]

    @property
    def total(self) -> int:
        """Bytes of everything that is shown."""
        return sum(self.parts.values())

    @property
    def requests(self) -> int:
        """How many pictures are asked for."""
        return sum(name not in (OWN, PASSAGE) for name in self.parts)

    @property
    def heard(self) -> int:
        """Bytes of all recordings."""
        return sum(self.recordings.values())

    def line_of(self, part: str) -> int:
        """Line of the item's file that asks for a part; that of its text where another file does."""
        return self.lines.get(part, 0) or self.lines[OWN]


def weigh_passage(passage: StimulusSource) -> int:
    """Bytes of a passage's own HTML, gzip; its pictures are known.

    Raises
    ------
    ReleaseError
        If a picture is not among its media.
    """
    return _packed(render_stimulus(passage).html)


def weigh(item: ItemSource, passage: StimulusSource | None, media: Mapping[str, int], passage_size: int = 0) -> Weight:
    """Weigh an item.

    Parameters
    ----------
    item : its pictures and recordings are known
    passage : shown beside it
    media : stored name of each picture and recording → bytes
    passage_size : what `weigh_passage` says of the passage, which many items may share

    Raises
    ------
    ReleaseError
        If a picture or recording is not among its media.
    """
    parts, lines = {OWN: _packed(render_item(item).html)}, {OWN: item.body.root.sourceline or item.line}
    recordings: dict[str, int] = {}
    stored: set[str] = set()
    if passage is not None:
        parts[PASSAGE] = passage_size
    for source in (item, passage) if passage is not None else (item,):
        for href, name in source.media.items():
            if name not in stored:
                stored.add(name)  # the same content at two addresses is one request
                is_heard = href in source.body.sounds
                part = f"the {'recording' if is_heard else 'picture'} {href}"
                (recordings if is_heard else parts)[part] = media[name]
                asked = source.body.sounds if is_heard else source.body.pictures
                lines[part] = asked[href] if source is item else 0
    return Weight(parts, lines, recordings)


def _packed(html: str) -> int:
    """Bytes of a text as a server sends it."""
    return len(gzip.compress(html.encode(), _GZIP_LEVEL))


def _limits(weight: Weight, budget: WeightBudget) -> Iterator[_Limit]:
    """Every limit of the budget."""
    shown, heard = weight.parts, weight.recordings
    yield weight.fragment, budget.fragment, _kilobytes, "its own text weighs {}, and at most {} is sent", {}
    yield weight.total, budget.total, _kilobytes, "it weighs {} in all, and at most {} is sent", shown
    yield weight.requests, budget.requests, str, "it asks for {} pictures, and at most {} are sent", shown
    yield weight.heard, budget.recordings, _kilobytes, "its recordings weigh {}, and at most {} are sent", heard
    yield len(heard), budget.recording_requests, str, "it asks for {} recordings, and at most {} are sent", heard


def _overweight(weight: Weight, budget: WeightBudget) -> tuple[str, str]:
    """Say what of the budget is exceeded, and which part weighs most of that; "" and "" where nothing is."""
    for amount, most, write, told, parts in _limits(weight, budget):
        if amount > most:
            heaviest = max(parts, key=lambda name: (parts[name], name), default=OWN)
            weighs = f"; {heaviest} weighs most, {_kilobytes(parts[heaviest])}" if parts else ""
            return told.format(write(amount), write(most)) + weighs, heaviest
    return "", ""


def _kilobytes(size: int) -> str:
    """Write a size: 15.2 kB."""
    return f"{size / KILOBYTE:.1f} kB"


def within_budget(package: PackageSource, budget: WeightBudget) -> PackageSource:
    """Refuse the items of a package that weigh too much; the others stay.

    Parameters
    ----------
    package : as read
    budget : most that one item may weigh
    """
    passages = {passage.identifier: passage for passage in package.stimuli}
    shown = {item.stimulus for item in package.items}
    passage_sizes = {name: weigh_passage(passage) for name, passage in passages.items() if name in shown}
    sizes = package.media.sizes
    kept, refused = [], []
    for item in package.items:
        weight = weigh(item, passages.get(item.stimulus), sizes, passage_sizes.get(item.stimulus, 0))
        why, heaviest = _overweight(weight, budget)
        if why:
            remedy = "Make its pictures and recordings smaller or fewer, or its text shorter"
            problem = Problem(item.file, weight.line_of(heaviest), f"item {item.identifier}: weight", why, remedy)
            refused.append(Refused(item.file, (problem,)))
        else:
            kept.append(item)
    if not refused:
        return package
    tests, without = whole_tests(package.tests, {item.identifier for item in kept})
    return replace(package, items=tuple(kept), tests=tests, refused=(*package.refused, *refused, *without))
