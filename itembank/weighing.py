"""What an item weighs on its way to a laptop, and the budget that an import holds it to."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
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
    """

    fragment: int = 15 * KILOBYTE
    total: int = 400 * KILOBYTE
    requests: int = 10


DEFAULT_BUDGET = WeightBudget()
OWN, PASSAGE = "its own text", "its passage"
"""What the parts of an item that are no pictures are called."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What an item weighs.

    Attributes
    ----------
    parts : each part that is sent, by what a person calls it → bytes
    lines : line of the item's file that asks for a part
    """

    parts: Mapping[str, int]
    lines: Mapping[str, int]

    @property
    def fragment(self) -> int:
        """Bytes of the item's own HTML, gzip."""
        return self.parts[OWN]

    @property
    def total(self) -> int:
        """Bytes of everything."""
        return sum(self.parts.values())

    @property
    def requests(self) -> int:
        """How many pictures are asked for."""
        return sum(name not in (OWN, PASSAGE) for name in self.parts)

    @property
    def heaviest(self) -> str:
        """Part that weighs most."""
        return max(self.parts, key=lambda name: (self.parts[name], name))


def weigh_passage(passage: StimulusSource) -> int:
    """Bytes of a passage's own HTML, gzip; its pictures are known.

    Raises
    ------
    ReleaseError
        If a picture is not among its media.
    """
    return _packed(render_stimulus(passage).html)


def weigh(
    item: ItemSource, passage: StimulusSource | None, pictures: Mapping[str, int], passage_size: int = 0
) -> Weight:
    """Weigh an item.

    Parameters
    ----------
    item : its pictures are known
    passage : shown beside it
    pictures : stored name → bytes
    passage_size : what `weigh_passage` says of the passage, which many items may share

    Raises
    ------
    ReleaseError
        If a picture is not among its media.
    """
    parts, lines = {OWN: _packed(render_item(item).html)}, {OWN: item.body.root.sourceline or item.line}
    stored: set[str] = set()
    if passage is not None:
        parts[PASSAGE] = passage_size
    for source in (item, passage) if passage is not None else (item,):
        for href, name in source.media.items():
            if name not in stored and href not in source.body.sounds:  # recordings are loaded by few, when asked for
                stored.add(name)  # the same picture at two addresses is one request
                parts[f"the picture {href}"] = pictures[name]
                lines[f"the picture {href}"] = source.body.pictures.get(href, 0) if source is item else 0
    return Weight(parts, lines)


def _packed(html: str) -> int:
    """Bytes of a text as a server sends it."""
    return len(gzip.compress(html.encode(), _GZIP_LEVEL))


def _overweight(weight: Weight, budget: WeightBudget) -> str:
    """Say what of the budget is exceeded, or ""."""
    heaviest = f"{weight.heaviest} weighs most, {_kilobytes(weight.parts[weight.heaviest])}"
    if weight.fragment > budget.fragment:
        return f"its own text weighs {_kilobytes(weight.fragment)}, and at most {_kilobytes(budget.fragment)} is sent"
    if weight.total > budget.total:
        return (
            f"it weighs {_kilobytes(weight.total)} in all, and at most {_kilobytes(budget.total)} is sent; {heaviest}"
        )
    if weight.requests > budget.requests:
        return f"it asks for {weight.requests} pictures, and at most {budget.requests} are sent; {heaviest}"
    return ""


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
        why = _overweight(weight, budget)
        if why:
            line = weight.lines.get(weight.heaviest, 0) or weight.lines[OWN]
            remedy = "Make its pictures smaller or fewer, or its text shorter"
            problem = Problem(item.file, line, f"item {item.identifier}: weight", why, remedy)
            refused.append(Refused(item.file, (problem,)))
        else:
            kept.append(item)
    if not refused:
        return package
    tests, without = whole_tests(package.tests, {item.identifier for item in kept})
    return replace(package, items=tuple(kept), tests=tests, refused=(*package.refused, *refused, *without))
