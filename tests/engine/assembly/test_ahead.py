"""What is worked out while the pupil reads is what would have been worked out afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assembly import (
    Blueprint,
    Branch,
    Plan,
    choose_ahead,
    choose_next,
    fold,
    make_library,
    make_rules,
    make_tables,
    replan,
)
from engine.errors import DesignError
from tests.engine.assembly.small import counts, make_pool
from tests.engine.assembly.worlds import in_visits, make_world


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), n_given=st.integers(1, 11))
def test_a_choice_made_ahead_is_the_choice_made_afterwards(seed: int, n_given: int) -> None:
    world = make_world(seed)
    rng = np.random.default_rng(seed)
    library = make_library(world.tables, rng.random((2, world.rules.n_items)), nodes=np.array([-1.0, 1.0]))
    plan = Plan(in_visits(world, rng), n_given)
    branches = [Branch(rng.random(world.rules.n_items), library.charge_at(ability)) for ability in (-0.5, 0.5)]
    ahead = choose_ahead(world.tables, plan, branches)
    for branch, choice in zip(branches, ahead, strict=True):
        assert choice == choose_next(world.tables, plan, branch.score, charge=branch.charge)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), n_given=st.integers(0, 11))
def test_a_plan_solved_ahead_is_no_worse_and_folds(seed: int, n_given: int) -> None:
    world = make_world(seed)
    plan = Plan(in_visits(world, np.random.default_rng(seed)), n_given)
    again = plan.swap(replan(world.tables, plan, world.score))
    assert not world.rules.broken(again.items)
    assert world.score[again.items].sum() >= world.score[plan.items].sum() - 1e-9
    (choice,) = choose_ahead(world.tables, plan, [Branch(world.score)], solve=True)
    assert not world.rules.broken(fold(plan, choice).items)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), n_given=st.integers(1, 8))
def test_noise_in_the_last_bits_of_scores_changes_no_solved_plan(seed: int, n_given: int) -> None:
    """As another processor would make it; many items are worth the same."""
    world = make_world(seed)
    rng = np.random.default_rng(seed)
    score = rng.integers(1, 8, world.rules.n_items) / 10.0
    plan = Plan(in_visits(world, rng), n_given)
    noisy = score + rng.normal(0.0, 1e-13, score.size)
    assert replan(world.tables, plan, noisy) == replan(world.tables, plan, score)


def test_a_plan_that_no_solve_can_mend_is_left_alone() -> None:
    world = make_world(4)
    wrong = np.argsort(-world.score)[: world.rules.length]
    assert replan(world.tables, Plan(wrong, world.rules.length), world.score) == ()


def test_a_library_knows_its_prices_between_nodes() -> None:
    world = make_world(6)
    scores = np.random.default_rng(6).random((3, world.rules.n_items))
    library = make_library(world.tables, scores, nodes=np.array([-1.0, 0.0, 2.0]))
    assert library.charge_at(0.5) == pytest.approx(0.75 * library.charge[1] + 0.25 * library.charge[2])
    assert library.charge_at(9.0) == pytest.approx(library.charge[2])
    with pytest.raises(DesignError, match="3 nodes by"):
        make_library(world.tables, scores[:2], nodes=np.array([-1.0, 0.0, 2.0]))
    with pytest.raises(DesignError, match="increase"):
        make_library(world.tables, scores, nodes=np.array([0.0, -1.0, 2.0]))


def test_items_that_no_test_may_hold_give_no_rule_a_price() -> None:
    """Of area a one item is allowed: 0 and 1 would both be taken, 6 alone breaks no rule."""
    areas = ["a", "a", "b", "b", "b", "b", "a"]
    tables = make_tables(make_rules(make_pool(areas), Blueprint(2, counts(a=(0, 1)))))
    score, nodes = np.tile([0.9, 0.8, 0.5, 0.4, 0.3, 0.2, 0.1], (2, 1)), np.array([-1.0, 1.0])
    free = make_library(tables, score, nodes=nodes).charge
    without = make_library(tables, score, nodes=nodes, excluded=np.arange(7) < 2).charge
    assert np.all(free[:, 6] - free[:, 2] >= 0.3 - 1e-6)  # the second of area a is worth 0.8, the best of b 0.5
    assert without[:, 6] == pytest.approx(without[:, 2])
