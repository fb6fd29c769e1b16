"""The priority index: enemies apart, passages whole, and always an item."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.assembly import next_by_priority
from engine.errors import DesignError
from tests.engine.assembly.worlds import make_world


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_a_sitting_by_priority_keeps_enemies_apart_and_passages_together(seed: int) -> None:
    world = make_world(seed)
    rng, rules = np.random.default_rng(seed), world.rules
    items: list[int] = []
    for _ in range(rules.length):
        items.append(next_by_priority(world.tables, np.array(items, dtype=np.int64), rng.random(rules.n_items)))
    assert len(set(items)) == rules.length
    enemies = rules.member[rules.n_counts : rules.n_counts + rules.n_enemies][:, items].sum(axis=1)
    assert np.all(enemies <= 1)
    visits = [int(rules.passage[item]) for item in items]
    begun = [one for one, before in zip(visits, [-1, *visits], strict=False) if one >= 0 and one != before]
    assert len(begun) == len(set(begun))


def test_a_rule_with_no_room_left_takes_no_more_items() -> None:
    world = make_world(11, n_passages=0)
    full = int(np.flatnonzero(world.rules.maximum[: world.rules.n_counts] >= 1)[0])
    inside = np.flatnonzero(world.rules.member[full])[: world.rules.maximum[full]]
    score = np.where(world.rules.member[full], 2.0, 1.0)
    assert not world.rules.member[full][next_by_priority(world.tables, inside, score)]


def test_excluded_items_are_avoided_until_nothing_else_is_left() -> None:
    world = make_world(2)
    excluded = np.ones(world.rules.n_items, dtype=np.bool_)
    excluded[7] = False
    nothing = np.empty(0, dtype=np.int64)
    assert next_by_priority(world.tables, nothing, world.score, excluded=excluded) == 7
    assert next_by_priority(world.tables, np.array([7]), world.score, excluded=excluded) != 7
    with pytest.raises(DesignError, match="every item"):
        next_by_priority(world.tables, np.arange(world.rules.n_items), world.score)
