"""What a demo can fail on."""

from __future__ import annotations

from peil.errors import PeilError


class DemoError(PeilError):
    """A step of the demo did not do its work; says which and what was seen instead."""
