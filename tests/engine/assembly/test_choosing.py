"""Whole sittings by plan: the blueprint is met, passages stay together, and no rule's failure reaches the pupil."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import IntArray
from engine.assembly import Choice, Plan, Route, choose_next, fold, make_library, pick
from engine.errors import DesignError
from tests.engine.assembly.worlds import World, best_value, make_world


def sit(world: World, plan: Plan, seed: int, *, charge: bool = False) -> tuple[Plan, list[Choice]]:
    """Give a whole test; what items are worth changes after every answer."""
    rng = np.random.default_rng(seed)
    library = make_library(world.tables, rng.random((2, world.rules.n_items)), nodes=np.array([-1.0, 1.0]))
    choices = []
    while plan.n_given < plan.items.size:
        ability = float(rng.normal())
        price = library.charge_at(ability) if charge else None
        choices.append(choose_next(world.tables, plan, rng.random(world.rules.n_items), charge=price, alone_first=2))
        plan = fold(plan, choices[-1])
    return plan, choices


def passages_in_order(world: World, items: IntArray) -> list[int]:
    """Passages as the pupil meets them, each visit once."""
    visits = [int(number) for number in world.rules.passage[items]]
    return [one for one, before in zip(visits, [-1, *visits], strict=False) if one >= 0 and one != before]


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), charge=st.booleans())
def test_every_sitting_meets_the_blueprint_and_visits_a_passage_once(seed: int, charge: bool) -> None:
    world = make_world(seed)
    plan, choices = sit(world, Plan(world.test), seed, charge=charge)
    assert not world.rules.broken(plan.items)
    assert {choice.route for choice in choices} == {Route.PLAN}
    visits = passages_in_order(world, plan.items)
    assert len(visits) == len(set(visits))


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_folding_the_recorded_choices_repeats_the_sitting(seed: int) -> None:
    world = make_world(seed)
    ended, choices = sit(world, Plan(world.test), seed, charge=True)
    plan = Plan(world.test)
    for choice in choices:
        plan = fold(plan, choice)
    assert plan.items.tolist() == ended.items.tolist()


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), n_given=st.integers(1, 8))
def test_the_rules_are_given_up_exactly_when_no_test_can_keep_them_any_more(seed: int, n_given: int) -> None:
    """Whatever was given, and however wrong the plan: SciPy's milp says whether a test that holds it exists."""
    world = make_world(seed)
    wrong = np.random.default_rng(seed).permutation(world.rules.n_items)[: world.rules.length]
    plan, choices = sit(world, Plan(wrong, n_given), seed)
    assert plan.n_given == world.rules.length
    assert np.unique(plan.items).size == world.rules.length
    for number, choice in enumerate(choices):
        is_possible = best_value(world, plan.items[: n_given + number]) is not None
        assert choice.route in ({Route.PLAN, Route.SOLVED} if is_possible else {Route.PENALTY}), number
    assert bool(world.rules.broken(plan.items)) == any(choice.route is Route.PENALTY for choice in choices)


def test_a_plan_that_swaps_cannot_mend_is_solved_anew() -> None:
    """Of wrong plans around one item that a test may hold, most need more than a swap or two."""
    routes = set()
    for seed in range(60):
        world = make_world(seed)
        rest = np.random.default_rng(seed).permutation(np.setdiff1d(np.arange(world.rules.n_items), world.test))
        wrong = np.append(world.test[:1], rest[: world.rules.length - 1])
        plan, choices = sit(world, Plan(wrong, 1), seed)
        assert world.rules.broken(wrong)
        assert not world.rules.broken(plan.items)
        routes.add(choices[0].route)
    assert Route.SOLVED in routes


def test_where_every_item_is_excluded_any_unseen_one_is_given() -> None:
    world = make_world(5)
    everything = np.ones(world.rules.n_items, dtype=np.bool_)
    choice = choose_next(world.tables, Plan(world.test, 3), world.score, excluded=everything)
    assert choice.route is Route.ANY
    assert choice.item not in world.test[:3]


@given(seed=st.integers(0, 10_000), n_given=st.integers(0, 11))
def test_an_excluded_item_is_not_given_while_others_are_allowed(seed: int, n_given: int) -> None:
    world = make_world(seed)
    excluded = np.zeros(world.rules.n_items, dtype=np.bool_)
    excluded[world.test[n_given:][:1]] = True  # planned already, and withdrawn since
    choice = choose_next(world.tables, Plan(world.test, n_given), world.score, excluded=excluded)
    assert not excluded[choice.item]


def test_a_passage_that_has_begun_is_finished_before_anything_else() -> None:
    world = next(w for w in map(make_world, range(100)) if (w.rules.passage[w.test] >= 0).sum() >= 2)
    inside = world.test[world.rules.passage[world.test] >= 0]
    same = inside[world.rules.passage[inside] == world.rules.passage[inside[0]]]
    plan = Plan(np.concatenate([same[:1], np.setdiff1d(world.test, same[:1])]), 1)
    score = np.ones(world.rules.n_items)
    score[same] = 0.1
    assert pick(world.tables, plan, score) == same[1:].min()


def test_single_items_come_first_while_the_ability_is_uncertain() -> None:
    world = next(w for w in map(make_world, range(100)) if (w.rules.passage[w.test] >= 0).any())
    score = np.where(world.rules.passage >= 0, 1.0, 0.5)
    assert world.rules.passage[pick(world.tables, Plan(world.test), score, alone_first=3)] == -1
    assert world.rules.passage[pick(world.tables, Plan(world.test), score, alone_first=0)] >= 0


def test_a_test_that_is_over_has_no_next_item() -> None:
    world = make_world(1)
    with pytest.raises(DesignError, match="over"):
        choose_next(world.tables, Plan(world.test, world.rules.length), world.score)
