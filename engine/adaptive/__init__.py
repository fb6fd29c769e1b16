"""Adaptive tests: a bank made ready, the state as a fold of events, and the choice of the next item."""

from __future__ import annotations

from engine.adaptive.bank import AdaptiveBank, Prepared, content_hash, make_bank
from engine.adaptive.deciding import Decision, decide, decide_ahead
from engine.adaptive.events import Answered, Chosen, Event, Started
from engine.adaptive.reserving import Underway, items_ahead, still_ahead
from engine.adaptive.starting import draw_field_test
from engine.adaptive.state import AdaptiveState, fold, fold_all
from engine.adaptive.strategy import Ending, Estimator, Method, Strategy

__all__ = [
    "AdaptiveBank",
    "AdaptiveState",
    "Answered",
    "Chosen",
    "Decision",
    "Ending",
    "Estimator",
    "Event",
    "Method",
    "Prepared",
    "Started",
    "Strategy",
    "Underway",
    "content_hash",
    "decide",
    "decide_ahead",
    "draw_field_test",
    "fold",
    "fold_all",
    "items_ahead",
    "make_bank",
    "still_ahead",
]
