"""What can go wrong while reporting; each error says what, which and what to do."""

from __future__ import annotations


class ReportError(Exception):
    """Base of every error that this package raises."""


class DisclosureError(ReportError):
    """A figure would tell too much about too few people or schools."""


class DatasetError(ReportError):
    """A research dataset cannot be written as asked."""
