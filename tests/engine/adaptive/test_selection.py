"""The choice of the next item."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import (
    AdaptiveState,
    Blueprint,
    BlueprintError,
    Choice,
    DesignError,
    Pool,
    Responses,
    check_blueprint,
    choose_next,
    estimate_eap,
    item_information,
    normal_quadrature,
    simulate_adaptive,
)

if TYPE_CHECKING:
    from tests.engine.adaptive.conftest import Worlds


def take_whole_test(pool: Pool, blueprint: Blueprint, rng: np.random.Generator) -> tuple[list[int], list[Choice]]:
    """One person's test with answers at random."""
    items: list[int] = []
    answers: list[int] = []
    choices = []
    for _ in range(blueprint.length + 1):
        state = AdaptiveState.of_one(items, answers, blueprint.length)
        choices.append(choose_next(pool, blueprint, state, rng.random(1)))
        if choices[-1].item[0] < 0:
            break
        items.append(int(choices[-1].item[0]))
        answers.append(int(rng.integers(-1, 2)))
    return items, choices


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_blueprint_that_can_be_met_is_met_for_every_draw(seed: int, worlds: Worlds) -> None:
    rng = np.random.default_rng(seed)
    pool, blueprint = worlds.small_pool(rng), worlds.small_blueprint(rng)
    possible = any(True for _ in worlds.whole_tests(pool, blueprint))
    if not possible:
        with pytest.raises(BlueprintError):
            check_blueprint(pool, blueprint)
        return
    check_blueprint(pool, blueprint)
    items, choices = take_whole_test(pool, blueprint, rng)
    assert worlds.meets(pool, blueprint, items)
    assert not any(choice.fallback[0] for choice in choices)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_an_impossible_blueprint_never_stops_a_sitting(seed: int, worlds: Worlds) -> None:
    rng = np.random.default_rng(seed)
    pool, blueprint = worlds.small_pool(rng), worlds.small_blueprint(rng)
    assume(not any(True for _ in worlds.whole_tests(pool, blueprint)))
    items, choices = take_whole_test(pool, blueprint, rng)
    assert len(set(items)) == len(items) == min(blueprint.length, pool.n_items)
    assert any(choice.fallback[0] for choice in choices)


def test_passages_are_given_in_one_piece(pool: Pool, blueprint: Blueprint) -> None:
    for seed in range(20):
        items, _ = take_whole_test(pool, replace(blueprint, best_k=4), np.random.default_rng(seed))
        passages = pool.passage[items]
        runs = [passage for place, passage in enumerate(passages) if place == 0 or passages[place - 1] != passage]
        begun = [passage for passage in runs if passage >= 0]
        assert len(begun) == len(set(begun)) == 2


def test_one_person_and_many_are_given_the_same_items(pool: Pool, blueprint: Blueprint) -> None:
    rng = np.random.default_rng(1)
    wide = replace(blueprint, best_k=3)
    n = 600  # more than one block
    tests = simulate_adaptive(pool, wide, rng.normal(size=n), pool.items, rng)
    given = rng.integers(0, blueprint.length, n)
    later = np.arange(blueprint.length) >= given[:, np.newaxis]
    state = AdaptiveState(np.where(later, -1, tests.item), np.where(later, -1, tests.category))
    draw = rng.random(n)
    many = choose_next(pool, wide, state, draw)
    for person in range(0, n, 7):
        one = choose_next(pool, wide, state.take(slice(person, person + 1)), draw[person : person + 1])
        assert one.item[0] == many.item[person]
        assert one.theta[0] == many.theta[person]
        assert np.array_equal(one.best[0], many.best[person])
        assert np.array_equal(one.best_score[0], many.best_score[person])
        assert one.binding[0] == many.binding[person]


def test_the_order_of_answers_changes_neither_estimate_nor_choice(pool: Pool, blueprint: Blueprint) -> None:
    items, answers = [3, 20, 30, 13, 28], [1, 0, 1, 1, 0]
    there = choose_next(pool, blueprint, AdaptiveState.of_one(items, answers, 20), [0.0])
    back = choose_next(pool, blueprint, AdaptiveState.of_one(items[::-1], answers[::-1], 20), [0.0])
    assert (there.item[0], there.theta[0], there.standard_error[0]) == (
        back.item[0],
        back.theta[0],
        back.standard_error[0],
    )


