"""Say where in the HTML of an item its choices begin and end, so that they can be shown in another order.

While a page is built, comments stand between the choices. Nothing of an item can be mistaken for one: what an author
wrote is text or the value of an attribute, in both of which ``<`` is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import attribute, name_of
from itembank.rendering.body import Page
from itembank.values import Shuffle

_MARK = "<!--choice-->"


def let_shuffle(interaction: _Element, choices: Sequence[_Element], shown: Sequence[_Element], page: Page) -> None:
    """Mark choices that may be shown in another order; the marks are taken away by `unmarked`.

    Parameters
    ----------
    interaction : shuffled only where it says ``shuffle="true"``
    choices : as the author wrote them; those with ``fixed="true"`` stay where they are
    shown : what was built of each, one after the other
    page : notes what was marked
    """
    fixed = tuple(number for number, choice in enumerate(choices) if attribute(choice, "fixed") == "true")
    if attribute(interaction, "shuffle") != "true" or len(choices) - len(fixed) < 2:
        return
    for one in shown:
        one.addprevious(etree.Comment("choice"))
    shown[-1].addnext(etree.Comment("choice"))
    first = page.shuffles[-1].bounds[-1] + 1 if page.shuffles else 0
    marks = tuple(range(first, first + len(choices) + 1))
    page.shuffles.append(Shuffle(marks, fixed, changes=name_of(interaction) == "orderInteraction"))


def unmarked(marked: str, page: Page) -> tuple[str, tuple[Shuffle, ...]]:
    """HTML without marks, and where the choices stand in it.

    Parameters
    ----------
    marked : HTML of an item in which `let_shuffle` left its marks
    page : what it noted
    """
    parts = marked.split(_MARK)
    places = list(accumulate(map(len, parts)))
    found = (replace(one, bounds=tuple(places[mark] for mark in one.bounds)) for one in page.shuffles)
    return "".join(parts), tuple(found)
