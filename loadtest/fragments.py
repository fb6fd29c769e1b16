"""Reads what an item asks for from the HTML that a laptop receives, as the player does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lxml import html

Value = str | list[str] | None
Answer = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Field:
    """One control of an item.

    Attributes
    ----------
    identifier : the response variable, such as ``RESPONSE``
    interaction : ``choice``, ``multiple_choice``, ``inline_choice``, ``text_entry`` or ``extended_text``
    choices : values that can be picked; empty where the pupil types
    maximum : how many may be picked; 0 means any number
    """

    identifier: str
    interaction: str
    choices: tuple[str, ...]
    maximum: int


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
    picks = control.iterfind(".//option" if control.tag == "select" else ".//input")
    choices = tuple(pick.get("value", "") for pick in picks)
    return Field(
        identifier=control.get("data-field", ""),
        interaction=control.get("data-interaction", ""),
        choices=tuple(choice for choice in choices if choice),
        maximum=int(control.get("data-maximum", "1")),
    )
