"""Small pools and blueprints, and every test there is, written down without the code that is tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from hypothesis import strategies as st

from engine.assembly import Blueprint, Budget, Count, FirstItem, Passages, Pool, Pretest
from engine.models import ItemParameters


def make_pool(
    areas: Sequence[str],
    *,
    passage: Sequence[int] = (),
    enemies: Sequence[tuple[int, ...]] = (),
    seconds: Sequence[float] = (),
    pretest: Sequence[int] = (),
    difficulty: Sequence[float] = (),
    labels: Mapping[str, Sequence[str]] | None = None,
) -> Pool:
    """Rasch items of areas, in the order given."""
    n = len(areas)
    return Pool(
        items=ItemParameters.two_parameter(np.ones(n), np.array(difficulty or [0.0] * n)),
        passage=np.array(passage or [-1] * n),
        enemies=tuple(enemies),
        labels={"area": tuple(areas), **{key: tuple(values) for key, values in (labels or {}).items()}},
        quantities={"seconds": np.array(seconds or [30.0] * n)},
        pretest=np.isin(np.arange(n), pretest),
    )


def counts(**bounds: tuple[int, int]) -> tuple[Count, ...]:
    """Counts of areas, named after them."""
    return tuple(Count({"area": area}, low, high, area) for area, (low, high) in bounds.items())


def meets(pool: Pool, blueprint: Blueprint, items: Sequence[int], accommodation: str = "") -> bool:
    """Whether scored items make a test, said from the documentation of the blueprint alone."""
    suitable = set(range(pool.n_items))
    if accommodation:
        attribute, label = blueprint.pools[accommodation]
        suitable = {item for item in suitable if pool.labels[attribute][item] == label}
    scored = {item for item in suitable if not pool.pretest[item]}
    chosen = set(items)
    return (
        len(chosen) == blueprint.length
        and chosen <= scored
        and all(_keeps(pool, count, chosen) for count in blueprint.counts)
        and all(_adds_up(pool, budget, chosen) for budget in blueprint.budgets)
        and _passages_are_right(pool, blueprint.passages, chosen)
        and _can_begin(pool, blueprint, chosen)
        and _can_pretest(pool, blueprint, chosen, suitable - scored)
    )


def whole_tests(pool: Pool, blueprint: Blueprint, accommodation: str = "") -> list[tuple[int, ...]]:
    """All tests that a pool gives."""
    every = combinations(range(pool.n_items), blueprint.length)
    return [items for items in every if meets(pool, blueprint, items, accommodation)]


def _keeps(pool: Pool, count: Count, chosen: set[int]) -> bool:
    held = sum(all(pool.labels[key][item] == label for key, label in count.where.items()) for item in chosen)
    return count.minimum <= held <= count.maximum


def _adds_up(pool: Pool, budget: Budget, chosen: set[int]) -> bool:
    total = sum(float(pool.quantities[budget.quantity][item]) for item in chosen)
    return budget.minimum <= total <= budget.maximum


def _passages_are_right(pool: Pool, asked: Passages | None, chosen: set[int]) -> bool:
    in_test = {int(pool.passage[item]) for item in chosen} - {-1}
    rule = asked or Passages(0, pool.n_items)
    for passage in in_test:
        members = set(pool.items_of(passage).tolist())
        size, whole = len(members & chosen), sum(not pool.pretest[item] for item in members)
        fewest, most = (rule.fewest, rule.most) if rule.most else (whole, whole)
        if not fewest <= size <= most:
            return False
    return rule.minimum <= len(in_test) <= rule.maximum


def _can_begin(pool: Pool, blueprint: Blueprint, chosen: set[int]) -> bool:
    rule = blueprint.first
    if rule is None:
        return True
    share = 1.0 / (1.0 + np.exp(pool.items.difficulty - blueprint.prior_mean))  # Rasch
    return any(
        rule.hardest <= share[item] <= rule.easiest
        and not (rule.alone and pool.passage[item] >= 0)
        and all(pool.labels[key][item] == label for key, label in rule.where.items())
        for item in chosen
    )


def _can_pretest(pool: Pool, blueprint: Blueprint, chosen: set[int], shown: set[int]) -> bool:
    n, shown = blueprint.pretest.n_items if blueprint.pretest else 0, {item for item in shown if pool.passage[item] < 0}
    sets = [set(members) for members in pool.enemies]
    return any(
        all(len(members & (chosen | set(extra))) <= 1 for members in sets) for extra in combinations(sorted(shown), n)
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[Pool, Blueprint]:
    """Small pools with a blueprint that is about as often possible as not."""
    n = draw(st.integers(4, 8))
    areas = draw(st.lists(st.sampled_from(["x", "y", "z"]), min_size=n, max_size=n))
    numbers = draw(st.lists(st.sampled_from([-1, -1, 0, 1, 2]), min_size=n, max_size=n))
    suits = draw(st.lists(st.sampled_from(["yes", "yes", "no"]), min_size=n, max_size=n))
    seconds = draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
    known = sorted(set(numbers) - {-1})
    sets = draw(st.lists(st.sets(st.integers(0, n - 1), min_size=2, max_size=3), max_size=3))
    pool = make_pool(
        ["x", "y", "z", *areas[3:]],
        passage=[known.index(number) if number >= 0 else -1 for number in numbers],
        enemies=[tuple(sorted(members)) for members in sets],
        seconds=[float(value) for value in seconds],
        pretest=sorted(draw(st.sets(st.integers(0, n - 1), max_size=2))),
        difficulty=draw(st.lists(st.sampled_from([-2.0, -1.0, 0.0, 1.0]), min_size=n, max_size=n)),
        labels={"suits": ["yes", *suits[1:]]},
    )
    return pool, draw(blueprints(n))


@st.composite
def blueprints(draw: st.DrawFn, n_items: int) -> Blueprint:
    """Blueprints over the pools of `problems`."""
    length = draw(st.integers(2, n_items - 1))
    pair = st.tuples(st.integers(0, 2), st.integers(1, 4)).map(lambda ends: (min(ends), max(ends)))
    bounds = draw(st.dictionaries(st.sampled_from(["x", "y", "z"]), pair))
    sizes = draw(st.sampled_from([(0, 0), (1, 1), (1, 2), (2, 3), (2, 4)]))
    low = draw(st.integers(0, 1))
    budget = draw(st.tuples(st.integers(0, 20), st.integers(10, 45)))
    return Blueprint(
        length=length,
        counts=counts(**bounds),
        budgets=draw(st.sampled_from([(), (Budget("seconds", min(budget), max(budget)),)])),
        passages=draw(st.sampled_from([None, Passages(low, low + draw(st.integers(0, 2)), *sizes)])),
        first=draw(st.sampled_from([None, FirstItem(0.5, 0.8, alone=True), FirstItem(where={"area": "x"})])),
        pretest=draw(st.sampled_from([None, None, Pretest(1, 1, 2)])),
        pools=draw(st.sampled_from([{}, {}, {"voorlezen": ("suits", "yes")}])),
    )
