"""Instants and durations as a school in Flanders reads them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SCHOOL_TIME = ZoneInfo("Europe/Brussels")


def clock(at: datetime | None) -> str:
    """Hour and minute in Flanders; "" for none."""
    return at.astimezone(SCHOOL_TIME).strftime("%H.%M") if at else ""


def day(at: datetime) -> str:
    """Day in Flanders, as one writes it."""
    local = at.astimezone(SCHOOL_TIME)
    return f"{local.day}/{local.month}/{local.year}"


def minutes(milliseconds: int) -> str:
    """Whole minutes, as one says them in a line."""
    return f"{max(0, round(milliseconds / 60_000))} min"
