"""Sealed rows: answers that laptops keep and only the server can read."""

from delivery.sealed.rows import OpenRow, RowOpener
from delivery.sealed.taking import Outcome, take_rows

__all__ = ["OpenRow", "Outcome", "RowOpener", "take_rows"]
