"""Say where in the HTML of an item its choices begin and end, so that they can be shown in another order.

While a page is built, comments stand between the choices. Nothing of an item can be mistaken for one: what an author
wrote is text or the value of an attribute, in both of which ``<`` is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import attribute, name_of
from itembank.rendering.body import Page
from itembank.values import Shuffle

_MARK = "<!--choice-->"


def in_any_order(
    interaction: _Element, choices: Sequence[_Element], target: _Element, page: Page
) -> Iterator[_Element]:
    """Yield the choices, and mark where in the target each begins and the last one ends; `unmarked` takes marks away.

    Parameters
    ----------
    interaction : shuffled only where it says ``shuffle="true"``
    choices : as the author wrote them; those with ``fixed="true"`` stay where they are
    target : to which whoever asks for the next choice has appended the one before
    page : notes what was marked
    """
    fixed = tuple(number for number, choice in enumerate(choices) if attribute(choice, "fixed") == "true")
    if attribute(interaction, "shuffle") != "true" or len(choices) - len(fixed) < 2:
        yield from choices
        return
    first = page.shuffles[-1].bounds[-1] + 1 if page.shuffles else 0
    marks = tuple(range(first, first + len(choices) + 1))
    page.shuffles.append(Shuffle(marks, fixed, changes=name_of(interaction) == "orderInteraction"))
    for choice in choices:
        target.append(etree.Comment("choice"))
        yield choice
    target.append(etree.Comment("choice"))


def unmarked(marked: str, page: Page) -> tuple[str, tuple[Shuffle, ...]]:
    """HTML without marks, and where the choices stand in it.

    Parameters
    ----------
    marked : HTML of an item in which `in_any_order` left its marks
    page : what it noted
    """
    parts = marked.split(_MARK)
    places = list(accumulate(map(len, parts)))
    found = (replace(one, bounds=tuple(places[mark] for mark in one.bounds)) for one in page.shuffles)
    return "".join(parts), tuple(found)
