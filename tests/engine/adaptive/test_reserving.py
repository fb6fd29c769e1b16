"""Items that are sent ahead: every beginning of them may be given, and nothing of the answers to come is in them."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, groupby

import numpy as np
import pytest

from engine import (
    AdaptiveBank,
    AdaptiveState,
    Answered,
    Chosen,
    DesignError,
    ItemParameters,
    Method,
    Pool,
    Pretest,
    Started,
    Strategy,
    decide,
    fold,
    fold_all,
    make_bank,
)
from engine.adaptive import Underway, items_ahead, still_ahead
from engine.selection import FixedOrder
from tests.engine.adaptive.sittings import LENGTH, Run, make_blueprint, make_pool

HALF = np.full(LENGTH + 2, 0.5)
PRETEST = make_pool().n_items - 1


def reading(bank: AdaptiveBank, taken: Run, person: int, n: int) -> AdaptiveState:
    """One person's test, at the item with this number."""
    state = fold_all(AdaptiveState.begin(taken.start, bank.n_positions), taken.events[: 2 * n - 1])
    return state.take(slice(person, person + 1))


def begin(bank: AdaptiveBank, pretest: dict[int, int] | None = None) -> AdaptiveState:
    """One test at its first item, with field-test items at these positions."""
    placed = np.full((1, bank.n_positions), -1)
    for at, item in (pretest or {}).items():
        placed[0, at] = item
    state = AdaptiveState.begin(Started(bank.start_plan[:1], pretest=placed), bank.n_positions)
    return fold(state, decide(bank, state, [0.5]).event)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 16, LENGTH])
def test_what_is_sent_ahead_finishes_a_test_that_meets_the_blueprint(bank: AdaptiveBank, taken: Run, n: int) -> None:
    for person in range(6):
        state = reading(bank, taken, person, n)
        ahead = list(chain(*items_ahead(bank, state, (), HALF)))
        given = state.item[0, :n].tolist()
        assert len(ahead) == LENGTH - n
        assert bank.plans.rules.broken(np.array([*given, *ahead])) == ()
        passages = [int(bank.pool.passage[item]) for item in (*given, *ahead)]
        begun = [passage for passage, _ in groupby(passages) if passage >= 0]
        assert len(begun) == len(set(begun)) == 2  # each passage is read once, and finished
        assert all(passage < 0 for passage in passages[: bank.strategy.alone_first])


def test_groups_are_whole_passages_and_the_best_comes_first(bank: AdaptiveBank, taken: Run) -> None:
    state = reading(bank, taken, 3, 6)
    groups = list(items_ahead(bank, state, (), HALF))
    for group in groups:
        assert len({int(bank.pool.passage[item]) for item in group}) == 1
        assert len(group) == 1 or bank.pool.passage[group[0]] >= 0
    alone = [group[0] for group in groups if bank.pool.passage[group[0]] < 0]
    answered = fold(state, Answered(np.array([-1])))  # an answer that says nothing of ability
    first = int(decide(bank, answered, [0.5]).item[0])
    assert first in {alone[0], groups[0][0]}


def test_what_was_sent_before_stays_in_front_as_long_as_it_is_planned(bank: AdaptiveBank, taken: Run) -> None:
    state = reading(bank, taken, 5, 7)
    ahead = list(chain(*items_ahead(bank, state, (), HALF)))
    alone = [item for item in ahead if bank.pool.passage[item] < 0]
    sent = list(reversed(alone))
    kept = list(chain(*still_ahead(bank, Underway.of(state), sent)))
    inside = bank.pool.passage[state.item[0, 6]] >= 0 and bank.pool.passage[ahead[0]] >= 0
    assert kept == ([] if inside else sent)
    again = list(chain(*items_ahead(bank, state, sent, HALF)))
    assert [item for item in again if item in sent] == sent
    assert sorted(again) == sorted(ahead)


