"""Response models: probabilities, information and derivatives."""

from __future__ import annotations

from engine.models.conversion import Block, blocks_of
from engine.models.family import Family
from engine.models.items import ItemParameters, Kind
from engine.models.logistic import (
    information_by_strength,
    item_information,
    log_probabilities,
    polytomous_blocks,
    probability_correct,
    strength_of,
)

__all__ = [
    "Block",
    "Family",
    "ItemParameters",
    "Kind",
    "blocks_of",
    "information_by_strength",
    "item_information",
    "log_probabilities",
    "polytomous_blocks",
    "probability_correct",
    "strength_of",
]
