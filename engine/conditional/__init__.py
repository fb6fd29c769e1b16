"""Conditional maximum likelihood: items estimated without a distribution of abilities."""

from __future__ import annotations

from engine.conditional.design import MultistageBooklet, MultistageDesign
from engine.conditional.estimate import calibrate_conditional
from engine.conditional.values import ConditionalCalibration

__all__ = ["ConditionalCalibration", "MultistageBooklet", "MultistageDesign", "calibrate_conditional"]