def test_an_item_that_left_the_plan_and_a_passage_that_is_not_all_there_are_left_out(
    bank: AdaptiveBank, taken: Run
) -> None:
    test = Underway.of(reading(bank, taken, 0, 3))
    groups = list(items_ahead(bank, reading(bank, taken, 0, 3), (), HALF))
    passage = next(group for group in groups if len(group) > 1)
    alone = [group[0] for group in groups if len(group) == 1]
    unplanned = next(item for item in range(bank.n_items) if item not in test.unused and item not in test.given)
    sent = [unplanned, *alone, *passage[:-1]]
    assert list(chain(*still_ahead(bank, test, sent))) == alone
    assert set(chain(*still_ahead(bank, test, [*sent, passage[-1]]))) == {*alone, *passage}


def test_nothing_goes_before_the_rest_of_a_passage(bank: AdaptiveBank, taken: Run) -> None:
    for person in range(2):
        for n in range(1, LENGTH):
            state = reading(bank, taken, person, n)
            now = int(bank.pool.passage[state.item[0, n - 1]])
            test = Underway.of(state)
            rest = {item for item in test.unused if now >= 0 and bank.pool.passage[item] == now}
            ahead = [item for group in items_ahead(bank, state, (), HALF) for item in group]
            assert set(ahead[: len(rest)]) == rest
            if rest:
                assert still_ahead(bank, test, sorted(test.unused - rest)) == ()


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("at", [1, 4, 9, LENGTH])
def test_a_field_test_item_stands_at_its_place(method: Method, at: int) -> None:
    pool = replace(make_pool(), pretest=np.arange(make_pool().n_items) == PRETEST)
    bank = make_bank(pool, replace(make_blueprint(), pretest=Pretest(1, 2, LENGTH + 1)), Strategy(method=method))
    state = begin(bank, {at: PRETEST})
    ahead = list(chain(*items_ahead(bank, state, (), HALF)))
    while int(state.n_given[0]) < bank.n_positions:  # where the test itself puts it, if every answer says nothing
        state = fold(state, Answered(np.array([-1])))
        state = fold(state, decide(bank, state, [0.5]).event)
    assert ahead.count(PRETEST) == 1
    place = 1 + ahead.index(PRETEST)
    assert place == at or (method is Method.SHADOW and bank.pool.passage[ahead[place - 2]] >= 0)
    assert method is Method.SHADOW or [int(state.item[0, 0]), *ahead] == state.item[0].tolist()


def test_a_form_goes_on_in_its_order_whatever_was_sent_before() -> None:
    order = np.array([3, 1, 4, 2, 0, 5])
    pool = Pool(ItemParameters.two_parameter(np.ones(6), np.linspace(-1, 1, 6)), np.array([-1, 0, -1, 0, -1, -1]))
    blueprint = replace(make_blueprint(), length=6, counts=(), budgets=(), passages=None, first=None, pools={})
    bank = make_bank(pool, blueprint, Strategy(method=Method.INFORMATION, rule=FixedOrder(order)))
    form = np.argsort(order).tolist()
    state = begin(bank)
    assert list(chain(*items_ahead(bank, state, (), HALF))) == form[1:]
    assert list(chain(*still_ahead(bank, Underway.of(state), form[1:3]))) == form[1:3]
    assert list(chain(*items_ahead(bank, state, form[1:3], HALF))) == form[1:]
    assert [1, 3] in [list(group) for group in items_ahead(bank, state, (), HALF)]  # a passage is one group


def test_without_a_plan_the_enemy_of_an_item_that_was_given_meanwhile_is_left_out() -> None:
    pool = Pool(
        ItemParameters.two_parameter(np.linspace(2.0, 1.0, 5), np.zeros(5)), np.full(5, -1), enemies=((1, 4), (2, 3))
    )
    blueprint = replace(make_blueprint(), length=3, counts=(), budgets=(), passages=None, first=None, pools={})
    bank = make_bank(pool, blueprint, Strategy(method=Method.INFORMATION))
    state = begin(bank)
    assert list(chain(*items_ahead(bank, state, (), HALF))) == [1, 2]
    state = fold(fold(state, Answered(np.array([0]))), Chosen(np.array([3])))
    assert list(chain(*still_ahead(bank, Underway.of(state), [1, 2]))) == [1]


def test_items_are_sent_ahead_in_one_test_at_a_time(taken: Run) -> None:
    with pytest.raises(DesignError, match="one test at a time, not in 40"):
        Underway.of(taken.state)
