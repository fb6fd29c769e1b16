"""What tests can choose from at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.adaptive.bank import AdaptiveBank
from engine.adaptive.state import AdaptiveState
from engine.adaptive.strategy import Method
from engine.arrays import BoolArray, FloatArray, IntArray
from engine.exposure import eligible_items, lift_where_short
from engine.selection import Standing, stand


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """n_persons tests at the moment of choosing.

    Attributes
    ----------
    bank, state, draw : as given
    standing : what the scored answers say of ability
    choosing : (n_persons,) tests that want a scored item now
    pretest : (n_persons,) field-test item that is due, -1 for none
    barred : (n_persons, n_items) items that may not be given now: seen, unfit for the pupil, enemies of what was seen
    held : (n_persons, n_items) these, and what eligibility holds back
    lifted : (n_persons,) whether eligibility was lifted, because nothing was left
    """

    bank: AdaptiveBank
    state: AdaptiveState
    draw: FloatArray
    standing: Standing
    choosing: BoolArray
    pretest: IntArray
    barred: BoolArray
    held: BoolArray
    lifted: BoolArray


def look(bank: AdaptiveBank, state: AdaptiveState, draw: FloatArray) -> Scene:
    """Work out where tests stand and what they can choose from."""
    standing = standing_of(bank, state)
    place = np.minimum(state.n_given, state.n_positions - 1)[:, np.newaxis]
    due = np.take_along_axis(state.pretest, place, axis=1)[:, 0].astype(np.int64)
    pretest = np.where(state.n_given < state.n_positions, due, -1)
    barred = _barred(bank, state)
    held, lifted = _held_back(bank, state, standing, barred)
    return Scene(
        bank=bank,
        state=state,
        draw=draw,
        standing=standing,
        choosing=(standing.n_given < bank.blueprint.length) & (pretest < 0),
        pretest=pretest,
        barred=barred,
        held=held,
        lifted=lifted,
    )


def standing_of(bank: AdaptiveBank, state: AdaptiveState) -> Standing:
    """What the scored answers say of ability: the prior and one row an answer, added in the order of answering."""
    tables = bank.selection
    answered = state.scored & (state.category >= 0)
    row = np.where(answered, tables.offset[state.item] + state.category, tables.no_answer)
    terms = np.empty((state.n_persons, row.shape[1] + 1, tables.n_nodes))
    terms[:, 0] = tables.log_prior
    terms[:, 1:] = tables.row[row]
    log_weights: FloatArray = np.add.reduce(terms, axis=1)
    return stand(tables, log_weights, state.scored.sum(axis=1))


def _barred(bank: AdaptiveBank, state: AdaptiveState) -> BoolArray:
    """Items that may not be given now, (n_persons, n_items)."""
    barred: BoolArray = ~bank.suitable[state.accommodation]
    person, position = np.nonzero(state.item >= 0)
    seen = state.item[person, position]
    barred[person, seen] = True
    if bank.strategy.method is not Method.SHADOW:  # a plan knows its enemies
        for members in bank.pool.enemies:
            met = np.isin(seen, members)
            barred[np.ix_(np.unique(person[met]), np.array(members))] = True
        start = np.flatnonzero(state.n_given == 0)
        barred[start] |= ~bank.first
    return barred


def _held_back(
    bank: AdaptiveBank, state: AdaptiveState, standing: Standing, barred: BoolArray
) -> tuple[BoolArray, BoolArray]:
    """Items that eligibility holds back besides, (n_persons, n_items), and for whom it was lifted, (n_persons,)."""
    eligibility = bank.strategy.eligibility
    if eligibility is None or not state.draws.shape[1]:
        return barred, np.zeros(state.n_persons, dtype=np.bool_)
    eligible = eligible_items(eligibility, state.draws, eligibility.interval(standing.theta))
    open_to, lifted = lift_where_short(eligible, ~barred, bank.strategy.best_k)
    return ~open_to, lifted
