"""What a calibration returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, assign, own
from engine.errors import ParameterError
from engine.models import ItemParameters


@dataclass(frozen=True, slots=True, eq=False)
class ItemStandardErrors:
    """Standard errors of n_items items from the observed information.

    Attributes
    ----------
    discrimination : (n_items,) in 1/logit; 0 where the slope was not estimated
    difficulty : (n_items,) in logits; infinite where the data do not determine it
    """

    discrimination: FloatArray
    difficulty: FloatArray

    def __post_init__(self) -> None:
        slope = own(self.discrimination, np.float64, "discrimination", 1, ParameterError)
        assign(self, discrimination=slope, difficulty=own(self.difficulty, np.float64, "difficulty", 1, ParameterError))


@dataclass(frozen=True, slots=True)
class GroupEstimate:
    """Ability distribution of one group.

    Attributes
    ----------
    mean, sd : in logits; fixed at 0 (and 1 under 2PL) for group 0, which gives the scale its origin
    n : number of persons, by weight
    """

    mean: float
    sd: float
    n: float


@dataclass(frozen=True, slots=True)
class ItemFlag:
    """A reason to look at an item.

    Attributes
    ----------
    item : item index
    reason : what was seen, in words
    """

    item: int
    reason: str


@dataclass(frozen=True, slots=True)
class GroupFlag:
    """A reason to look at a group of persons.

    Attributes
    ----------
    group : group index
    reason : what was seen, in words
    """

    group: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Estimates of n_items items and the groups that answered them.

    Attributes
    ----------
    items : estimated parameters
    standard_errors : of the items
    groups : one for each group, in order of group index
    log_likelihood : marginal log-likelihood at the estimates
    n_cycles : expectation steps taken
    converged : whether the largest change of a parameter fell below the tolerance
    n_nodes : nodes of the grid on which the log-likelihood was evaluated
    flags : items that deserve a look
    group_flags : groups that deserve one
    """

    items: ItemParameters
    standard_errors: ItemStandardErrors
    groups: tuple[GroupEstimate, ...]
    log_likelihood: float
    n_cycles: int
    converged: bool
    n_nodes: int
    flags: tuple[ItemFlag, ...]
    group_flags: tuple[GroupFlag, ...] = ()
