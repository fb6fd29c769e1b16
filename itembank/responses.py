"""Check that a response is one that the item can have."""

from __future__ import annotations

import re
from typing import Protocol

from itembank.errors import ResponseError
from itembank.pairs import pair_obstacle
from itembank.values import Interaction, Response, ResponseField, ResponseValue, Scale

LONGEST = {Interaction.TEXT_ENTRY: 1_000, Interaction.EXTENDED_TEXT: 10_000}
"""Characters of a typed answer."""
_POINT = re.compile(r"([0-9]{1,5}) ([0-9]{1,5})")
MOST_POINTS = 100
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
"""As a browser writes the value of a slider."""


def _check_typed(field: ResponseField, value: str) -> None:
    """Refuse a text that is too long or holds control characters."""
    longest = LONGEST[field.interaction]
    if len(value) > longest:
        raise ResponseError(field.identifier, f"the text has {len(value)} characters; at most {longest} are kept")
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in value):
        raise ResponseError(field.identifier, "the text holds control characters")


def _check_chosen(field: ResponseField, chosen: list[str]) -> None:
    """Refuse a choice that is not offered, is doubled, or is one too many."""
    unknown = [choice for choice in chosen if choice not in field.choices]
    if unknown:
        raise ResponseError(field.identifier, f"{str(unknown[0])[:40]!r} is none of its choices")
    if len(set(chosen)) != len(chosen):
        raise ResponseError(field.identifier, "a choice is named twice")
    if field.maximum and len(chosen) > field.maximum:
        raise ResponseError(field.identifier, f"{len(chosen)} choices are given; at most {field.maximum} are allowed")


def _check_number(field: ResponseField, scale: Scale, value: str) -> None:
    """Refuse what is no number as QTI writes it, or where the slider cannot stand."""
    if not _NUMBER.fullmatch(value) or not scale.holds(float(value)):
        raise ResponseError(field.identifier, f"{value[:40]!r} is no place of the slider")


def _check_points(field: ResponseField, points: list[str]) -> None:
    """Refuse what is no whole number of pixels on the picture, and too many points."""
    for point in points:
        found = _POINT.fullmatch(point)
        if not found or any(int(side) > most for side, most in zip(found.groups(), field.picture, strict=True)):
            raise ResponseError(field.identifier, f"{point[:40]!r} is no point of its picture")
    most = field.maximum or MOST_POINTS
    if len(points) > most:
        raise ResponseError(field.identifier, f"{len(points)} points are given; at most {most} are allowed")


def _check_value(field: ResponseField, value: ResponseValue) -> None:
    """Check one field; nothing is always allowed."""
    if value is None:
        return
    parts = value if isinstance(value, list) else [value]
    if isinstance(value, list) != field.is_list or not all(isinstance(part, str) for part in parts):
        raise ResponseError(
            field.identifier, "a list of texts is expected" if field.is_list else "one text is expected"
        )
    if field.is_typed:
        _check_typed(field, parts[0])
    elif field.is_paired:
        if obstacle := pair_obstacle(field, parts):
            raise ResponseError(field.identifier, obstacle)
    elif field.picture:
        _check_points(field, parts)
    elif field.scale is not None:
        _check_number(field, field.scale, parts[0])
    else:
        _check_chosen(field, parts)


class Asking(Protocol):
    """What asks for a response: a delivery view, or a body as read."""

    @property
    def fields(self) -> tuple[ResponseField, ...]:
        """What is asked for."""
        ...


def check_response(view: Asking, response: Response) -> None:
    """Refuse a response that the item cannot have.

    Parameters
    ----------
    view : the item
    response : response identifier → value; a field that is left out counts as nothing

    Raises
    ------
    ResponseError
        It names the field: unknown, not of its kind, none of its choices, too many, or too long.
    """
    fields = {field.identifier: field for field in view.fields}
    for identifier, value in response.items():
        field = fields.get(identifier)
        if field is None:
            raise ResponseError(str(identifier)[:40], "the item has no such field")
        _check_value(field, value)
