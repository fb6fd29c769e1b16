"""Whole adaptive tests of many persons at once, chosen from the pool: what decide and fold give, in place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.adaptive import AdaptiveBank, Started
from engine.adaptive.scene import enemies_of
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly import Route
from engine.selection import (
    MaximumInformation,
    Standing,
    add_answers,
    choose,
    information_share,
    stand,
    start_posterior,
)
from engine.simulation.answering import Respondents
from engine.simulation.ending import Watch
from engine.simulation.recording import Record
from engine.simulation.values import Simulation

POOL, PRETEST = "pool", "pretest"
HELD_AT_ONCE = 128  # persons x 1,000 units is 1 MB
NOWHERE = -1  # an eligibility interval that no estimate is in


@dataclass(slots=True, eq=False)
class Cohort:
    """A block of persons in the midst of their tests; changed in place.

    Attributes
    ----------
    bank, started : what is chosen from, and how the tests started
    barred : (n_persons, n_items) items that may not be given: seen, enemies of what was seen, unfit for the person
    held : (n_persons, n_items) these, and what eligibility holds back; the same array without eligibility
    interval : (n_persons,) eligibility interval that ``held`` was made for
    """

    bank: AdaptiveBank
    started: Started
    barred: BoolArray
    held: BoolArray
    interval: IntArray

    @classmethod
    def of(cls, bank: AdaptiveBank, started: Started) -> Cohort:
        """Tests in which nothing was given yet."""
        barred = ~bank.suitable[started.accommodation]
        held = barred if bank.strategy.eligibility is None else np.empty_like(barred)
        return cls(bank, started, barred, held, np.full(started.n_persons, NOWHERE))

    def hold_back(self, theta: FloatArray) -> None:
        """Make ``held`` that of the estimates, for persons whose interval is another than before."""
        eligibility = self.bank.strategy.eligibility
        if eligibility is None:
            return
        now = eligibility.interval(theta)
        moved = np.flatnonzero(now != self.interval)
        self.interval = now
        is_whole = np.array_equal(eligibility.unit, np.arange(eligibility.n_units))  # every item a unit
        for interval in np.unique(now[moved]).tolist():
            here = moved[now[moved] == interval]
            for first in range(0, here.size, HELD_AT_ONCE):
                person = here[first : first + HELD_AT_ONCE]
                out = self.started.draws[person] >= eligibility.probability[interval]
                out = out if is_whole else out.take(eligibility.unit, axis=1)
                out |= self.barred[person]
                self.held[person] = out

    def choose(self, standing: Standing, draw: FloatArray, *, first: bool) -> tuple[IntArray, BoolArray]:
        """Items by the rule, (n_persons,), -1 where there is none, and for whom eligibility was lifted."""
        bank = self.bank
        held, barred = self.held, self.barred
        if first and not bank.first.all():
            held = held | ~bank.first
            barred = held if self.held is self.barred else barred | ~bank.first
        item = choose(bank.selection, bank.rule, standing, held, draw)
        if bank.strategy.eligibility is None:
            return item, np.zeros(item.size, dtype=np.bool_)
        lifted = item < 0
        if bank.strategy.best_k > 1:
            lifted = held.shape[1] - np.count_nonzero(held, axis=1) < bank.strategy.best_k
        for person in np.flatnonzero(lifted).tolist():
            alone = slice(person, person + 1)
            item[alone] = choose(bank.selection, bank.rule, standing.take(alone), barred[alone], draw[alone])
        return item, lifted

    def any_unseen(self, person: IntArray, record: Record, standing: Standing) -> IntArray:
        """Items for persons for whom every one is barred: the most informative that fits and was not seen, or -1."""
        item = np.full(person.size, -1)
        for place, number in enumerate(person.tolist()):
            unfit = ~self.bank.suitable[self.started.accommodation[number]]
            seen = record.item[number]
            unfit[seen[seen >= 0]] = True
            alone = standing.take(slice(number, number + 1))
            item[place] = choose(self.bank.selection, MaximumInformation(), alone, unfit[np.newaxis])[0]
        return item

    def give(self, person: IntArray, item: IntArray, enemies: IntArray) -> None:
        """Bar items that are given now, and their enemies."""
        for barred in (self.barred,) if self.held is self.barred else (self.barred, self.held):
            barred[person[:, np.newaxis], enemies[item]] = True


def simulate_from_pool(
    bank: AdaptiveBank, duration: FloatArray, started: Started, respondents: Respondents, draw: FloatArray
) -> Simulation:
    """Tests of a block of persons whose items are chosen from the pool, not from plans.

    Parameters
    ----------
    bank, duration, started, respondents, draw
        As for `simulate_by_folding`, which gives the same.
    """
    n, n_positions = draw.shape
    tables, length = bank.selection, bank.blueprint.length
    cohort, record, enemies = Cohort.of(bank, started), Record.of(bank, n), enemies_of(bank)
    drawn = np.nonzero(started.pretest >= 0)
    cohort.give(drawn[0], started.pretest[drawn].astype(np.int64), enemies)  # nobody meets an enemy of one to come
    log_weights, n_scored = start_posterior(tables, n), np.zeros(n, dtype=np.int64)
    going, watch = np.ones(n, dtype=np.bool_), Watch.of(bank, duration, n)
    for position in range(n_positions):
        standing = stand(tables, log_weights, n_scored)
        going &= ~watch.ended(standing, record)
        due = started.pretest[:, position] if started.pretest.size else np.full(n, -1)
        choosing = going & (due < 0) & (n_scored < length)
        cohort.hold_back(standing.theta)
        item, lifted = cohort.choose(standing, draw[:, position], first=position == 0)
        item = np.where(due >= 0, due, item)
        lost = np.flatnonzero(choosing & (item < 0))
        item[lost] = cohort.any_unseen(lost, record, standing)
        lost = lost[item[lost] >= 0]
        going &= (item >= 0) & (choosing | (due >= 0))
        person = np.flatnonzero(going)
        if not person.size:
            break
        scored = choosing[person]
        _note_choices(cohort, standing, item, (person, choosing, lifted, lost), record, position)
        category = respondents.answer(person, position, item[person])
        record.note(position, person, item[person], category, scored)
        watch.note(person, item[person], category, scored)
        cohort.give(person, item[person], enemies)
        n_scored = n_scored + (choosing & going)  # not in place: the standing holds it
        row = np.full(n, tables.no_answer)
        row[person[scored]] = tables.offset[item[person[scored]]] + category[scored]
        add_answers(tables, log_weights, row, out=log_weights)
    record.reason[:] = watch.reason
    return record.closed(respondents.theta, stand(tables, log_weights, n_scored), length)


def _note_choices(
    cohort: Cohort,
    standing: Standing,
    item: IntArray,
    who: tuple[IntArray, BoolArray, BoolArray, IntArray],
    record: Record,
    position: int,
) -> None:
    """Note how items were found, and what they cost; who: given an item, chosen for, eligibility lifted, given any."""
    person, choosing, lifted, lost = who
    chosen = person[choosing[person]]
    record.count(POOL, chosen.size - lost.size)
    record.count(Route.ANY.value, lost.size)
    record.fallbacks[lost] += 1
    record.count(PRETEST, person.size - chosen.size)
    record.lifted[person] += (lifted & choosing)[person]
    if record.interval.size:
        record.interval[:, position] = cohort.interval
    if record.with_share:
        tables, theta = cohort.bank.selection, standing.theta[chosen]
        closed = np.where(lifted[chosen, np.newaxis], cohort.barred[chosen], cohort.held[chosen])
        closed |= ~cohort.bank.first if position == 0 else False
        closed[np.arange(chosen.size), item[chosen]] = False  # what was given could be given
        record.share[chosen] += information_share(tables, theta, item[chosen], closed)
