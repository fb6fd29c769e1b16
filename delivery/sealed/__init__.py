"""Sealed rows: answers that laptops keep and only the server can read."""

from delivery.sealed.rows import OpenRow, RowOpener, public_point
from delivery.sealed.taking import Outcome, take_rows

__all__ = ["OpenRow", "Outcome", "RowOpener", "public_point", "take_rows"]
