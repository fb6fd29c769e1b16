"""Places on pictures for a page without script: what `pictures.js` of the player sets, as rules of one style sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html
from lxml.etree import _Element

_BOX = re.compile(r"[0-9.e+-]+( [0-9.e+-]+){3}")
_SIDES = ("x", "y", "width", "height")


def picture_style(fragment: str) -> str:
    """Style sheet that puts everything on a picture in its place.

    Parameters
    ----------
    fragment : HTML of an item, as it is delivered

    Returns
    -------
    Rules that name places by their ``data-box`` and pictures by their size; "" where nothing stands on a picture.
    """
    root = html.fragment_fromstring(fragment, create_parent="div")
    return "\n".join(dict.fromkeys(rule for ground in root.find_class("ground") for rule in _rules(ground)))


def _rules(ground: _Element) -> Iterator[str]:
    """Rules for one picture."""
    picture = next(ground.iter("img"), None)
    given = [("" if picture is None else picture.get(side, "")) for side in ("width", "height")]
    width, height = (int(side) if side.isdecimal() and int(side) else 1 for side in given)
    sized = "".join(f'[{name}="{side}"]' for name, side in zip(("width", "height"), given, strict=True) if side)
    fitting = f"min(100%, {width / 12:g}rem, {75 * width / height:g}dvh)"
    yield f".item .ground:has(> img{sized}) {{ aspect-ratio: {width} / {height}; width: {fitting}; }}"
    for place in range(1, len(ground) + 1):  # the first lies on top
        yield f".item .ground > :nth-last-child({place}) {{ z-index: {place}; }}"
    for element in ground.iterfind(".//*[@data-box]"):
        box = element.get("data-box", "")
        if _BOX.fullmatch(box):
            held = " ".join(f"--{name}: {share}%;" for name, share in zip(_SIDES, box.split(), strict=True))
            yield f'.item .ground [data-box="{box}"] {{ {held} }}'
