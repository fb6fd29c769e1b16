"""Adaptive tests: pool, blueprint, state, and the choice of the next item."""

from __future__ import annotations

from engine.adaptive.blueprint import Blueprint
from engine.adaptive.checking import check_blueprint
from engine.adaptive.pool import Pool
from engine.adaptive.selection import choose_next
from engine.adaptive.state import AdaptiveState, Choice

__all__ = ["AdaptiveState", "Blueprint", "Choice", "Pool", "check_blueprint", "choose_next"]
