"""Calibration versions: parameters of item versions with where they come from; kept for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MODELS = ("rasch", "2pl", "gpcm")


@dataclass(frozen=True, slots=True)
class CalibratedItem:
    """What one calibration says of one item version.

    Attributes
    ----------
    item : ``identifier@version``
    discrimination, difficulty : slope in 1/logit and location in logits (D = 1); of steps their mean
    discrimination_error, difficulty_error : their standard errors
    n : how many answers it rests on
    p_value : share of the points that they earned
    steps : of an item with points for parts (generalised partial credit), where each next point becomes the likelier
        one, in logits; none of an item that is right or wrong
    """

    item: str
    discrimination: float
    difficulty: float
    discrimination_error: float
    difficulty_error: float
    n: int
    p_value: float
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CalibrationVersion:
    """One calibration, with its provenance.

    Attributes
    ----------
    identifier : such as ``field-test-1``
    model : ``rasch``, ``2pl``, or ``gpcm`` where some items have steps
    provenance : what it rests on: data, versions, settings; plain data
    items : one entry an item version
    """

    identifier: str
    model: str
    provenance: Mapping[str, Any]
    items: tuple[CalibratedItem, ...]
