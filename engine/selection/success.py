"""A rule for those who must succeed more often than they fail, and what it costs in precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import DesignError
from engine.selection.information import information_of_all, information_of_pairs
from engine.selection.posterior import Standing
from engine.selection.probabilities import probabilities_of_all
from engine.selection.search import most_informative
from engine.selection.tables import SelectionTables
from engine.table import expected_share

MOST_INFORMATION = 99.0  # 1/logit²: what an item is worth at most beside the success rate
ONE_BAND = 100.0
FINEST = 0.005


@dataclass(frozen=True, slots=True)
class TargetSuccess:
    """Expected score nearest to a share of the maximum, for young children often .6; ties by information.

    Maximum information asks items that half of the pupils get wrong (Eggen & Verschoor, 2006, Applied Psychological
    Measurement 30, 379-393, choose easier ones in the same way). `information_share` tells what it costs.

    Attributes
    ----------
    rate : expected score at the estimate, as a share of the item's highest category
    tolerance : distances to the rate within the same multiple of it are ties, 0.005 or more

    Raises
    ------
    DesignError
        If the rate is not between 0 and 1, or the tolerance is too small.
    """

    rate: float = 0.6
    tolerance: float = 0.01

    def __post_init__(self) -> None:
        if not (0.0 < self.rate < 1.0 and FINEST <= self.tolerance <= 1.0):
            raise DesignError(
                f"a success rate lies between 0 and 1 and its tolerance between {FINEST} and 1, not {self.rate} "
                f"and {self.tolerance}"
            )

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        away = np.abs(expected_share(probabilities_of_all(tables, standing.theta), tables.offset) - self.rate)
        band = np.floor(away / self.tolerance)
        information = information_of_all(tables, standing.theta)
        scores: FloatArray = np.minimum(information, MOST_INFORMATION) - ONE_BAND * band
        return scores


def information_share(tables: SelectionTables, theta: FloatArray, item: IntArray, excluded: BoolArray) -> FloatArray:
    """Information of chosen items as a share of the highest that was free, (n_persons,): 1 loses no precision.

    Parameters
    ----------
    tables : the bank
    theta : (n_persons,) in logits
    item : (n_persons,) what was chosen, 0 or more
    excluded : (n_persons, n_items) what could not be chosen; the chosen one could
    """
    most = information_of_pairs(tables, most_informative(tables, theta, excluded), theta)
    own = information_of_pairs(tables, item, theta)
    share: FloatArray = np.where(most > 0.0, own / np.where(most > 0.0, most, 1.0), 1.0)
    return share
