"""When simulated tests end before their greatest length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.adaptive import AdaptiveBank
from engine.arrays import BoolArray, CodeArray, FloatArray, IntArray
from engine.classification import (
    ClassificationTable,
    add_to_likelihoods,
    classification_table,
    log_ratios,
)
from engine.errors import DesignError
from engine.selection import Standing
from engine.simulation.recording import Record
from engine.simulation.rule_counts import count_rules
from engine.stopping import BlueprintComplete, Progress, ReasonArray, StopReason, reasons_to_stop


def check_durations(bank: AdaptiveBank, duration: FloatArray) -> None:
    """Make sure that tests which time ends can be simulated.

    Parameters
    ----------
    bank : whose strategy says what ends tests
    duration : (n_items,) time that an item takes everyone, in milliseconds; empty where it is not known

    Raises
    ------
    DesignError
        If durations are missing or no numbers, or the least length is above the greatest.
    """
    ending = bank.strategy.ending
    if not np.all(np.isfinite(duration) & (duration >= 0.0)):
        raise DesignError("the time that items take must be finite, 0 or more")
    if ending is not None and ending.minimum > bank.blueprint.length:
        raise DesignError(f"the least length {ending.minimum} is above the greatest, {bank.blueprint.length}")
    timed = ending is not None and any(rule.reason is StopReason.TIME_UP for rule in ending.rules)
    if duration.size not in ({bank.n_items} if timed else {0, bank.n_items}):
        raise DesignError(f"time needs a duration for each of {bank.n_items} items, not {duration.size}")


@dataclass(slots=True, eq=False)
class Watch:
    """What the rules ask about n_persons tests; changed in place.

    Attributes
    ----------
    bank : what the tests are chosen from, and what ends them
    duration : (n_items,) milliseconds that an item takes; empty where it is not known
    table : of the cut scores; None where there are none
    log_likelihood : (n_persons, n_points) at the points of the table
    error, error_before : (n_persons,) standard error now, and before the last scored answer
    n_answered : (n_persons,) scored answers that these belong to
    elapsed : (n_persons,) milliseconds worked
    reason : (n_persons,) why each test ended, 0 while it goes on
    """

    bank: AdaptiveBank
    duration: FloatArray
    table: ClassificationTable | None
    log_likelihood: FloatArray
    error: FloatArray
    error_before: FloatArray
    n_answered: IntArray
    elapsed: FloatArray
    reason: ReasonArray

    @classmethod
    def of(cls, bank: AdaptiveBank, duration: FloatArray, n_persons: int) -> Watch:
        """Tests in which nothing was given yet."""
        ending = bank.strategy.ending
        cuts = None if ending is None else ending.cuts
        table = None if cuts is None else classification_table(bank.pool.items, cuts)
        return cls(
            bank=bank,
            duration=duration,
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
        if self.duration.size:
            self.elapsed[person] += self.duration[item]
        if self.table is not None:
            counts = np.where(scored, category, -1).astype(np.int64)
            self.log_likelihood[person] = add_to_likelihoods(
                self.table, self.log_likelihood[person], item.astype(np.int64), counts
            )

    def ended(self, standing: Standing, record: Record) -> BoolArray:
        """Whether each test has ended by a rule, (n_persons,)."""
        ending = self.bank.strategy.ending
        if ending is None or not ending.rules:
            return np.zeros(self.reason.size, dtype=np.bool_)
        fresh = standing.n_given > self.n_answered
        self.error_before = np.where(fresh, self.error, self.error_before)
        self.error, self.n_answered = standing.standard_error, standing.n_given
        complete = None
        if ending.until_complete or any(isinstance(rule, BlueprintComplete) for rule in ending.rules):
            complete = count_rules(self.bank.plans.rules, record.item, record.scored).misses == 0
        progress = Progress(
            n_answered=self.n_answered,
            standard_error=self.error,
            standard_error_before=self.error_before,
            elapsed_ms=self.elapsed.astype(np.int64),
            is_complete=complete,
            log_ratio=None if self.table is None else log_ratios(self.table, self.log_likelihood),
        )
        now = reasons_to_stop(ending.rules, progress, minimum=ending.minimum, until_complete=ending.until_complete)
        self.reason = np.where(self.reason == StopReason.GOING_ON, now, self.reason)
        ended: BoolArray = self.reason != StopReason.GOING_ON
        return ended
