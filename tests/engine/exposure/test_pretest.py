from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.assembly import Pool, Pretest
from engine.errors import DesignError
from engine.exposure import draw_pretest
from engine.models import ItemParameters


def pool_of(field_items: list[int], n_items: int = 12, passage: list[int] | None = None) -> Pool:
    ones = np.ones(n_items)
    return Pool(
        ItemParameters(ones, 0.0 * ones, 0.0 * ones, ones),
        np.array(passage or [-1] * n_items),
        pretest=np.isin(np.arange(n_items), field_items),
    )


@given(seed=st.integers(0, 2**32 - 1), n_items=st.integers(1, 4), first=st.integers(1, 9), room=st.integers(0, 5))
def test_every_sitting_gets_its_number_at_positions_in_between(seed: int, n_items: int, first: int, room: int) -> None:
    pretest = Pretest(n_items, first, first + n_items - 1 + room)
    pool, key = pool_of([1, 3, 4, 8, 9]), np.random.default_rng(seed).random(20)
    drawn = draw_pretest(pool, pretest, key)
    assert drawn.position.shape == drawn.item.shape == (20, n_items)
    assert np.all(np.diff(drawn.position, axis=1) > 0)
    assert drawn.position.min() >= pretest.first
    assert drawn.position.max() <= pretest.last
    assert np.isin(drawn.item, [1, 3, 4, 8, 9]).all()
    assert all(len(set(row)) == n_items for row in drawn.item.tolist())


def test_every_set_of_positions_and_items_is_as_likely() -> None:
    n = 30_000
    drawn = draw_pretest(pool_of([1, 3, 4, 8]), Pretest(2, 5, 8), np.random.default_rng(1).random(n))
    for values, possible in ((drawn.position, [5, 6, 7, 8]), (np.sort(drawn.item, axis=1), [1, 3, 4, 8])):
        pairs = [tuple(row) for row in values.tolist()]
        share = np.array([pairs.count(pair) for pair in combinations(possible, 2)]) / n
        assert np.all(np.abs(share - 1 / 6) <= 4.5 * np.sqrt(5 / 36 / n))
    first_is = np.array([(drawn.item[:, 0] == item).mean() for item in (1, 3, 4, 8)])
    assert np.all(np.abs(first_is - 1 / 4) <= 4.5 * np.sqrt(3 / 16 / n))


def test_a_sitting_draws_the_same_alone_or_among_others() -> None:
    key = np.random.default_rng(3).random(9)
    together = draw_pretest(pool_of([1, 3, 4, 8]), Pretest(2, 5, 20), key)
    alone = [draw_pretest(pool_of([1, 3, 4, 8]), Pretest(2, 5, 20), key[p : p + 1]) for p in range(9)]
    assert np.array_equal(together.item, np.concatenate([one.item for one in alone]))
    assert np.array_equal(together.position, np.concatenate([one.position for one in alone]))


def test_enemies_are_not_drawn_together_as_long_as_there_are_others() -> None:
    """Only 1 with 8, 3 with 8 and 4 with 8 hold no enemies."""
    pool = replace(pool_of([1, 3, 4, 8]), enemies=((1, 3, 4),))
    drawn = draw_pretest(pool, Pretest(2, 1, 4), np.random.default_rng(2).random(200))
    assert {frozenset(row) for row in drawn.item.tolist()} == {frozenset((item, 8)) for item in (1, 3, 4)}
    without = replace(pool, pretest=np.isin(np.arange(12), [1, 3, 4]))
    assert draw_pretest(without, Pretest(2, 1, 4), np.array([0.5])).item.shape == (1, 2)


def test_items_of_passages_are_never_drawn() -> None:
    drawn = draw_pretest(pool_of([1, 2], 4, [-1, -1, 0, 0]), Pretest(1, 1, 2), np.random.default_rng(2).random(50))
    assert set(drawn.item[:, 0].tolist()) == {1}


def test_what_cannot_be_drawn_is_refused_by_name() -> None:
    key = np.array([0.5])
    with pytest.raises(DesignError, match="2 field-test items a sitting, but the pool has 1"):
        draw_pretest(pool_of([1]), Pretest(2, 5, 20), key)
    with pytest.raises(DesignError, match="2 field-test items a sitting, but the pool has 1 outside passages"):
        draw_pretest(pool_of([1, 2], 4, [-1, -1, 0, 0]), Pretest(2, 1, 2), key)
