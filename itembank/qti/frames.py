"""Whether the picture of an interaction has the shape that its areas and points are counted on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itembank.errors import Problem
from itembank.qti.bodies import picture_href
from itembank.qti.graphics import pictures_in, size_of
from itembank.qti.nodes import name_of
from itembank.qti.package_media import Medium
from itembank.qti.sources import ItemSource

ON_PICTURES = frozenset(["hotspotInteraction", "graphicGapMatchInteraction", "selectPointInteraction"])
TOLERANCE = 0.02
"""Of the ratio of width to height: 2 % of a side of 400 pixels is 8, less than a finger's aim."""


def shape_warnings(item: ItemSource, media: Mapping[str, Medium]) -> Iterator[Problem]:
    """Say which pictures would be stretched under their areas.

    Parameters
    ----------
    item : with its media
    media : pictures by stored name
    """
    for element in item.body.root.iter("*") if item.media else ():
        if name_of(element) not in ON_PICTURES:
            continue
        (picture,) = pictures_in(element)
        shown, stored = size_of(picture), media[item.media[picture_href(picture)]]
        own = stored.frame
        if own is not None and abs(own[0] * shown[1] / (own[1] * shown[0]) - 1.0) > TOLERANCE:
            why = (
                f"the picture measures {own[0]:g} by {own[1]:g}, and its places are counted on {shown[0]} by {shown[1]}"
            )
            what = f"item {item.identifier}: picture"
            yield Problem(item.file, picture.sourceline or 0, what, why, "Check that they lie where they should")
