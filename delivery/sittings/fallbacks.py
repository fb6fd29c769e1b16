"""Saying where a blueprint could not be kept: the pupil notices nothing, and an operator should."""

from __future__ import annotations

import structlog

from delivery.sittings.events import EventKind
from delivery.sittings.offers import Offer
from delivery.sittings.state import SittingState

OFFERING = frozenset({EventKind.OFFERED, EventKind.ANSWERED})
"""Events in which an item can be chosen."""
log = structlog.get_logger(__name__)


def count_fallback(state: SittingState, kind: str) -> None:
    """Log that the item that the last event chose, if it chose one, breaks the blueprint; the sitting goes on."""
    offer = state.current
    if kind in OFFERING and isinstance(offer, Offer) and offer.choice.fallback:
        log.warning("fallback in selection", sitting=str(state.ref.sitting_id), route=offer.choice.route)
