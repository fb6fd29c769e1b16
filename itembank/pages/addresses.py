"""Addresses of the pages; names stand in the query, because an identifier may hold any sign."""

from __future__ import annotations

from urllib.parse import urlencode

LIST = "/itembank/opgaven"
ITEM = "/itembank/opgave"
PREVIEW = "/itembank/voorbeeld"
DIFFERENCE = "/itembank/verschil"
MOVE = "/itembank/staat"
CALIBRATIONS = "/itembank"


def item_address(name: str) -> str:
    """Page of an item, or of one version of it."""
    return f"{ITEM}?{urlencode({'naam': name})}"


def preview_address(name: str, theme: str) -> str:
    """What a pupil sees of a version, in one of the themes."""
    return f"{PREVIEW}?{urlencode({'naam': name, 'kleuren': theme})}"


def difference_address(one: str, other: str) -> str:
    """Difference of two versions."""
    return f"{DIFFERENCE}?{urlencode({'van': one, 'naar': other})}"


def list_address(**query: object) -> str:
    """List of items, by what is looked for; empty values are left out."""
    given = {name: str(value) for name, value in query.items() if str(value)}
    return f"{LIST}?{urlencode(given)}" if given else LIST
