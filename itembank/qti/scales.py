"""The slider: its bounds, its step, and whether its key is a number that it can give."""

from __future__ import annotations

import math

from itembank.qti.asking import Asked
from itembank.qti.nodes import attribute
from itembank.values import Interaction, ResponseField, Scale

MOST_STEPS = 1_000
"""A child can set a place on a slider of about 600 pixels no finer than this."""


def _number(asked: Asked, name: str, default: float) -> float:
    """Number of an attribute; refused when it is none, or not whole for a response that must be."""
    text = attribute(asked.element, name)
    try:
        number = float(text) if text else default
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        asked.refuse(f"{name} is {text[:20]!r}" if text else f"{name} is missing", f"Give {name} as a number")
    elif asked.declared.base_type == "integer" and not number.is_integer():
        asked.refuse(f"{name} is {text[:20]!r}, and its response is declared as integer", "Declare it as float")
    return number


def _check_key(asked: Asked, scale: Scale) -> None:
    """Refuse a key where the slider can never stand."""
    for number in asked.key:
        if not isinstance(number, int | float) or not scale.holds(number):
            asked.refuse(f"the key {number} is no place of the slider", "Correct the key, the bounds or the step")


def read_scale(asked: Asked) -> ResponseField:
    """Read a slider.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    lower, upper = _number(asked, "lowerBound", math.nan), _number(asked, "upperBound", math.nan)
    scale = Scale(lower, upper, _number(asked, "step", 1.0))
    if scale.step <= 0.0 or scale.lower >= scale.upper:
        asked.refuse("it has no room to move", "Give lowerBound < upperBound and a step above 0")
    elif math.isfinite(steps := (scale.upper - scale.lower) / scale.step):
        if not 1.0 <= steps <= MOST_STEPS:
            asked.refuse(f"it has {steps:.0f} steps", f"Give it 1 to {MOST_STEPS} steps")
        elif not scale.holds(scale.upper):
            asked.refuse("its steps do not end at upperBound", "Make upperBound - lowerBound a multiple of step")
        else:
            _check_key(asked, scale)
    if attribute(asked.element, "reverse") == "true" or attribute(asked.element, "orientation") == "vertical":
        asked.warn("it is shown from left to right, low to high", "Nothing to do; the answer stays the same")
    return ResponseField(asked.identifier, Interaction.SLIDER, scale=scale)
