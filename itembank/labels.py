"""What a blueprint can ask about an item: labels and quantities, from its metadata and its text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from itembank.errors import ReleaseError
from itembank.qti import ItemSource
from itembank.values import Interaction

AREA, TYPE, STATE = "area", "type", "state"
FIELD_TEST = "field_test"
"""State of an item that is shown to be tried out, and never scored."""


def item_labels(area: str, keywords: Iterable[str], interactions: Sequence[Interaction]) -> dict[str, str]:
    """Labels of an item by attribute: its area, its type, and keywords of the form ``attribute:label``.

    Parameters
    ----------
    area, keywords : what its package says
    interactions : what it asks for; the first one is its type
    """
    pairs = [keyword.split(":", 1) for keyword in keywords if ":" in keyword]
    labels = {name.strip(): label.strip() for name, label in pairs}
    if interactions:
        labels[TYPE] = str(interactions[0])
    labels[AREA] = area
    return labels


def is_in_field_test(labels: Mapping[str, str]) -> bool:
    """Whether an item with these labels is only tried out: the keyword ``state:field_test``."""
    return labels.get(STATE) == FIELD_TEST


def item_quantity(item: ItemSource, name: str) -> float:
    """Number that a keyword ``name:number`` of an item gives.

    Raises
    ------
    ReleaseError
        If the item has no such keyword, or it is no number of 0 or more.
    """
    written = item_labels("", item.metadata.keywords, ()).get(name, "")
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not value >= 0.0 or math.isinf(value):
        raise ReleaseError(
            f"item {item.name}: the budget {name!r} needs a keyword '{name}:number' in its metadata, "
            + (f"not {written!r}" if written else "and it has none")
        )
    return value
