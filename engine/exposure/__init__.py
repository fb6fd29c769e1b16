"""Exposure control: who may be given which item, limits on rates and overlap, and items in a field test."""

from __future__ import annotations

from engine.exposure.calibration import (
    ExposureCalibration,
    ExposureOptions,
    Simulate,
    SimulatedTests,
    calibrate_exposure,
)
from engine.exposure.counts import ExposureCounts, adapt_eligibility, count_exposure
from engine.exposure.eligibility import (
    Eligibility,
    all_eligible,
    eligible_items,
    item_units,
    lift_where_short,
    passage_units,
    unit_draws,
)
from engine.exposure.limits import ExposureLimit, check_limits, conditional_limits
from engine.exposure.pretest import PretestDraw, draw_pretest
from engine.exposure.rates import administered_counts, exposure_rates, overlap_of_rates, overlap_rate
from engine.exposure.selected import calibrate_sympson_hetter, sympson_hetter_step

__all__ = [
    "Eligibility",
    "ExposureCalibration",
    "ExposureCounts",
    "ExposureLimit",
    "ExposureOptions",
    "PretestDraw",
    "Simulate",
    "SimulatedTests",
    "adapt_eligibility",
    "administered_counts",
    "all_eligible",
    "calibrate_exposure",
    "calibrate_sympson_hetter",
    "check_limits",
    "conditional_limits",
    "count_exposure",
    "draw_pretest",
    "eligible_items",
    "exposure_rates",
    "item_units",
    "lift_where_short",
    "overlap_of_rates",
    "overlap_rate",
    "passage_units",
    "sympson_hetter_step",
    "unit_draws",
]
