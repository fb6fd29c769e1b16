"""Field-test items among the scored ones: shown where they were drawn, with no enemy of theirs in the test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import (
    AdaptiveState,
    Answered,
    Blueprint,
    Count,
    ItemParameters,
    Method,
    Passages,
    Pool,
    Pretest,
    Started,
    Strategy,
    decide,
    fold,
    make_bank,
)
from engine.stopping import StopReason
from tests.engine.adaptive.sittings import LENGTH, make_blueprint, make_pool


def _with_field_tests(pretest: Pretest, drawn: dict[int, int], blueprint: Blueprint, pool: Pool) -> list[int]:
    """Items of one test, with field-test items at the positions drawn for them."""
    bank = make_bank(pool, replace(blueprint, pretest=pretest), Strategy(alone_first=0))
    placed = np.full((1, bank.n_positions), -1, dtype=np.int32)
    placed[0, list(drawn)] = list(drawn.values())
    state = AdaptiveState.begin(Started(bank.start_plan, pretest=placed), bank.n_positions)
    for _ in range(bank.n_positions):
        state = fold(state, decide(bank, state, [0.5]).event)
        state = fold(state, Answered(np.array([1], dtype=np.int8), state.n_given > state.n_answered))
    items: list[int] = state.item[0].tolist()
    return items


def _falling(n: int, passage: list[int], enemies: tuple[tuple[int, ...], ...] = ()) -> Pool:
    """Items of falling information at 0, of which the last two are in a field test."""
    items = ItemParameters.two_parameter(np.linspace(2.0, 1.0, n), np.zeros(n))
    return Pool(items, np.array(passage), enemies=enemies, pretest=np.arange(n) >= n - 2)


def odd_pool() -> Pool:
    """Two passages of three and six single items; a field-test item is the enemy of one of the first passage."""
    passage = np.array([0, 0, 0, 1, 1, 1, *[-1] * 6])
    return Pool(
        items=ItemParameters.two_parameter(np.full(12, 1.5), np.linspace(-0.3, 0.3, 12)),
        passage=passage,
        enemies=((1, 11),),
        pretest=np.arange(12) == 11,
    )


@pytest.mark.parametrize("method", list(Method))
def test_a_field_test_item_after_the_last_scored_one_is_still_shown(method: Method) -> None:
    pool = replace(make_pool(), pretest=np.arange(240) >= 236)
    blueprint = replace(make_blueprint(), pretest=Pretest(1, LENGTH + 1, LENGTH + 1))
    bank = make_bank(pool, blueprint, Strategy(method=method))
    at = np.full((1, LENGTH + 1), -1)
    at[0, -1] = 236
    state = AdaptiveState.begin(Started(bank.start_plan[:1], pretest=at), LENGTH + 1)
    for _ in range(LENGTH + 1):
        decision = decide(bank, state, [0.5])
        state = fold(fold(state, decision.event), Answered(np.array([1])))
    assert (state.item[0, -1], decision.route) == (236, ("pretest",))
    assert decide(bank, state, [0.5]).reason[0] == StopReason.FULL_LENGTH


@pytest.mark.parametrize("method", list(Method))
def test_enemies_of_a_field_test_item_are_not_given_before_or_after_it(method: Method) -> None:
    position = LENGTH // 2
    blueprint = replace(make_blueprint(), pretest=Pretest(1, position, position))
    at = np.full((1, LENGTH + 1), -1)
    at[0, position - 1] = 239

    def items(enemies: tuple[tuple[int, ...], ...]) -> list[int]:
        bank = make_bank(
            replace(make_pool(), pretest=np.arange(240) == 239, enemies=enemies), blueprint, Strategy(method=method)
        )
        state = AdaptiveState.begin(Started(bank.start_plan[:1], pretest=at), LENGTH + 1)
        for place in range(LENGTH + 1):
            decision = decide(bank, state, [0.5], explain=False)
            state = fold(fold(state, decision.event), Answered(np.array([place % 2])))
        given: list[int] = state.item[0].tolist()
        return given

    for enemy in (items(())[0], items(())[-1]):
        given = items(((enemy, 239),))
        assert 239 in given
        assert enemy not in given


def test_field_test_items_at_the_last_positions_are_shown() -> None:
    items = _with_field_tests(Pretest(2, 3, 5), {3: 6, 4: 7}, Blueprint(3), _falling(8, [-1] * 8))
    assert items == [0, 1, 2, 6, 7]


def test_a_passage_does_not_go_on_after_a_field_test_item() -> None:
    """Of 2 to 4 items of the passage two are planned; after a right answer a third is worth more than what is left."""
    difficulty = np.array([0.0, 0.0, 1.5, 1.5, -0.1, -0.2, -0.3, -0.4, 0.0, 0.0])
    pool = _falling(10, [0, 0, 0, 0, -1, -1, -1, -1, -1, -1])
    pool = replace(pool, items=ItemParameters.two_parameter(np.ones(10), difficulty))
    items = _with_field_tests(Pretest(1, 3, 3), {2: 8}, Blueprint(5, passages=Passages(1, 1, 2, 4)), pool)
    assert items[2] == 8
    assert np.count_nonzero(pool.passage[items[:2]] == 0) == 2
    assert np.count_nonzero(pool.passage[items] == 0) == 2


def test_a_test_holds_no_enemy_of_its_field_test_items() -> None:
    pool = _falling(8, [-1] * 8, ((0, 7), (2, 3, 6)))
    items = _with_field_tests(Pretest(2, 1, 5), {1: 6, 4: 7}, Blueprint(3), pool)
    assert items == [1, 6, 4, 5, 7]


@pytest.mark.parametrize("alone_first", [0, 5])
def test_a_passage_with_an_enemy_of_the_field_test_is_left_out_where_another_one_does(alone_first: int) -> None:
    """Swaps cannot exchange the passage; a plan that is solved anew can."""
    blueprint = Blueprint(5, passages=Passages(1, 1), pretest=Pretest(1, 6, 6))
    bank = make_bank(odd_pool(), blueprint, Strategy(alone_first=alone_first))
    start = Started(np.array([[0, 1, 2, 6, 7]]), pretest=np.array([[-1, -1, -1, -1, -1, 11]]))
    state = AdaptiveState.begin(start, 6)
    routes = []
    for _ in range(6):
        decision = decide(bank, state, [0.5])
        routes.append(decision.route[0])
        assert not decision.lifted[0]
        state = fold(fold(state, decision.event), Answered(np.array([1])))
    assert 1 not in state.item[0]
    assert 11 in state.item[0]
    assert bank.plans.rules.broken(state.item[0, state.scored[0]]) == ()
    assert "solved" in routes or alone_first == 0  # from the start on where passages wait
    assert set(routes) <= {"plan", "solved", "pretest"}


def test_a_pupil_never_gets_an_item_that_does_not_suit_whatever_is_left() -> None:
    """The blueprint is broken already, and the suitable items left are enemies of the field-test item."""
    n = 13
    pool = Pool(
        items=ItemParameters.two_parameter(np.where(np.arange(n) < 6, 0.7, 2.0), np.zeros(n)),
        passage=np.full(n, -1),
        enemies=((4, 12), (5, 12)),
        labels={"reader": ("yes",) * 6 + ("no",) * 6 + ("yes",), "kind": tuple("AAABBBBBBAAAB")},
        pretest=np.arange(n) == 12,
    )
    blueprint = Blueprint(
        5, counts=(Count({"kind": "A"}, 0, 2),), pools={"aloud": ("reader", "yes")}, pretest=Pretest(1, 6, 6)
    )
    bank = make_bank(pool, blueprint)
    state = AdaptiveState(
        item=np.array([[0, 1, 2, 3, -1, -1]]),
        category=np.array([[1, 0, 1, 0, -1, -1]]),
        n_answered=np.array([4]),
        plan=np.array([[0, 1, 2, 3, 4]]),
        pretest=np.array([[-1] * 5 + [12]]),
        draws=np.empty((1, 0)),
        accommodation=np.array([1]),
    )
    decision = decide(bank, state, [0.0])
    assert bank.suitable[1][decision.item[0]]
    assert decision.item[0] in (4, 5)
    assert decision.lifted[0]
