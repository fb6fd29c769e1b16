"""Numbers and dates as a Flemish reader writes them (nl_BE): decimal comma, point between thousands."""

from __future__ import annotations

from datetime import date

from reports.values import Estimate

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def number(value: float, decimals: int = 0) -> str:
    """Write a number: 1234.5 is ``1.234,5``; a negative one has a real minus sign."""
    text = f"{abs(value):,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return MINUS + text if value < 0 and text.strip("0.,") else text


def percentage(value: float) -> str:
    """Write a whole percentage: ``24%``."""
    return f"{number(value)}%"


def span(estimate: Estimate, decimals: int = 0) -> str:
    """Bounds of a margin, in words that a screen reader reads well: ``241 tot 285``."""
    return f"{number(estimate.low, decimals)} tot {number(estimate.high, decimals)}"


def long_date(day: date) -> str:
    """Write a date in words: ``5 mei 2027``."""
    return f"{day.day}{NO_BREAK_SPACE}{MONTHS[day.month - 1]} {day.year}"


def capital(words: str) -> str:
    """Begin with a capital, as a heading does."""
    return words[:1].upper() + words[1:]
