"""Estimation of items and groups from responses."""

from __future__ import annotations

from engine.calibration.calibrate import calibrate
from engine.calibration.values import Calibration, GroupEstimate, GroupFlag, ItemFlag, ItemStandardErrors

__all__ = ["Calibration", "GroupEstimate", "GroupFlag", "ItemFlag", "ItemStandardErrors", "calibrate"]
