"""Simulated persons, in linear booklets and in adaptive tests."""

from __future__ import annotations

from engine.simulation.booklets import linear_booklets
from engine.simulation.responses import simulate_responses

__all__ = ["linear_booklets", "simulate_responses"]
