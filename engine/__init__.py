"""Measurement: response models, calibration, ability, adaptive selection, simulation. Values and pure functions."""

from __future__ import annotations

from engine.ability import (
    Abilities,
    AbilityNote,
    NormalPrior,
    PlausibleValues,
    RegressionPosterior,
    draw_conditional_values,
    draw_plausible_values,
    estimate_eap,
    estimate_map,
    estimate_ml,
    estimate_wle,
    fit_latent_regression,
)
from engine.adaptive import AdaptiveState, Blueprint, Choice, Pool, check_blueprint, choose_next
from engine.calibration import Calibration, GroupEstimate, GroupFlag, ItemFlag, ItemStandardErrors, calibrate
from engine.errors import BlueprintError, DesignError, EngineError, ParameterError, ResponseError
from engine.linking import Link, LinkMethod, LinkOptions, link_scales, parameter_names, with_linking_error
from engine.models import ItemParameters, item_information, log_probabilities, probability_correct
from engine.quadrature import Quadrature, normal_quadrature
from engine.responses import Responses
from engine.simulation import linear_booklets, simulate_adaptive, simulate_responses
from engine.table import ResponseTable, response_table

__all__ = [
    "Abilities",
    "AbilityNote",
    "AdaptiveState",
    "Blueprint",
    "BlueprintError",
    "Calibration",
    "Choice",
    "DesignError",
    "EngineError",
    "GroupEstimate",
    "GroupFlag",
    "ItemFlag",
    "ItemParameters",
    "ItemStandardErrors",
    "Link",
    "LinkMethod",
    "LinkOptions",
    "NormalPrior",
    "ParameterError",
    "PlausibleValues",
    "Pool",
    "Quadrature",
    "RegressionPosterior",
    "ResponseError",
    "ResponseTable",
    "Responses",
    "calibrate",
    "check_blueprint",
    "choose_next",
    "draw_conditional_values",
    "draw_plausible_values",
    "estimate_eap",
    "estimate_map",
    "estimate_ml",
    "estimate_wle",
    "fit_latent_regression",
    "item_information",
    "linear_booklets",
    "link_scales",
    "log_probabilities",
    "normal_quadrature",
    "parameter_names",
    "probability_correct",
    "response_table",
    "simulate_adaptive",
    "simulate_responses",
    "with_linking_error",
]
