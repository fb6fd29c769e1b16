"""Swaps: the best one of all that keep the rules, and never one that breaks them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.assembly import Plan, improve
from tests.engine.assembly.worlds import best_swap, make_world


@given(seed=st.integers(0, 10_000), n_given=st.integers(0, 12))
def test_the_first_swap_is_the_best_of_all_single_swaps(seed: int, n_given: int) -> None:
    world = make_world(seed)
    plan = Plan(np.random.default_rng(seed).permutation(world.test), n_given)
    expected = best_swap(world, plan.items, n_given)
    swaps = improve(world.tables, plan, world.score, limit=1)
    assert swaps == (() if expected is None else ((expected[1], expected[2]),))


@given(seed=st.integers(0, 10_000), n_given=st.integers(0, 12))
def test_a_plan_that_meets_the_blueprint_still_does_after_swaps(seed: int, n_given: int) -> None:
    world = make_world(seed)
    plan = Plan(np.random.default_rng(seed).permutation(world.test), n_given)
    better = plan.swap(improve(world.tables, plan, world.score))
    assert not world.rules.broken(better.items)
    assert better.given.tolist() == plan.given.tolist()
    assert world.score[better.items].sum() >= world.score[plan.items].sum() - 1e-9


@given(seed=st.integers(0, 10_000))
def test_an_item_that_is_excluded_never_comes_in(seed: int) -> None:
    world = make_world(seed)
    excluded = np.random.default_rng(seed).random(world.rules.n_items) < 0.3
    swaps = improve(world.tables, Plan(world.test), world.score, excluded=excluded)
    assert not any(excluded[into] for _, into in swaps)


def test_scores_closer_than_a_step_count_as_equal_and_go_to_the_lowest_items() -> None:
    world = make_world(3, n_passages=0)
    score = np.zeros(world.rules.n_items)
    score[np.setdiff1d(np.arange(world.rules.n_items), world.test)] = 1.0
    level = replace(world, score=score)
    nudged = score + 1e-11 * np.arange(world.rules.n_items)
    expected = best_swap(level, world.test, 0)
    assert expected is not None
    assert improve(world.tables, Plan(world.test), nudged, limit=1) == (expected[1:],)
