"""Simulated persons, in linear booklets and in adaptive tests."""

from __future__ import annotations

from engine.simulation.accuracy import Accuracy, Levels, accuracy, accuracy_by_ability, accuracy_by_group, classify
from engine.simulation.adaptive import is_plain, simulate_adaptive
from engine.simulation.behaviour import Behaviour
from engine.simulation.booklets import linear_booklets
from engine.simulation.exposed import exposure_simulator
from engine.simulation.linear import simulate_linear
from engine.simulation.persons import Persons, Subgroup, draw_persons
from engine.simulation.responses import simulate_responses
from engine.simulation.summary import Summary, summarise
from engine.simulation.usage import ItemUse, RuleUse, use_of_items, use_of_rules
from engine.simulation.values import Simulation

__all__ = [
    "Accuracy",
    "Behaviour",
    "ItemUse",
    "Levels",
    "Persons",
    "RuleUse",
    "Simulation",
    "Subgroup",
    "Summary",
    "accuracy",
    "accuracy_by_ability",
    "accuracy_by_group",
    "classify",
    "draw_persons",
    "exposure_simulator",
    "is_plain",
    "linear_booklets",
    "simulate_adaptive",
    "simulate_linear",
    "simulate_responses",
    "summarise",
    "use_of_items",
    "use_of_rules",
]
