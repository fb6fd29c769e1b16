"""Counting what a test can still hold."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from engine.adaptive.completion import Demand, Kind, Step, add, numbers, window

KINDS = (Kind(0, 1), Kind(0, 3), Kind(1, 1), Kind(1, 2), Kind(2, 4))
COUNTS = st.tuples(*[st.integers(0, 4)] * 3)
AVAILABLE = st.tuples(*[st.integers(0, 3)] * len(KINDS))


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    minimum = draw(st.tuples(*[st.integers(0, 5)] * 3))
    maximum = tuple(low + draw(st.integers(0, 5)) for low in minimum)
    return Demand(draw(st.integers(1, 16)), minimum, maximum, KINDS)


def brute_force(demand: Demand, counts: tuple[int, ...], available: tuple[int, ...]) -> bool:
    """Try every number of every kind."""
    for taken in itertools.product(*(range(n + 1) for n in available)):
        held = list(counts)
        for kind, n in zip(KINDS, taken, strict=True):
            held[kind.area] += kind.size * n
        within = all(low <= n <= high for low, n, high in zip(demand.minimum, held, demand.maximum, strict=True))
        if within and sum(held) == demand.length:
            return True
    return False


@given(demand=demands(), counts=COUNTS, available=AVAILABLE)
def test_counting_agrees_with_trying_everything(
    demand: Demand, counts: tuple[int, ...], available: tuple[int, ...]
) -> None:
    assert demand.can_finish(counts, available) == brute_force(demand, counts, available)


@given(demand=demands(), counts=COUNTS, available=AVAILABLE, other=st.integers(0, len(KINDS) - 1))
def test_a_step_is_judged_by_what_it_leaves(
    demand: Demand, counts: tuple[int, ...], available: tuple[int, ...], other: int
) -> None:
    steps, expected = [], []
    for number, kind in enumerate(KINDS):
        takes = tuple(int(place in (number, other)) for place in range(len(KINDS)))
        steps.append(Step(kind.area, kind.size, takes, KINDS[other].area != kind.area))
        after = tuple(n + kind.size * (area == kind.area) for area, n in enumerate(counts))
        left = tuple(max(n - taken, 0) for n, taken in zip(available, takes, strict=True))
        expected.append(brute_force(demand, after, left))
    assert demand.steps_that_finish(counts, available, steps) == expected


@given(left=st.sets(st.integers(0, 30)), right=st.sets(st.integers(0, 30)))
def test_sums_of_sets_are_all_sums(left: set[int], right: set[int]) -> None:
    bits = add(sum(1 << n for n in left), sum(1 << n for n in right))
    assert set(numbers(bits)) == {a + b for a in left for b in right}


def test_a_window_holds_its_borders() -> None:
    assert numbers(window(2, 4)) == [2, 3, 4]
    assert numbers(window(3, 2)) == []
