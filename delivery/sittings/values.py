"""What the service of sittings gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """What a laptop gets: an HTTP status and a body ready for JSON; and whether anything was stored."""

    status: int
    body: dict[str, object]
    is_new: bool
