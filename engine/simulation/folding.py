"""Whole adaptive tests by the steps that delivery takes: decide, fold, answer, fold."""

from __future__ import annotations

from collections import Counter

import numpy as np

from engine.adaptive import AdaptiveBank, AdaptiveState, Answered, Chosen, Decision, Started, decide, fold
from engine.adaptive.posterior import posterior_of
from engine.adaptive.scene import look
from engine.arrays import FloatArray, IntArray
from engine.assembly import Route
from engine.selection import information_share
from engine.simulation.answering import Respondents
from engine.simulation.recording import Record
from engine.simulation.values import Simulation

FALLBACKS = tuple(route.value for route in Route if not route.keeps_rules)


def simulate_by_folding(
    bank: AdaptiveBank, duration: FloatArray, started: Started, respondents: Respondents, draw: FloatArray
) -> Simulation:
    """Tests of a block of persons, by any method.

    Parameters
    ----------
    bank, started
        What is chosen from, and how the tests start.
    duration : (n_items,) milliseconds that an item takes, for tests that time ends; empty where it is not known
    respondents : who answer
    draw : (n_persons, n_positions) numbers in [0, 1) that choices are drawn with
    """
    n, n_positions = draw.shape
    state = AdaptiveState.begin(started, n_positions)
    record = Record.of(bank, n)
    going, elapsed = np.ones(n, dtype=np.bool_), np.zeros(n)
    for position in range(n_positions):
        worked = elapsed.astype(np.int64) if duration.size else None
        decision = decide(bank, state, draw[:, position], elapsed_ms=worked, explain=False)
        record.reason[:] = np.where(going, decision.reason, record.reason)
        going &= decision.item >= 0
        person = np.flatnonzero(going)
        if not person.size:
            break
        _note_choices(bank, state, decision, person, record, position)
        item, category = np.where(going, decision.item, -1), np.full(n, -1, dtype=np.int8)
        category[person] = respondents.answer(person, position, item[person])
        state = fold(state, Chosen(item.astype(np.int32), decision.swaps))
        state = fold(state, Answered(category, going))
        scored = state.scored[person, position]
        record.note(position, person, item[person], category[person], scored)
        if duration.size:
            elapsed[person] += duration[item[person]]
    return record.closed(respondents.theta, posterior_of(bank, state), bank.blueprint.length)


def _note_choices(
    bank: AdaptiveBank, state: AdaptiveState, decision: Decision, person: IntArray, record: Record, position: int
) -> None:
    """Note how items were found, and what they cost."""
    route = np.array(decision.route)[person]
    for name, times in Counter(route.tolist()).items():
        record.count(name, times)
    record.fallbacks[person] += np.isin(route, FALLBACKS)
    record.lifted[person] += decision.lifted[person]
    eligibility = bank.strategy.eligibility
    if eligibility is not None:
        record.interval[:, position] = eligibility.interval(decision.theta)
    if record.with_share:
        scene = look(bank, state, decision.draw)
        chosen = person[scene.choosing[person]]
        item, theta = decision.item[chosen], decision.theta[chosen]
        closed = np.where(decision.lifted[chosen, np.newaxis], scene.barred[chosen], scene.held[chosen])
        closed[np.arange(chosen.size), item] = False  # what was given could be given
        record.share[chosen] += information_share(bank.selection, theta, item, closed)
