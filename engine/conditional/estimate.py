"""Conditional maximum likelihood calibration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from engine.arrays import FloatArray
from engine.conditional.checks import require_known_items, require_scores, step_layout
from engine.conditional.connection import refuse_running, require_comparable, require_connected
from engine.conditional.design import MultistageDesign
from engine.conditional.layout import ScoreLayout, lay_out
from engine.conditional.likelihood import ConditionalLikelihood, conditional_likelihood
from engine.conditional.steps import StepLayout
from engine.conditional.values import ConditionalCalibration
from engine.errors import ParameterError, ResponseError
from engine.responses import Responses

MAX_ITERATIONS = 100  # an end to what never converges; it is reported as such
TOLERANCE = 1e-8  # logits; Newton's next step would be about the square of it
MOST_HALVINGS = 30  # to 1e-9 of a step
ROUNDING = 1e-12  # of the log-likelihood, which is a sum over all persons
NO_GAIN, FAR = 1e-10, 0.1  # log-likelihood a person, and logits: much way for no gain leads to infinity


def calibrate_conditional(
    responses: Responses,
    *,
    design: MultistageDesign | None = None,
    reference: int | None = None,
    on_iteration: Callable[[int, float], None] | None = None,
    max_iterations: int = MAX_ITERATIONS,
    tolerance: float = TOLERANCE,
) -> ConditionalCalibration:
    """Estimate Rasch and partial-credit items from the distribution of responses given the total scores.

    Nothing is assumed of the persons: total scores are sufficient for their abilities, which drop out. Persons who
    answered the same items are a booklet, and each booklet conditions on its own score. After adaptive routing that
    alone is biased: some combinations of scores cannot occur, and the design says which. Tests that choose every
    item anew have no such design, and are not for this method.

    Parameters
    ----------
    responses : n_persons persons to n_items items, scored 0, 1, …, the score being the number of steps taken; weight
        counts a row more than once. Groups play no part
    design
        Paths of a multistage test, of which every person took one; None: all booklets are linear.
    reference
        Item whose location is to be 0; None: the mean of all items' locations is 0.
    on_iteration
        Called after every Newton step with its number and the conditional log-likelihood, which never falls.
    max_iterations
        Newton steps at most; what was reached by then is returned with ``converged`` False.
    tolerance
        Largest change that Newton still asks of a step, in logits, that counts as none.

    Raises
    ------
    ResponseError
        If a response is omitted, not reached or counts for a part; an item has one category, or none in a lower one;
        scores do not link all items; some have no finite estimate; or somebody's scores fit no path of the design.
        The message names the items or persons.
    DesignError
        If the design has items that the responses do not have.
    ParameterError
        If ``reference`` is an item that nobody answered, or an option is out of its range.

    References
    ----------
    Andersen, E. B. (1972). The numerical solution of a set of conditional estimation equations. Journal of the Royal
    Statistical Society B, 34, 42-54. Zwitser, R. J., & Maris, G. (2015). Conditional statistical inference with
    multistage testing designs. Psychometrika, 80, 65-84.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [1, 1]])
    >>> calibrate_conditional(Responses.from_dense(codes), reference=0).step.round(6).tolist()  # log 3
    [0.0, 1.098612]
    """
    if not (max_iterations >= 1 and tolerance > 0.0):
        raise ParameterError(f"max_iterations must be 1 or more, tolerance positive; not {max_iterations}, {tolerance}")
    require_scores(responses)
    steps = step_layout(responses)
    origin = _origin(steps, reference)
    if design is not None:
        require_known_items(design, responses.n_items)
    layout = lay_out(responses, steps, design)
    if not layout.booklets:
        raise ResponseError("nobody has a score between 0 and the highest, so that scores say nothing about items")
    with threadpool_limits(1, user_api="blas"):  # BLAS threads that wait for each other cost more than they bring
        require_connected(conditional_likelihood(layout, np.zeros(steps.n_steps)).information, steps)
        if design is None and steps.per_item.max() == 1:
            require_comparable(responses)
        climb = _Newton(layout, origin, _start(responses, steps))
        n_iterations, converged = climb.run(on_iteration, max_iterations, tolerance)
        covariance = climb.covariance()
    return ConditionalCalibration(
        step_start=steps.start,
        step=climb.step,
        standard_error=np.sqrt(np.maximum(np.diag(covariance), 0.0)),
        covariance=covariance,
        log_likelihood=climb.here.log_likelihood,
        reference=reference,
        n_persons=layout.n_persons,
        n_iterations=n_iterations,
        converged=converged,
    )


def _origin(steps: StepLayout, reference: int | None) -> FloatArray:
    """Weights of the steps whose weighted sum is to be 0, shape (n_steps,); they add up to 1."""
    answered = np.flatnonzero(steps.per_item)
    if answered.size < 2:
        raise ResponseError("items are compared with one another: at least two must have been answered")
    locations = steps.location_weights()
    if reference is None:
        mean: FloatArray = locations.mean(axis=0)
        return mean
    if reference not in answered:
        raise ParameterError(f"the reference must be an item that somebody answered; item {reference} is none")
    only: FloatArray = locations[np.searchsorted(answered, reference)]
    return only


def _start(responses: Responses, steps: StepLayout) -> FloatArray:
    """Log ratios of persons in neighbouring categories."""
    place = responses.item.astype(np.int64) + steps.start[responses.item] + responses.category  # category 0 too
    n = np.bincount(place, responses.weight[responses.person], steps.n_steps + responses.n_items) + 0.5
    category = np.arange(steps.n_steps) + steps.item + 1
    ratio: FloatArray = np.log(n[category - 1] / n[category])
    return ratio


class _Newton:
    """Newton steps on a concave function, each halved until it does not fall."""

    def __init__(self, layout: ScoreLayout, origin: FloatArray, start: FloatArray) -> None:
        self.layout, self.origin = layout, origin
        self.step = start - origin @ start
        self.here = conditional_likelihood(layout, self.step)

    def run(
        self, on_iteration: Callable[[int, float], None] | None, max_iterations: int, tolerance: float
    ) -> tuple[int, bool]:
        """Climb to the maximum; return the number of steps, and whether it was reached."""
        for number in range(1, max_iterations + 1):
            direction = self._direction()
            if direction @ self.here.gradient < NO_GAIN * self.layout.n_persons and np.abs(direction).max() > FAR:
                refuse_running(self.layout.steps, direction)
            self._move(direction)
            if on_iteration is not None:
                on_iteration(number, self.here.log_likelihood)
            if np.abs(direction).max() <= tolerance:
                return number, True
        return max_iterations, False

    def covariance(self) -> FloatArray:
        """Inverse information of steps that keep the origin, shape (n_steps, n_steps)."""
        return self._inverse(self.here)

    def _direction(self) -> FloatArray:
        """Newton's direction, which keeps the origin."""
        direction: FloatArray = self._inverse(self.here) @ self.here.gradient
        return direction

    def _move(self, direction: FloatArray) -> None:
        """Go as far as the likelihood does not fall."""
        lowest = self.here.log_likelihood - ROUNDING * abs(self.here.log_likelihood)
        for halvings in range(MOST_HALVINGS):
            step = self.step + direction / 2**halvings
            step -= self.origin @ step
            there = conditional_likelihood(self.layout, step)
            if there.log_likelihood >= lowest:
                self.step, self.here = step, there
                return

    def _inverse(self, here: ConditionalLikelihood) -> FloatArray:
        """Inverse information under the constraint that the origin stays.

        With the constraint's weights c, the information I and a number s: ``(I + s c c')⁻¹ - 1 1' / s``, which is the
        generalised inverse whose rows are orthogonal to c, as I maps equal changes of all steps to 0.
        """
        scale = float(np.diag(here.information).mean()) / float(self.origin @ self.origin)
        bordered = here.information + scale * np.outer(self.origin, self.origin)
        try:
            inverse: FloatArray = linalg.cho_solve(linalg.cho_factor(bordered), np.eye(len(bordered)))
        except linalg.LinAlgError:
            refuse_running(self.layout.steps, self.step)
        return inverse - 1.0 / scale
