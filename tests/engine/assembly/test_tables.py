"""Rules laid out for looking up, and pools that ask little or much."""

from __future__ import annotations

import numpy as np
import pytest

from engine.assembly import (
    Blueprint,
    Budget,
    Count,
    Plan,
    Pool,
    choose_next,
    fold,
    make_library,
    make_rules,
    make_tables,
    next_by_priority,
    solve_plan,
)
from engine.errors import BlueprintError
from engine.models import ItemParameters
from tests.engine.assembly.worlds import make_world


def bare_pool(n_items: int, **more: object) -> Pool:
    """Pool of equal items that stand alone."""
    items = ItemParameters(np.ones(n_items), np.zeros(n_items), np.zeros(n_items), np.ones(n_items))
    return Pool(items=items, passage=np.full(n_items, -1), **more)  # type: ignore[arg-type] # fields by name


def test_bits_and_counts_say_the_same() -> None:
    world = make_world(8)
    tables = world.tables
    bits = (tables.words[:, :, np.newaxis] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
    assert np.array_equal(bits.transpose(1, 0, 2).reshape(world.rules.n_items, -1), tables.member)
    assert (
        tables.counts(world.test)[: len(world.rules.name)].tolist()
        == world.rules.member[:, world.test].sum(axis=1).tolist()
    )


def test_a_pool_without_any_rule_gives_its_best_items_in_order() -> None:
    tables = make_tables(make_rules(bare_pool(9), Blueprint(4)))
    score = np.arange(9.0)
    library = make_library(tables, np.array([score, score]), nodes=np.array([-1.0, 1.0]))
    plan = Plan(np.array([0, 1, 2, 3]))
    given = []
    while plan.n_given < 4:
        choice = choose_next(tables, plan, score, charge=library.charge_at(0.0))
        given.append(choice.item)
        plan = fold(plan, choice)
    assert sorted(solve_plan(tables, score).plan.items.tolist()) == [5, 6, 7, 8]
    assert len(set(given)) == 4
    assert max(given) == 8
    assert next_by_priority(tables, np.array([8]), score) == 7


def test_bounds_without_end_are_no_bounds() -> None:
    pool = bare_pool(6, labels={"area": ("a",) * 6}, quantities={"sec": np.full(6, 60.0)})
    blueprint = Blueprint(3, counts=(Count({"area": "a"}, 0, 10**9),), budgets=(Budget("sec", 0.0, np.inf),))
    tables = make_tables(make_rules(pool, blueprint))
    solved = solve_plan(tables, np.arange(6.0))
    assert solved.plan.items.tolist() == [3, 4, 5]
    assert choose_next(tables, solved.plan, np.arange(6.0)).item == 5
    assert next_by_priority(tables, np.array([5]), np.arange(6.0)) == 4


def test_a_pool_smaller_than_the_test_is_refused() -> None:
    with pytest.raises(BlueprintError, match="the pool has 3"):
        make_tables(make_rules(bare_pool(3), Blueprint(4)))


def test_a_sum_at_its_budget_is_within_it_whatever_the_order_it_was_added_in() -> None:
    pool = bare_pool(4, quantities={"sec": np.array([0.1, 0.2, 0.3, 0.1])})
    rules = make_rules(pool, Blueprint(3, budgets=(Budget("sec", 0.6, 0.6),)))
    assert not rules.broken([2, 1, 0])
    assert not rules.broken([0, 1, 2])
    assert rules.broken([0, 1, 3]) == ("sec",)
