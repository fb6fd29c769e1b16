"""Response models: probabilities, information and derivatives."""

from __future__ import annotations

from engine.models.conversion import Block, blocks_of
from engine.models.family import Family
from engine.models.items import ItemParameters, Kind
from engine.models.logistic import item_information, log_probabilities, probability_correct

__all__ = [
    "Block",
    "Family",
    "ItemParameters",
    "Kind",
    "blocks_of",
    "item_information",
    "log_probabilities",
    "probability_correct",
]