def test_the_estimate_is_the_eap_and_unanswered_items_do_not_count(pool: Pool, blueprint: Blueprint) -> None:
    choice = choose_next(pool, blueprint, AdaptiveState.of_one([3, 20, 30], [1, -1, 0], 20), [0.0])
    responses = Responses.from_triplets([0, 0], [3, 30], [1, 0], n_persons=1, n_items=60)
    abilities = estimate_eap(responses, pool.items, normal_quadrature())
    assert choice.theta[0] == pytest.approx(abilities.theta[0], abs=1e-9)
    assert choice.standard_error[0] == pytest.approx(abilities.standard_error[0], abs=1e-9)


def test_without_constraints_the_most_informative_item_is_given(worlds: Worlds) -> None:
    pool = worlds.make_pool([0] * 30, [-1] * 30, [-1] * 30, 4)
    blueprint = Blueprint(10, ("all",), np.array([0]), np.array([10]))
    choice = choose_next(pool, blueprint, AdaptiveState.empty(1, 10), [0.99])
    information = item_information(np.array([0.0]), pool.items)[0]
    best = np.lexsort((np.arange(30), -information.round(9)))[:5]
    assert choice.best[0].tolist() == best.tolist()
    assert choice.item[0] == best[0]
    assert choice.best_score[0] == pytest.approx(information[best], abs=1e-9)
    assert choice.binding == ((),)


def test_equal_information_goes_to_the_lowest_index(worlds: Worlds) -> None:
    one = worlds.make_pool([0] * 8, [-1] * 8, [-1] * 8, 4)
    pool = Pool(one.items.take([3] * 8), one.area, one.passage, one.enemy)
    blueprint = Blueprint(4, ("all",), np.array([0]), np.array([4]))
    assert choose_next(pool, blueprint, AdaptiveState.empty(1, 4), [0.5]).best[0].tolist() == [0, 1, 2, 3, 4]


def test_the_draw_chooses_among_the_best_k_and_only_those(worlds: Worlds) -> None:
    pool = worlds.make_pool([0] * 30, [-1] * 30, [-1] * 30, 4)
    blueprint = Blueprint(10, ("all",), np.array([0]), np.array([10]), best_k=4)
    draw = (np.arange(400) + 0.5) / 400
    choice = choose_next(pool, blueprint, AdaptiveState.empty(400, 10), draw)
    items, n = np.unique(choice.item, return_counts=True)
    assert set(items.tolist()) == set(choice.best[0, :4].tolist())
    assert n.tolist() == [100] * 4


def test_a_finished_test_gets_no_item(pool: Pool, blueprint: Blueprint) -> None:
    items, choices = take_whole_test(pool, blueprint, np.random.default_rng(0))
    assert len(items) == 20
    last = choices[-1]
    assert last.item[0] == -1
    assert last.best[0].tolist() == [-1] * 5
    assert last.binding == ((),)
    assert not last.fallback[0]


def test_the_prior_moves_the_start(pool: Pool, blueprint: Blueprint) -> None:
    able = choose_next(pool, replace(blueprint, prior_mean=1.5), AdaptiveState.empty(1, 20), [0.0])
    assert able.theta[0] == pytest.approx(1.5, abs=1e-6)


@pytest.mark.parametrize("draw", [[1.0], [-0.1], [float("nan")], [0.1, 0.2]])
def test_a_draw_outside_the_unit_interval_is_refused(draw: list[float], pool: Pool, blueprint: Blueprint) -> None:
    with pytest.raises(DesignError, match="draw"):
        choose_next(pool, blueprint, AdaptiveState.empty(1, 20), draw)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (AdaptiveState.empty(1, 19), "19 positions"),
        (AdaptiveState.of_one([60], [1], 20), "item 60"),
        (AdaptiveState.of_one([6], [2], 20), "category 2"),
    ],
)
def test_a_state_of_another_pool_is_refused(
    state: AdaptiveState, reason: str, pool: Pool, blueprint: Blueprint
) -> None:
    with pytest.raises(DesignError, match=reason):
        choose_next(pool, blueprint, state, [0.0])


def test_nobody_is_no_problem(pool: Pool, blueprint: Blueprint) -> None:
    assert choose_next(pool, blueprint, AdaptiveState.empty(0, 20), []).item.size == 0
