"""Where in a body something is shown: of most interactions only certain children are, of others nothing."""

from __future__ import annotations

from lxml.etree import _Element

from itembank.markup import is_math
from itembank.qti.nodes import name_of

PICTURES = ("img", "object")
_SHOWN = {
    "choiceInteraction": ("prompt", "simpleChoice"),
    "inlineChoiceInteraction": ("inlineChoice",),
    "inlineChoice": (),
    "textEntryInteraction": (),
    "extendedTextInteraction": ("prompt",),
    "sliderInteraction": ("prompt",),
    "orderInteraction": ("prompt", "simpleChoice"),
    "matchInteraction": ("prompt", "simpleMatchSet"),
    "simpleMatchSet": ("simpleAssociableChoice",),
    "associateInteraction": ("prompt", "simpleAssociableChoice"),
    "gap": (),
    "hotspotInteraction": ("prompt", "hotspotChoice", *PICTURES),
    "hotspotChoice": (),
    "graphicGapMatchInteraction": ("prompt", "gapImg", "gapText", "associableHotspot", *PICTURES),
    "associableHotspot": (),
    "selectPointInteraction": ("prompt", *PICTURES),
    "object": PICTURES,
    "audio": ("source",),
    "source": (),
}
"""What holds more than a page shows of it → children that are shown; of an object, what stands in for its picture."""


def hiding(element: _Element) -> _Element | None:
    """Find what keeps an element that is no formula from being shown.

    Parameters
    ----------
    element : a picture, a recording or an interaction of a body

    Returns
    -------
    element or None
        The nearest one around it that shows nothing in that place; a formula shows only formulas.
    """
    child = element
    for parent in element.iterancestors():
        shown = _SHOWN.get(name_of(parent))
        if is_math(parent) or (shown is not None and name_of(child) not in shown):
            return parent
        child = parent
    return None
