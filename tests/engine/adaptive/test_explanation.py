"""Why a more informative item was not given."""

from __future__ import annotations

import numpy as np
import pytest

from engine import AdaptiveState, Blueprint, ItemParameters, Pool, choose_next


def pool_of(
    slopes: list[float], area: list[int], passage: list[int] | None = None, enemy: list[int] | None = None
) -> Pool:
    none = [-1] * len(slopes)
    items = ItemParameters.two_parameter(slopes, np.zeros(len(slopes)))
    return Pool(items, np.array(area), np.array(passage or none), np.array(enemy or none))


def binding(pool: Pool, blueprint: Blueprint, items: list[int]) -> tuple[str, ...]:
    state = AdaptiveState.of_one(items, [-1] * len(items), blueprint.length)
    return choose_next(pool, blueprint, state, np.array([0.0])).binding[0]


def two_areas(length: int, low: tuple[int, int], high: tuple[int, int]) -> Blueprint:
    return Blueprint(length, ("meten", "rekenen"), np.array(low), np.array(high))


@pytest.mark.parametrize(
    ("pool", "blueprint", "items", "expected"),
    [
        (pool_of([2, 1.9, 1, 1], [0, 0, 1, 1]), two_areas(3, (0, 0), (1, 2)), [0], ("meten maximum",)),
        (pool_of([2, 1.9, 1, 1], [0, 0, 1, 1]), two_areas(3, (0, 2), (3, 3)), [0], ("rekenen minimum",)),
        (pool_of([2, 1.9, 1, 1], [0] * 4, enemy=[0, 0, -1, -1]), two_areas(3, (0, 0), (3, 0)), [0], ("enemy",)),
        (pool_of([1, 1.1, 2, 2], [0] * 4, passage=[0, 0, -1, -1]), two_areas(4, (0, 0), (4, 0)), [0], ("passage",)),
        (pool_of([2, 2, 2, 1, 1], [0] * 5, passage=[0, 0, 0, -1, -1]), two_areas(2, (0, 0), (4, 0)), [3], ("passage",)),
        (pool_of([2, 1.9, 1, 1], [0, 0, 1, 1]), two_areas(2, (0, 0), (2, 2)), [0], ()),
    ],
)
def test_the_constraint_that_kept_it_out_is_named(
    pool: Pool, blueprint: Blueprint, items: list[int], expected: tuple[str, ...]
) -> None:
    assert binding(pool, blueprint, items) == expected
