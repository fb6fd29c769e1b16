"""Templates of the pages, and how they write numbers and times."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from itembank.pages.addresses import item_address, preview_address
from itembank.pages.words import KINDS, STATES, obstacle_words
from itembank.rendering.curves import decimal

NOTHING = "–"


@cache
def environment() -> Environment:
    """Jinja2 with everything escaped; a value that is missing is an error."""
    made = Environment(
        loader=PackageLoader("itembank.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"number": _number, "percent": _percent, "moment": _moment, "seconds": _seconds}
    made.filters |= {"state": STATES.__getitem__, "kinds": _kinds, "obstacle": obstacle_words}
    made.globals |= {"item": item_address, "preview": preview_address}
    return made


def render(template: str, **values: Any) -> str:
    """HTML of one template."""
    return environment().get_template(template).render(**values)


def _number(value: float | None, places: int = 2) -> str:
    """A number as Dutch writes it, or that there is none."""
    return NOTHING if value is None else decimal(value, places)


def _percent(value: float | None) -> str:
    """A share in per cent."""
    return NOTHING if value is None else f"{decimal(100.0 * value, 1)} %"


def _seconds(milliseconds: float | None) -> str:
    """A time in seconds."""
    return NOTHING if milliseconds is None else f"{decimal(milliseconds / 1000.0, 1)} s"


def _moment(at: datetime) -> str:
    """Day and hour, in UTC as all instants are kept."""
    return (at if at.tzinfo is None else at.astimezone(UTC)).strftime("%d-%m-%Y %H:%M UTC")


def _kinds(kinds: tuple[Any, ...]) -> str:
    """Interactions in words."""
    return ", ".join(KINDS[kind] for kind in kinds) or "geen vraag"
