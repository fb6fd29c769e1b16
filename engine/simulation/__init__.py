"""Simulated persons, in linear booklets and in adaptive tests."""

from __future__ import annotations

from engine.simulation.adaptive import simulate_adaptive
from engine.simulation.behaviour import Behaviour
from engine.simulation.booklets import linear_booklets
from engine.simulation.linear import simulate_linear
from engine.simulation.persons import Persons, Subgroup, draw_persons
from engine.simulation.responses import simulate_responses
from engine.simulation.values import Simulation

__all__ = [
    "Behaviour",
    "Persons",
    "Simulation",
    "Subgroup",
    "draw_persons",
    "linear_booklets",
    "simulate_adaptive",
    "simulate_linear",
    "simulate_responses",
]
