"""Estimation of items and groups from responses."""

from __future__ import annotations

from engine.calibration.calibrate import calibrate
from engine.calibration.values import Calibration, GroupEstimate, ItemFlag, ItemStandardErrors

__all__ = ["Calibration", "GroupEstimate", "ItemFlag", "ItemStandardErrors", "calibrate"]
