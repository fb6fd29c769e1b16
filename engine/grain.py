"""Values as whole multiples of 1e-9, so that every processor compares them alike."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray, IntArray

GRAIN = 1e9


def quantise(value: FloatArray) -> IntArray:
    """Values as whole multiples of 1e-9, of the same shape."""
    whole: IntArray = np.rint(value * GRAIN).astype(np.int64)
    return whole


def round_to_grain(value: FloatArray) -> FloatArray:
    """Return values rounded to 1e-9, of the same shape; what rounds to zero has no sign, on any processor."""
    rounded: FloatArray = np.rint(value * GRAIN) / GRAIN + 0.0
    return rounded
