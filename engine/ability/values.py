"""What an estimate of ability is: a value, its standard error, and what to know about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag

import numpy as np

from engine.arrays import BoolArray, CodeArray, FloatArray, assign, own
from engine.errors import ParameterError


class AbilityNote(IntFlag):
    """What a reader of an estimate should know; several may hold at once."""

    NO_ANSWERS = 1
    """Nothing was answered: the estimate is the prior's, or without a prior the middle of the bounds."""
    LOWEST_SCORE = 2
    """Every answer is in category 0, so that the likelihood of a test without guessing has no maximum."""
    HIGHEST_SCORE = 4
    """Every answer is in the highest category, so that the likelihood has no maximum."""
    AT_LOWER_BOUND = 8
    """The maximum lies at or below the lower bound: the estimate is the bound, its standard error infinite."""
    AT_UPPER_BOUND = 16
    """The maximum lies at or above the upper bound: the estimate is the bound, its standard error infinite."""
    SEVERAL_MAXIMA = 32
    """What is maximised has several maxima, as happens with guessing; the estimate is the highest."""


def _no_notes() -> CodeArray:
    """Stand for notes that were not given."""
    return np.zeros(0, dtype=np.int8)


@dataclass(frozen=True, slots=True, eq=False)
class Abilities:
    """Estimates for n_persons persons.

    Attributes
    ----------
    theta : (n_persons,) estimated ability in logits, finite
    standard_error : (n_persons,) its standard error in logits; infinite where the answers do not bound the
        ability, never NaN
    note : (n_persons,) sum of `AbilityNote` codes, 0 where there is nothing to say

    Raises
    ------
    ParameterError
        If the arrays do not fit together, an ability is not finite or a standard error is NaN.
    """

    theta: FloatArray
    standard_error: FloatArray
    note: CodeArray = field(default_factory=_no_notes)

    def __post_init__(self) -> None:
        theta = own(self.theta, np.float64, "theta", 1, ParameterError)
        error = own(self.standard_error, np.float64, "standard_error", 1, ParameterError)
        note = own(self.note if self.note.size else np.zeros(theta.size), np.int8, "note", 1, ParameterError)
        if not theta.size == error.size == note.size:
            raise ParameterError("every ability needs a standard error and a note")
        if not np.all(np.isfinite(theta)) or np.any(np.isnan(error)):
            raise ParameterError("abilities must be finite, and no standard error NaN")
        assign(self, theta=theta, standard_error=error, note=note)

    def has(self, note: AbilityNote) -> BoolArray:
        """Which persons carry a note, (n_persons,)."""
        carries: BoolArray = (self.note & note) != 0
        return carries
