"""Items that were taken away from a person: they never come back, and the test is made whole without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import AdaptiveBank, AdaptiveState, Answered, DesignError, Method, Strategy, decide, fold, make_bank
from engine.adaptive import Underway
from engine.arrays import IntArray
from tests.engine.adaptive.sittings import LENGTH, make_blueprint, make_pool, started


def without(state: AdaptiveState, item: IntArray) -> AdaptiveState:
    """The same tests after the offered items were skipped; -1 skips nothing."""
    return replace(state, skipped=np.column_stack([state.skipped, item]))


def take(bank: AdaptiveBank, n_persons: int, chance: float) -> tuple[AdaptiveState, list[set[str]]]:
    """Take whole tests in which offered items are skipped by chance; the state, and the routes of each person."""
    rng = np.random.default_rng(12)
    state = AdaptiveState.begin(started(bank, n_persons), bank.n_positions)
    routes: list[set[str]] = [set() for _ in range(n_persons)]
    for _ in range(LENGTH):
        skips = rng.random(n_persons) < chance
        offered = decide(bank, state, rng.random(n_persons))
        if state.plan.shape[1]:  # what an offer changes in the plan stays, whether its item is answered or not
            plan = np.stack([state.plan_of(n).swap(offered.swaps[n]).items for n in range(n_persons)])
            state = replace(state, plan=np.where(skips[:, np.newaxis], plan, state.plan).astype(np.int32))
        after = without(state, np.where(skips, offered.item, -1))
        decision = decide(bank, after, rng.random(n_persons))
        assert not np.any((decision.item[:, np.newaxis] == after.skipped) & (after.skipped >= 0))
        for met, route in zip(routes, decision.route, strict=True):
            met.add(route)
        state = fold(fold(after, decision.event), Answered(rng.integers(0, 2, n_persons, dtype=np.int8)))
    return state, routes


def test_a_test_with_skipped_items_still_meets_its_blueprint(bank: AdaptiveBank) -> None:
    state, routes = take(bank, 20, 0.15)
    assert (state.skipped >= 0).sum() > 20
    assert [bank.plans.rules.broken(row) for row in state.item] == [()] * 20
    assert set().union(*routes) <= {"plan", "solved"}


@pytest.mark.parametrize("method", [Method.INFORMATION, Method.PRIORITY])
def test_without_plans_a_skipped_item_never_comes_back_either(method: Method) -> None:
    bank = make_bank(make_pool(), make_blueprint(), Strategy(method=method))
    state, _ = take(bank, 5, 0.4)
    assert (state.n_given == LENGTH).all()
    for given, skipped in zip(state.item.tolist(), state.skipped.tolist(), strict=True):
        assert set(given).isdisjoint(skipped)


def test_a_skipped_field_test_item_does_not_come_back(bank: AdaptiveBank) -> None:
    state = AdaptiveState.begin(started(bank, 1), bank.n_positions)
    tried_out = int(np.setdiff1d(np.arange(bank.n_items), state.plan[0])[0])
    pretest = np.full((1, bank.n_positions), -1)
    pretest[0, 0] = tried_out
    state = replace(state, pretest=pretest)
    assert decide(bank, state, [0.5]).item.tolist() == [tried_out]
    after = without(state, np.array([tried_out]))
    assert decide(bank, after, [0.5]).item.tolist() != [tried_out]
    assert Underway.of(after).pretest == ()


def test_skipped_items_must_be_of_the_bank_and_of_the_persons(bank: AdaptiveBank) -> None:
    state = AdaptiveState.begin(started(bank, 2), bank.n_positions)
    with pytest.raises(DesignError, match="the bank only"):
        decide(bank, without(state, np.array([0, bank.n_items])), [0.5, 0.5])
    with pytest.raises(DesignError, match="skipped must fit"):
        replace(state, skipped=np.array([[1]]))
    with pytest.raises(DesignError, match="indices"):
        without(state, np.array([0, -2]))
