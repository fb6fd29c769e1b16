"""Addresses in items, passages and tests: which of them can be a file of the package."""

from __future__ import annotations


def is_foreign(address: str) -> bool:
    """Whether an address leads out of the package: a scheme, a host, or an absolute path."""
    return not address or address.startswith(("/", "\\", "#")) or ":" in address.split("/")[0]
