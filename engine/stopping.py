"""When a test is over: small rules that are asked after every answer, and why the first of them stopped it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import DesignError

ReasonArray = npt.NDArray[np.int8]


class StopReason(IntEnum):
    """Why a test stopped; `words` says it to people."""

    GOING_ON = 0
    CLASSIFIED = 1
    PRECISE = 2
    LITTLE_TO_GAIN = 3
    LITTLE_GAINED = 4
    COMPLETE = 5
    TIME_UP = 6
    FULL_LENGTH = 7
    NOTHING_LEFT = 8

    @property
    def words(self) -> str:
        """What happened, in words."""
        return WORDS[self]


WORDS = {
    StopReason.GOING_ON: "the test goes on",
    StopReason.CLASSIFIED: "the level is certain enough",
    StopReason.PRECISE: "the ability is precise enough",
    StopReason.LITTLE_TO_GAIN: "no item left would tell much more",
    StopReason.LITTLE_GAINED: "the last answer told hardly anything",
    StopReason.COMPLETE: "the blueprint is complete",
    StopReason.TIME_UP: "the time is up",
    StopReason.FULL_LENGTH: "the test has its full length",
    StopReason.NOTHING_LEFT: "no item is left that the pupil may be given",
}


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far n_persons tests are; what no rule asks for may be left out.

    Attributes
    ----------
    n_answered : (n_persons,) scored items answered
    standard_error : (n_persons,) posterior standard deviation of ability, in logits
    standard_error_before : (n_persons,) the same before the last answer
    information_ahead : (n_persons,) expected information of the best item left, 1/logit²
    elapsed_ms : (n_persons,) time the persons have worked, given by the caller
    is_complete : (n_persons,) whether the items given meet the blueprint as they are
    log_ratio : (n_persons, n_cuts) log-likelihood ratio at each cut score, from `engine.classification`
    """

    n_answered: IntArray
    standard_error: FloatArray | None = None
    standard_error_before: FloatArray | None = None
    information_ahead: FloatArray | None = None
    elapsed_ms: IntArray | None = None
    is_complete: BoolArray | None = None
    log_ratio: FloatArray | None = None

    def known(self, name: str) -> npt.NDArray[np.generic]:
        """Return what a rule asks for; an error that names it when it was left out or has another length."""
        values: npt.NDArray[np.generic] | None = getattr(self, name)
        if values is None:
            raise DesignError(f"a stopping rule needs {name}, which was not given")
        if len(values) != self.n_answered.size:
            raise DesignError(f"{name} must hold one value a person, {self.n_answered.size}, not {len(values)}")
        return values


class StoppingRule(Protocol):
    """One reason to stop."""

    @property
    def reason(self) -> StopReason:
        """Reason that this rule gives."""
        ...

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over, (n_persons,)."""
        ...


@dataclass(frozen=True, slots=True)
class MaximumLength:
    """Stop when so many scored items were answered.

    Attributes
    ----------
    length : scored items, 1 or more
    reason : what is reported

    Raises
    ------
    DesignError
        If the length is below 1.
    """

    length: int
    reason: StopReason = field(default=StopReason.FULL_LENGTH, init=False)

    def __post_init__(self) -> None:
        _require(self.length >= 1, f"a test needs a length of 1 or more, not {self.length}")

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over; see `StoppingRule`."""
        over: BoolArray = progress.n_answered >= self.length
        return over


@dataclass(frozen=True, slots=True)
class StandardError:
    """Stop when the standard error is at most so much.

    Weiss & Kingsbury (1984), Journal of Educational Measurement 21, 361-375.

    Attributes
    ----------
    at_most : posterior standard deviation, or standard error of a point, in logits
    reason : what is reported

    Raises
    ------
    DesignError
        If it is not positive.
    """

    at_most: float
    reason: StopReason = field(default=StopReason.PRECISE, init=False)

    def __post_init__(self) -> None:
        _require(0.0 < self.at_most < np.inf, f"a standard error to reach must be positive, not {self.at_most}")

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over; see `StoppingRule`."""
        over: BoolArray = np.less_equal(progress.known("standard_error"), self.at_most)
        return over


@dataclass(frozen=True, slots=True)
class PredictedReduction:
    """Stop when the best item left would take less than so much off the standard error, in logits.

    With posterior variance v and information I ahead the error is predicted to become ``√(v / (1 + v I))``, as in
    the predicted standard error reduction of Choi, Grady & Dodd (2011), Educational and Psychological Measurement 71,
    37-53.

    Attributes
    ----------
    less_than : in logits
    reason : what is reported

    Raises
    ------
    DesignError
        If it is not positive.
    """

    less_than: float
    reason: StopReason = field(default=StopReason.LITTLE_TO_GAIN, init=False)

    def __post_init__(self) -> None:
        _require(0.0 < self.less_than < np.inf, f"a reduction must be positive, not {self.less_than}")

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over; see `StoppingRule`."""
        error = progress.known("standard_error").astype(np.float64)
        ahead = progress.known("information_ahead").astype(np.float64)
        predicted = error / np.sqrt(1.0 + error**2 * np.maximum(ahead, 0.0))
        return np.less(error - predicted, self.less_than)


