"""Estimation of items and groups from responses."""

from __future__ import annotations

from engine.calibration.blocks import MODELS, Model
from engine.calibration.calibrate import calibrate
from engine.calibration.priors import LogNormalPrior, NormalPrior, Priors
from engine.calibration.values import (
    Calibration,
    Convergence,
    Covariance,
    GroupEstimate,
    GroupFlag,
    ItemFlag,
    ItemStandardErrors,
)

__all__ = [
    "MODELS",
    "Calibration",
    "Convergence",
    "Covariance",
    "GroupEstimate",
    "GroupFlag",
    "ItemFlag",
    "ItemStandardErrors",
    "LogNormalPrior",
    "Model",
    "NormalPrior",
    "Priors",
    "calibrate",
]
