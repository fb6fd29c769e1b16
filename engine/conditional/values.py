"""What a conditional calibration returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray, assign, own
from engine.conditional.steps import StepLayout
from engine.errors import ParameterError
from engine.models import ItemParameters, Kind


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalCalibration:
    """Rasch and partial-credit items estimated by conditional maximum likelihood; slopes are 1.

    Attributes
    ----------
    step_start : (n_items + 1,) where each item's steps begin: one for every category from 1 on, none where the item
        was not estimated
    step : (n_steps,) locations in logits: step k is where the curves of categories k-1 and k cross; with two
        categories the difficulty
    standard_error : (n_steps,) in logits, on this scale
    covariance : (n_steps, n_steps) of the steps, on this scale: singular, as the scale's origin is known
    log_likelihood : conditional, of all responses given scores and paths
    reference : item whose location, the mean of its steps, is 0; None: the mean of all items' locations is 0
    n_persons : weighted persons whose score says something: not 0, and not the highest
    n_iterations : Newton steps taken
    converged : whether the last one asked no step to move by more than the tolerance

    Raises
    ------
    ParameterError
        If the arrays do not fit together.
    """

    step_start: IntArray
    step: FloatArray
    standard_error: FloatArray
    covariance: FloatArray
    log_likelihood: float
    reference: int | None
    n_persons: float
    n_iterations: int
    converged: bool

    def __post_init__(self) -> None:
        start = own(self.step_start, np.int64, "step_start", 1, ParameterError)
        step = own(self.step, np.float64, "step", 1, ParameterError)
        error = own(self.standard_error, np.float64, "standard_error", 1, ParameterError)
        covariance = own(self.covariance, np.float64, "covariance", 2, ParameterError)
        if start.size == 0 or start[0] != 0 or np.any(np.diff(start) < 0) or start[-1] != step.size:
            raise ParameterError(f"step_start must rise from 0 to the number of steps, {step.size}")
        if error.shape != step.shape or covariance.shape != (step.size, step.size):
            raise ParameterError("every step needs a standard error, and a row and a column of the covariance")
        assign(self, step_start=start, step=step, standard_error=error, covariance=covariance)

    @property
    def estimated(self) -> IntArray:
        """Items that were estimated, sorted, shape (n_estimated,)."""
        return np.flatnonzero(np.diff(self.step_start)).astype(np.int64)

    @property
    def not_estimated(self) -> IntArray:
        """Items that nobody answered, sorted."""
        return np.flatnonzero(np.diff(self.step_start) == 0).astype(np.int64)

    @property
    def location(self) -> FloatArray:
        """Mean of each item's steps in logits, shape (n_estimated,)."""
        location: FloatArray = StepLayout(self.step_start).location_weights() @ self.step
        return location

    @property
    def location_standard_error(self) -> FloatArray:
        """Standard error of each item's location in logits, shape (n_estimated,)."""
        mean = StepLayout(self.step_start).location_weights()
        variance: FloatArray = ((mean @ self.covariance) * mean).sum(axis=1)
        return np.sqrt(np.maximum(variance, 0.0))

    @property
    def items(self) -> ItemParameters:
        """The items of ``estimated`` as other parts of the engine take them: logistic, or partial-credit."""
        steps = [self.step[self.step_start[i] : self.step_start[i + 1]] for i in self.estimated.tolist()]
        two = [i for i, step in enumerate(steps) if step.size == 1]
        more = [i for i, step in enumerate(steps) if step.size > 1]
        logistic = ItemParameters.two_parameter(np.ones(len(two)), np.array([steps[i][0] for i in two]))
        partial = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, np.ones(len(more)), [steps[i] for i in more])
        return ItemParameters.join([logistic, partial]).take(np.argsort([*two, *more]))
