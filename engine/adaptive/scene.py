"""What tests can choose from at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.adaptive.bank import AdaptiveBank
from engine.adaptive.ending import Moment, reasons
from engine.adaptive.posterior import posterior_of
from engine.adaptive.state import AdaptiveState
from engine.adaptive.strategy import Method
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.exposure import eligible_items, lift_where_short
from engine.selection import Standing
from engine.stopping import ReasonArray, StopReason

TABLES_KEPT = 16
GOING_ON = int(StopReason.GOING_ON)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """n_persons tests at the moment of choosing.

    Attributes
    ----------
    bank, state, draw : as given
    standing : what the scored answers say of ability
    reason : (n_persons,) `StopReason` of each test, 0 for those that go on
    choosing : (n_persons,) tests that want a scored item now
    pretest : (n_persons,) field-test item that is due, -1 for none
    barred : (n_persons, n_items) items that may not be given now: seen, skipped, unfit for the pupil, enemies of what
        was seen
    held : (n_persons, n_items) these, what eligibility holds back, and enemies of field-test items that will come
    lifted : (n_persons,) whether eligibility was lifted, because nothing was left
    """

    bank: AdaptiveBank
    state: AdaptiveState
    draw: FloatArray
    standing: Standing
    reason: ReasonArray
    choosing: BoolArray
    pretest: IntArray
    barred: BoolArray
    held: BoolArray
    lifted: BoolArray

    def unfit(self, person: int) -> BoolArray:
        """Items that one person is never given: seen, skipped, or not for this pupil, (n_items,)."""
        unfit: BoolArray = ~self.bank.suitable[int(self.state.accommodation[person])]
        for gone in (self.state.item[person], self.state.skipped[person]):
            unfit[gone[gone >= 0]] = True
        return unfit


def look(bank: AdaptiveBank, state: AdaptiveState, draw: FloatArray, elapsed_ms: IntArray | None = None) -> Scene:
    """Work out where tests stand and what they can choose from.

    Parameters
    ----------
    bank, state : what is chosen from, and n_persons tests so far
    draw : (n_persons,) numbers in [0, 1)
    elapsed_ms : (n_persons,) working time so far; None where nobody holds a clock
    """
    standing = posterior_of(bank, state)
    barred = _barred(bank, state)
    held, lifted = _held_back(bank, state, standing, barred)
    pretest, reason = _due(bank, state), reasons(Moment(bank, state, standing, barred, elapsed_ms))
    if state.has_pretest:
        reason[(reason == StopReason.FULL_LENGTH) & (pretest >= 0)] = StopReason.GOING_ON  # a field test may come last
        pretest[reason != StopReason.GOING_ON] = -1
    return Scene(
        bank=bank,
        state=state,
        draw=draw,
        standing=standing,
        reason=reason,
        choosing=(reason == GOING_ON) & (pretest < 0),
        pretest=pretest,
        barred=barred,
        held=held,
        lifted=lifted,
    )


def _due(bank: AdaptiveBank, state: AdaptiveState) -> IntArray:
    """Field-test item that is due, (n_persons,), -1 for none: at its position, or after the passage it falls in."""
    due = np.full(state.n_persons, -1)
    if not state.has_pretest:
        return due
    drawn = _drawn(state)
    n_given = state.n_given
    n_shown = n_given - state.n_scored
    n_wanted = (drawn & (np.arange(state.n_positions) <= n_given[:, np.newaxis])).sum(axis=1)
    for person in np.flatnonzero(n_wanted > n_shown).tolist():
        if not _is_inside_passage(bank, state, person):
            due[person] = state.pretest[person, np.flatnonzero(drawn[person])[n_shown[person]]]
    return due


def _drawn(state: AdaptiveState) -> BoolArray:
    """Positions with a field-test item that was not skipped, (n_persons, n_positions)."""
    drawn: BoolArray = state.pretest >= 0
    for column in state.skipped.T:
        drawn &= state.pretest != column[:, np.newaxis]
    return drawn


def _is_inside_passage(bank: AdaptiveBank, state: AdaptiveState, person: int) -> bool:
    """Whether a passage was begun that the plan has more items of."""
    if bank.strategy.method is not Method.SHADOW:
        return False
    plan, passage = state.plan_of(person), bank.pool.passage
    current = int(passage[plan.given[-1]]) if plan.n_given else -1
    return current >= 0 and bool(np.any(passage[plan.unused] == current))


def _barred(bank: AdaptiveBank, state: AdaptiveState) -> BoolArray:
    """Items that may not be given now, (n_persons, n_items)."""
    barred: BoolArray = ~bank.suitable[state.accommodation]
    person = np.repeat(np.arange(state.n_persons), state.n_given)
    seen = state.item[state.item >= 0]
    barred[person, seen] = True
    if state.skipped.size:
        who, place = np.nonzero(state.skipped >= 0)
        barred[who, state.skipped[who, place]] = True
    if bank.strategy.method is Method.SHADOW:  # a plan knows its enemies
        if state.has_pretest:
            fielded = np.flatnonzero(_last_was_pretest(state))  # a passage that it came after is over
            barred[fielded] |= _in_begun_passage(bank, state)[fielded]
    else:
        barred[person[:, np.newaxis], enemies_of(bank)[seen]] = True
    if state.has_pretest and bank.pool.enemies:
        _bar_enemies_of_pretest(bank, state, barred)
    if bank.strategy.method is not Method.SHADOW:
        start = np.flatnonzero(state.n_given == 0)
        barred[start] |= ~bank.first
    return barred


def _bar_enemies_of_pretest(bank: AdaptiveBank, state: AdaptiveState, barred: BoolArray) -> None:
    """Bar the enemies of the field-test items that were drawn for each person, shown or not yet."""
    person, position = np.nonzero(state.pretest >= 0)
    barred[person[:, np.newaxis], enemies_of(bank)[state.pretest[person, position]]] = True


@lru_cache(maxsize=TABLES_KEPT)
def enemies_of(bank: AdaptiveBank) -> IntArray:
    """Enemies of each item, itself among them, (n_items, most enemies); rows are filled up with the item itself.

    Parameters
    ----------
    bank : of n_items items
    """
    met: list[set[int]] = [{item} for item in range(bank.n_items)]
    for members in bank.pool.enemies:
        for item in members:
            met[item] |= set(members)
    table = np.repeat(np.arange(bank.n_items)[:, np.newaxis], max(map(len, met)), axis=1)
    for item, others in enumerate(met):
        table[item, : len(others)] = sorted(others)
    table.flags.writeable = False
    return table


def _last_was_pretest(state: AdaptiveState) -> BoolArray:
    """Whether the item given last was in a field test, (n_persons,)."""
    last = np.maximum(state.n_given - 1, 0)
    everyone = np.arange(state.n_persons)
    was: BoolArray = (state.n_given > 0) & ~state.scored[everyone, last]
    return was


def _in_begun_passage(bank: AdaptiveBank, state: AdaptiveState) -> BoolArray:
    """Items of passages of which something was given: they may be finished, (n_persons, n_items)."""
    passage = bank.pool.passage
    begun = np.zeros((state.n_persons, bank.pool.n_passages + 1), dtype=np.bool_)
    person, position = np.nonzero(state.item >= 0)
    begun[person, passage[state.item[person, position]]] = True
    begun[:, -1] = False  # where items that stand alone were counted
    inside: BoolArray = begun[:, passage]
    return inside


def _held_back(
    bank: AdaptiveBank, state: AdaptiveState, standing: Standing, barred: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Items that are held back besides, (n_persons, n_items), and for whom eligibility was lifted, (n_persons,)."""
    held, lifted = barred, np.zeros(state.n_persons, dtype=np.bool_)
    eligibility = bank.strategy.eligibility
    if eligibility is not None and state.draws.shape[1]:
        eligible = eligible_items(eligibility, state.draws, eligibility.interval(standing.theta))
        eligible |= _in_begun_passage(bank, state)
        open_to, lifted = lift_where_short(eligible, ~barred, bank.strategy.best_k)
        held = ~open_to
    return held, lifted
