"""Measurement: response models, calibration, ability, adaptive selection, simulation. Values and pure functions."""

from __future__ import annotations

from engine.ability import Abilities, estimate_eap
from engine.adaptive import AdaptiveState, Blueprint, Choice, Pool
from engine.errors import BlueprintError, DesignError, EngineError, ParameterError, ResponseError
from engine.models import ItemParameters, item_information, log_probabilities, probability_correct
from engine.quadrature import Quadrature, normal_quadrature
from engine.responses import Responses
from engine.table import ResponseTable, response_table

__all__ = [
    "Abilities",
    "AdaptiveState",
    "Blueprint",
    "BlueprintError",
    "Choice",
    "DesignError",
    "EngineError",
    "ItemParameters",
    "ParameterError",
    "Pool",
    "Quadrature",
    "ResponseError",
    "ResponseTable",
    "Responses",
    "estimate_eap",
    "item_information",
    "log_probabilities",
    "normal_quadrature",
    "probability_correct",
    "response_table",
]
