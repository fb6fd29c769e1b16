"""Ranks that every processor agrees on."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.adaptive.ranking import rank

SCORES = hnp.arrays(
    np.float64, st.tuples(st.just(1), st.integers(1, 12)), elements=st.sampled_from([0.0, 0.1, 0.5, 2.0])
)


@given(score=SCORES, seed=st.integers(0, 99), k=st.integers(1, 6))
def test_the_best_are_those_of_a_plain_sort(score: Any, seed: int, k: int) -> None:
    allowed = np.random.default_rng(seed).random(score.shape) < 0.7
    order = sorted(np.flatnonzero(allowed[0]).tolist(), key=lambda index: (-score[0, index], index))[:k]
    index, value = rank(score).best(allowed, k)
    assert index[0].tolist() == order + [-1] * (k - len(order))
    assert value[0].tolist() == score[0, order].tolist() + [0.0] * (k - len(order))


def test_differences_below_a_billionth_are_ties() -> None:
    index, _ = rank(np.array([[1.0, 1.0 + 1e-10]])).best(np.ones((1, 2), dtype=np.bool_), 1)
    assert index[0, 0] == 0
