"""Random pools and blueprints, and a brute-force answer to what a test can hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from engine import Blueprint, ItemParameters, Pool


def make_pool(area: list[int], passage: list[int], enemy: list[int], seed: int) -> Pool:
    """Return a pool with random parameters; slopes and difficulties to one decimal, so that ties occur."""
    rng = np.random.default_rng(seed)
    n = len(area)
    items = ItemParameters.two_parameter(rng.uniform(0.5, 2.0, n).round(1), rng.normal(size=n).round(1))
    return Pool(items, np.array(area), np.array(passage), np.array(enemy))


def small_pool(rng: np.random.Generator) -> Pool:
    """Three to ten units in three areas: single items and passages, some of them enemies, in any order."""
    size = rng.choice([1, 1, 1, 2, 3], rng.integers(3, 11))
    unit = np.repeat(np.arange(size.size), size)
    area = rng.integers(0, 3, size.size)[unit]
    passage = np.where(size > 1, np.arange(size.size), -1)[unit]
    leads = np.diff(unit, prepend=-1) > 0  # only the first item of a unit has enemies
    enemy = np.where(leads, rng.choice([-1, -1, -1, 0, 1, 2], unit.size), -1)
    order = rng.permutation(unit.size)
    return make_pool(area[order].tolist(), passage[order].tolist(), enemy[order].tolist(), int(rng.integers(1000)))


def small_blueprint(rng: np.random.Generator) -> Blueprint:
    """Three areas; bounds that one pool in a few can meet."""
    while True:
        low = rng.integers(0, 4, 3, dtype=np.int32)
        high = low + rng.integers(0, 5, 3, dtype=np.int32)
        length = int(rng.integers(2, 9))
        if low.sum() <= length <= high.sum():
            return Blueprint(length, ("a", "b", "c"), low, high, best_k=int(rng.integers(1, 5)))


def whole_tests(pool: Pool, blueprint: Blueprint) -> Iterator[tuple[int, ...]]:
    """Every test that meets the blueprint, by trying all of them."""
    leader = np.where(pool.passage < 0, -1 - np.arange(pool.n_items), pool.passage)
    units = [np.flatnonzero(leader == name).tolist() for name in np.unique(leader)]
    for chosen in itertools.product([False, True], repeat=len(units)):
        items = [item for unit, taken in zip(units, chosen, strict=True) if taken for item in unit]
        if meets(pool, blueprint, items):
            yield tuple(items)


def meets(pool: Pool, blueprint: Blueprint, items: list[int]) -> bool:
    """Whether these items are a test as the blueprint wants it."""
    if len(items) != blueprint.length or len(set(items)) < len(items):
        return False
    counts = np.bincount(pool.area[items], minlength=blueprint.n_areas)
    if np.any(counts < blueprint.area_minimum) or np.any(counts > blueprint.area_maximum):
        return False
    enemies = pool.enemy[items]
    if np.bincount(enemies[enemies >= 0], minlength=1).max() > 1:
        return False
    begun = np.unique(pool.passage[items])
    return all(set(np.flatnonzero(pool.passage == passage)) <= set(items) for passage in begun if passage >= 0)


class Worlds:
    """The helpers above, for tests to ask for by name."""

    make_pool = staticmethod(make_pool)
    whole_tests = staticmethod(whole_tests)
    meets = staticmethod(meets)
    small_pool = staticmethod(small_pool)
    small_blueprint = staticmethod(small_blueprint)


@pytest.fixture(scope="session")
def worlds() -> Worlds:
    """Random pools, blueprints, and brute force."""
    return Worlds()


@pytest.fixture(scope="session")
def pool() -> Pool:
    """Sixty items: four areas of ten to twenty, four passages of five in the last, some enemies."""
    area = [0] * 12 + [1] * 14 + [2] * 14 + [3] * 20
    passage = [-1] * 40 + [number for number in range(4) for _ in range(5)]
    enemy = [0, 0, 1, 1, 1] + [-1] * 55
    enemy[45], enemy[50] = 2, 2
    return make_pool(area, passage, enemy, 17)


@pytest.fixture(scope="session")
def blueprint() -> Blueprint:
    """Return a test of twenty with two of the four passages."""
    return Blueprint(20, ("spelling", "words", "grammar", "reading"), np.array([2, 3, 3, 10]), np.array([5, 6, 6, 10]))