@dataclass(frozen=True, slots=True)
class VarianceReduction:
    """Stop when the last answer took less than this share off the posterior variance.

    An answer against expectation may raise the variance; that is no reason to stop, so only a change that is small in
    both directions is. Babcock & Weiss (2012), Journal of Computerized Adaptive Testing 1, 1-18, stop by changes
    of the estimate; of the variance is our own.

    Attributes
    ----------
    less_than : share between 0 and 1
    reason : what is reported

    Raises
    ------
    DesignError
        If the share is not between 0 and 1.
    """

    less_than: float
    reason: StopReason = field(default=StopReason.LITTLE_GAINED, init=False)

    def __post_init__(self) -> None:
        _require(0.0 < self.less_than < 1.0, f"a share must be between 0 and 1, not {self.less_than}")

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over; see `StoppingRule`."""
        now = progress.known("standard_error").astype(np.float64)
        before = progress.known("standard_error_before").astype(np.float64)
        return np.less(np.abs(before**2 - now**2), self.less_than * before**2)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """Stop when so many milliseconds were worked; the caller holds the clock.

    Attributes
    ----------
    elapsed_ms : working time
    reason : what is reported

    Raises
    ------
    DesignError
        If it is not positive.
    """

    elapsed_ms: int
    reason: StopReason = field(default=StopReason.TIME_UP, init=False)

    def __post_init__(self) -> None:
        _require(self.elapsed_ms > 0, f"a time limit must be positive, not {self.elapsed_ms} ms")

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over; see `StoppingRule`."""
        over: BoolArray = np.greater_equal(progress.known("elapsed_ms"), self.elapsed_ms)
        return over


@dataclass(frozen=True, slots=True)
class BlueprintComplete:
    """Stop when the items given meet the blueprint; useful beside a minimum length that is lower than the test's.

    Attributes
    ----------
    reason : what is reported
    """

    reason: StopReason = field(default=StopReason.COMPLETE, init=False)

    def stops(self, progress: Progress, /) -> BoolArray:
        """Whether each test is over; see `StoppingRule`."""
        return progress.known("is_complete").astype(np.bool_)


HARD = frozenset({StopReason.FULL_LENGTH, StopReason.TIME_UP})
"""Reasons that hold below the minimum length and before the blueprint is complete: nothing more can be given."""


def reasons_to_stop(
    rules: Sequence[StoppingRule], progress: Progress, *, minimum: int = 0, until_complete: bool = False
) -> ReasonArray:
    """Why each test is over, (n_persons,): the `StopReason` of the first rule that stops it, 0 to go on.

    Parameters
    ----------
    rules : the first has precedence in what is reported
    progress : of n_persons tests
    minimum : scored items below which only the full length and the time may stop a test
    until_complete : whether only these may as long as the blueprint is not complete

    Raises
    ------
    DesignError
        If there are no rules, the minimum is negative or above a maximum length, or a rule needs what was not given.
    """
    _require(bool(rules), "a test needs a rule that stops it")
    _require(minimum >= 0, f"a minimum length must be 0 or more, not {minimum}")
    longest = min((rule.length for rule in rules if isinstance(rule, MaximumLength)), default=minimum)
    _require(minimum <= longest, f"the minimum length {minimum} is above the maximum length {longest}")
    may_stop = progress.n_answered >= minimum
    if until_complete:
        may_stop = may_stop & progress.known("is_complete").astype(np.bool_)
    reason = np.zeros(progress.n_answered.size, dtype=np.int8)
    for rule in rules:
        stops = rule.stops(progress)
        if rule.reason not in HARD:
            stops = stops & may_stop
        reason[(reason == StopReason.GOING_ON) & stops] = rule.reason
    return reason


def _require(holds: bool, message: str) -> None:
    """Refuse a number that makes no rule."""
    if not holds:
        raise DesignError(message)
