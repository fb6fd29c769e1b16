"""Adaptive tests: pool, blueprint, state, and the choice of the next item."""

from __future__ import annotations

from engine.adaptive.blueprint import Blueprint
from engine.adaptive.pool import Pool
from engine.adaptive.state import AdaptiveState, Choice

__all__ = ["AdaptiveState", "Blueprint", "Choice", "Pool"]
