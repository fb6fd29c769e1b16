"""Estimates of persons' abilities from known items."""

from __future__ import annotations

from engine.ability.eap import estimate_eap
from engine.ability.plausible import PlausibleValues, draw_conditional_values, draw_plausible_values
from engine.ability.point import BOUNDS, estimate_map, estimate_ml, estimate_wle
from engine.ability.priors import AbilityPrior, Prior
from engine.ability.regression import RegressionPosterior, fit_latent_regression
from engine.ability.values import Abilities, AbilityNote

__all__ = [
    "BOUNDS",
    "Abilities",
    "AbilityNote",
    "AbilityPrior",
    "PlausibleValues",
    "Prior",
    "RegressionPosterior",
    "draw_conditional_values",
    "draw_plausible_values",
    "estimate_eap",
    "estimate_map",
    "estimate_ml",
    "estimate_wle",
    "fit_latent_regression",
]
