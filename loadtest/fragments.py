"""Reads what an item asks for from the HTML that a laptop receives, as the player does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, product

from lxml import html

Value = str | list[str] | None
Answer = Mapping[str, Value]


PAIRS = frozenset(["match", "gap_match", "associate", "graphic_gap_match"])
LISTS = PAIRS | {"multiple_choice", "multiple_hottext", "multiple_hotspot", "order", "select_point"}


@dataclass(frozen=True, slots=True)
class Field:
    """One control of an item.

    Attributes
    ----------
    identifier : the response variable, such as ``RESPONSE``
    interaction : such as ``choice``, ``text_entry`` or ``order``, as `itembank.Interaction` names them
    choices : values that can be picked, the numbers of a slider, all pairs, or the corners of a picture on which points
        are set; empty where the pupil types
    maximum : how many may be picked; 0 means any number
    uses : in how many pairs each card and place may stand; 0 means any number
    """

    identifier: str
    interaction: str
    choices: tuple[str, ...]
    maximum: int
    uses: Mapping[str, int] = field(default_factory=dict)

    def allows(self, pairs: Sequence[str]) -> bool:
        """Whether no card and no place stands in more of these pairs than it may."""
        used = Counter(end for pair in pairs for end in pair.split())
        most = {end: self.uses.get(end, 0) for end in used}
        return all(not most[end] or used[end] <= most[end] for end in used)

    @property
    def is_list(self) -> bool:
        """Whether a list is sent."""
        return self.interaction in LISTS


AnswerFunction = Callable[[str, Sequence[Field]], Answer]
"""What a virtual pupil answers, given the item's HTML and the fields found in it."""


@lru_cache(maxsize=4096)
def read_fields(fragment: str) -> tuple[Field, ...]:
    """Find the controls of a rendered item, in reading order.

    Parameters
    ----------
    fragment
        The ``html`` of the current item; every control carries ``data-field`` and ``data-interaction``.
    """
    return tuple(_read_field(control) for control in html.fromstring(fragment).iterfind(".//*[@data-field]"))


def _read_field(control: html.HtmlElement) -> Field:
    """Read one control."""
    return Field(
        identifier=control.get("data-field", ""),
        interaction=control.get("data-interaction", ""),
        choices=tuple(choice for choice in _choices(control) if choice),
        maximum=int(control.get("data-maximum", "1")),
        uses=dict(_uses(control)) if control.get("data-interaction") in PAIRS else {},
    )


def _uses(control: html.HtmlElement) -> Iterable[tuple[str, int]]:
    """How often each card and place may be used."""
    for name in ("data-choice", "data-place"):
        for part in control.iterfind(f".//*[@{name}]"):
            yield part.get(name, ""), int(part.get("data-uses", "1"))


def _choices(control: html.HtmlElement) -> Iterable[str]:
    """Values that can be sent, or that a list may hold."""
    cards = [card.get("data-choice", "") for card in control.iterfind(".//*[@data-choice]")]
    places = [place.get("data-place", "") for place in control.iterfind(".//*[@data-place]")]
    if control.get("data-interaction") == "associate":
        return [f"{one} {other}" for one, other in combinations(cards, 2)]
    if control.get("data-interaction") in PAIRS:
        return [f"{card} {place}" for card, place in product(cards, places)]
    if cards:
        return cards
    if control.get("data-interaction") == "select_point":
        return [corner for picture in control.iterfind("div/img") for corner in _corners(picture)]
    if control.get("data-interaction") == "slider":
        return [stop for slider in control.iterfind(".//input") for stop in _stops(slider)]
    return [pick.get("value", "") for pick in control.iterfind(".//option" if control.tag == "select" else ".//input")]


def _corners(picture: html.HtmlElement) -> Iterable[str]:
    """Points in the corners of a picture."""
    ends = (("0", picture.get(side, "0")) for side in ("width", "height"))
    return [" ".join(corner) for corner in product(*ends)]


def _stops(slider: html.HtmlElement) -> Iterable[str]:
    """Numbers at which a slider can stand."""
    lower, upper, step = (float(slider.get(name, "nan")) for name in ("min", "max", "step"))
    return [f"{lower + number * step:.10g}" for number in range(round((upper - lower) / step) + 1)]
