"""Measurement: response models, calibration, ability, adaptive selection, simulation. Values and pure functions."""

from __future__ import annotations

from engine.ability import (
    Abilities,
    AbilityNote,
    AbilityPrior,
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
from engine.linking import Link, LinkMethod, LinkOptions, link_scales, parameter_names, with_linking_error
from engine.missing import MissingRules, treat_missing
from engine.models import ItemParameters, Kind, item_information, log_probabilities, probability_correct
from engine.quadrature import Quadrature, normal_quadrature
from engine.responses import NOT_REACHED, OMITTED, Responses
from engine.simulation import linear_booklets, simulate_adaptive, simulate_responses
from engine.table import ResponseTable, response_table
from engine.virtual import VirtualItems, by_group, split_items

__all__ = [
    "MODELS",
    "NOT_REACHED",
    "OMITTED",
    "Abilities",
    "AbilityNote",
    "AbilityPrior",
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
    "Link",
    "LinkMethod",
    "LinkOptions",
    "LogNormalPrior",
    "MissingRules",
    "Model",
    "MultistageBooklet",
    "MultistageDesign",
    "NormalPrior",
    "ParameterError",
    "PlausibleValues",
    "Pool",
    "Priors",
    "Quadrature",
    "RegressionPosterior",
    "ResponseError",
    "ResponseTable",
    "Responses",
    "VirtualItems",
    "by_group",
    "calibrate",
    "calibrate_conditional",
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
    "split_items",
    "treat_missing",
    "with_linking_error",
]
