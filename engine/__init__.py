"""Measurement: response models, calibration, ability, adaptive selection, simulation. Values and pure functions."""

from __future__ import annotations

from engine.ability import Abilities, estimate_eap
from engine.adaptive import AdaptiveState, Blueprint, Choice, Pool, check_blueprint, choose_next
from engine.calibration import (
    MODELS,
    Calibration,
    Convergence,
    Covariance,
    GroupEstimate,
    GroupFlag,
    ItemFlag,
    ItemStandardErrors,
    LogNormalPrior,
    Model,
    NormalPrior,
    Priors,
    calibrate,
)
from engine.conditional import (
    ConditionalCalibration,
    MultistageBooklet,
    MultistageDesign,
    calibrate_conditional,
)
from engine.errors import BlueprintError, DesignError, EngineError, ParameterError, ResponseError
from engine.missing import MissingRules, treat_missing
from engine.models import ItemParameters, Kind, item_information, log_probabilities, probability_correct
from engine.quadrature import Quadrature, normal_quadrature
from engine.responses import NOT_REACHED, OMITTED, Responses
from engine.simulation import linear_booklets, simulate_adaptive, simulate_responses
from engine.table import ResponseTable, response_table

__all__ = [
    "MODELS",
    "NOT_REACHED",
    "OMITTED",
    "Abilities",
    "AdaptiveState",
    "Blueprint",
    "BlueprintError",
    "Calibration",
    "Choice",
    "ConditionalCalibration",
    "Convergence",
    "Covariance",
    "DesignError",
    "EngineError",
    "GroupEstimate",
    "GroupFlag",
    "ItemFlag",
    "ItemParameters",
    "ItemStandardErrors",
    "Kind",
    "LogNormalPrior",
    "MissingRules",
    "Model",
    "MultistageBooklet",
    "MultistageDesign",
    "NormalPrior",
    "ParameterError",
    "Pool",
    "Priors",
    "Quadrature",
    "ResponseError",
    "ResponseTable",
    "Responses",
    "calibrate",
    "calibrate_conditional",
    "check_blueprint",
    "choose_next",
    "estimate_eap",
    "item_information",
    "linear_booklets",
    "log_probabilities",
    "normal_quadrature",
    "probability_correct",
    "response_table",
    "simulate_adaptive",
    "simulate_responses",
    "treat_missing",
]
