"""The report of a calibration: one frozen value, one self-contained page for psychometricians."""

from __future__ import annotations

from reports.calibration.page import render_calibration
from reports.calibration.values import (
    Band,
    CalibrationReport,
    Coefficient,
    CurveKind,
    GroupResult,
    ItemResult,
    Parameter,
)

__all__ = [
    "Band",
    "CalibrationReport",
    "Coefficient",
    "CurveKind",
    "GroupResult",
    "ItemResult",
    "Parameter",
    "render_calibration",
]
