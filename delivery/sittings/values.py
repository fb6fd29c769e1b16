"""Frozen values of sittings: parts of their state, and what their service gives back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What later requests need to know of an accepted answer."""

    event_number: int
    position: int
    revision: int
    item: str
    category: int
    elapsed_ms: int
    body_hash: str
    late: bool


@dataclass(frozen=True, slots=True)
class ItemTime:
    """Where the time went since the present laptop got the present item, up to the present working interval.

    Attributes
    ----------
    counted_ms : working time, by contacts or by the laptop's clock
    spared_ms : offline time that was given back; over_ms : offline time that was charged because policy gives no more
    silent_ms : time of ended intervals in which nobody heard of the laptop, and that nothing was done with yet
    """

    counted_ms: int = 0
    spared_ms: int = 0
    over_ms: int = 0
    silent_ms: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a laptop gets: an HTTP status and a body ready for JSON; and whether anything was stored."""

    status: int
    body: dict[str, object]
    is_new: bool
