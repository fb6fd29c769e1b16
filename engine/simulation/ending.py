"""When simulated tests end before their greatest length."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.adaptive import AdaptiveBank
from engine.arrays import BoolArray, CodeArray, FloatArray, IntArray
from engine.classification import (
    ClassificationTable,
    Classified,
    add_to_likelihoods,
    classification_table,
    log_ratios,
)
from engine.errors import DesignError
from engine.selection import Standing
from engine.simulation.recording import Record
from engine.simulation.rule_counts import count_rules
from engine.stopping import Progress, ReasonArray, StoppingRule, StopReason, reasons_to_stop


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """Rules that end a test once it has its least length; its greatest is the blueprint's.

    Attributes
    ----------
    rules : asked after every scored answer, the first has precedence; none: every test has its full length
    minimum : scored items below which only the time may end a test, 1 or more
    until_complete : whether only the time may end it as long as the blueprint is not met
    duration : (n_items,) time that an item takes everyone, in milliseconds; needed where time ends a test

    Raises
    ------
    DesignError
        If the minimum is below 1, or a duration is no number.
    """

    rules: tuple[StoppingRule, ...] = ()
    minimum: int = 1
    until_complete: bool = False
    duration: FloatArray = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if self.minimum < 1:
            raise DesignError(f"a test needs a least length of 1 or more, not {self.minimum}")
        if not np.all(np.isfinite(self.duration) & (self.duration >= 0.0)):
            raise DesignError("the time that items take must be finite, 0 or more")

    def check(self, bank: AdaptiveBank) -> None:
        """Make sure that the rules fit a bank.

        Raises
        ------
        DesignError
            If the least length is above the greatest, or durations are missing.
        """
        if self.minimum > bank.blueprint.length:
            raise DesignError(f"the least length {self.minimum} is above the greatest, {bank.blueprint.length}")
        timed = any(rule.reason is StopReason.TIME_UP for rule in self.rules)
        if self.duration.size not in ({bank.n_items} if timed else {0, bank.n_items}):
            raise DesignError(f"time needs a duration for each of {bank.n_items} items, not {self.duration.size}")


@dataclass(slots=True, eq=False)
class Watch:
    """What the rules ask about n_persons tests; changed in place.

    Attributes
    ----------
    bank, ending : what the tests are chosen from, and what ends them
    table : of the cut scores; None where there are none
    log_likelihood : (n_persons, n_points) at the points of the table
    error, error_before : (n_persons,) standard error now, and before the last scored answer
    n_answered : (n_persons,) scored answers that these belong to
    elapsed : (n_persons,) milliseconds worked
    reason : (n_persons,) why each test ended, 0 while it goes on
    """

    bank: AdaptiveBank
    ending: Ending
    table: ClassificationTable | None
    log_likelihood: FloatArray
    error: FloatArray
    error_before: FloatArray
    n_answered: IntArray
    elapsed: FloatArray
    reason: ReasonArray

    @classmethod
    def of(cls, bank: AdaptiveBank, ending: Ending, n_persons: int) -> Watch:
        """Tests in which nothing was given yet."""
        cuts = [rule.cuts for rule in ending.rules if isinstance(rule, Classified)]
        table = classification_table(bank.pool.items, cuts[0]) if cuts else None
        return cls(
            bank=bank,
            ending=ending,
            table=table,
            log_likelihood=np.zeros((n_persons, table.n_points if table else 0)),
            error=np.full(n_persons, np.inf),
            error_before=np.full(n_persons, np.inf),
            n_answered=np.zeros(n_persons, dtype=np.int64),
            elapsed=np.zeros(n_persons),
            reason=np.zeros(n_persons, dtype=np.int8),
        )

    def note(self, person: IntArray, item: IntArray, category: CodeArray, scored: BoolArray) -> None:
        """Note answers that were given."""
        if self.ending.duration.size:
            self.elapsed[person] += self.ending.duration[item]
        if self.table is not None:
            counts = np.where(scored, category, -1).astype(np.int64)
            self.log_likelihood[person] = add_to_likelihoods(
                self.table, self.log_likelihood[person], item.astype(np.int64), counts
            )

    def ended(self, standing: Standing, record: Record) -> BoolArray:
        """Whether each test has ended by a rule, (n_persons,)."""
        if not self.ending.rules:
            return np.zeros(self.reason.size, dtype=np.bool_)
        fresh = standing.n_given > self.n_answered
        self.error_before = np.where(fresh, self.error, self.error_before)
        self.error, self.n_answered = standing.standard_error, standing.n_given
        complete = None
        if self.ending.until_complete:
            complete = count_rules(self.bank.plans.rules, record.item, record.scored).misses == 0
        progress = Progress(
            n_answered=self.n_answered,
            standard_error=self.error,
            standard_error_before=self.error_before,
            elapsed_ms=self.elapsed.astype(np.int64),
            is_complete=complete,
            log_ratio=None if self.table is None else log_ratios(self.table, self.log_likelihood),
        )
        ending = self.ending
        now = reasons_to_stop(ending.rules, progress, minimum=ending.minimum, until_complete=ending.until_complete)
        self.reason = np.where(self.reason == StopReason.GOING_ON, now, self.reason)
        ended: BoolArray = self.reason != StopReason.GOING_ON
        return ended
