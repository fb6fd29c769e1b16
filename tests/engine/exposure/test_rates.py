from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.arrays import IntArray
from engine.errors import DesignError
from engine.exposure import administered_counts, exposure_rates, overlap_of_rates, overlap_rate


def drawn_tests(seed: int, n_persons: int, length: int, n_items: int) -> IntArray:
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(n_items)[:length] for _ in range(n_persons)])


@given(seed=st.integers(0, 2**32 - 1), n_persons=st.integers(2, 8), length=st.integers(1, 6))
def test_overlap_is_the_mean_over_all_pairs_of_tests(seed: int, n_persons: int, length: int) -> None:
    item = drawn_tests(seed, n_persons, length, 9)
    shared = [len(set(one) & set(other)) for one, other in combinations(item.tolist(), 2)]
    assert overlap_rate(item, 9) == pytest.approx(np.mean(shared) / length)


@given(seed=st.integers(0, 2**32 - 1), n_persons=st.integers(2, 8), length=st.integers(1, 6))
def test_overlap_follows_from_the_variance_of_exposure_rates(seed: int, n_persons: int, length: int) -> None:
    """Chen, Ankenmann & Spray (2003): (n_items / L) S² + L / n_items, for many persons."""
    item = drawn_tests(seed, n_persons, length, 9)
    rates = exposure_rates(item, 9)
    assert overlap_of_rates(rates) == pytest.approx(9 / length * rates.var() + length / 9)
    exact = n_persons / (n_persons - 1) * overlap_of_rates(rates) - 1 / (n_persons - 1)
    assert overlap_rate(item, 9) == pytest.approx(exact)
    assert overlap_rate(item, 9) <= rates.max() + 1e-12


def test_tests_of_several_lengths_are_counted() -> None:
    item = np.array([[0, 1, -1], [0, -1, -1], [0, 1, 2]])
    assert administered_counts(item, 4).tolist() == [3, 2, 1, 0]
    assert exposure_rates(item, 4).tolist() == [1.0, 2 / 3, 1 / 3, 0.0]
    assert overlap_rate(item, 4) == pytest.approx((4 / 3) / 2)  # pairs share 1, 2, 1; mean length 2


def test_items_that_do_not_exist_and_no_tests_are_refused() -> None:
    with pytest.raises(DesignError, match="items 0 to 4; the bank has items 0 to 3"):
        administered_counts(np.array([[0, 4]]), 4)
    with pytest.raises(DesignError, match="one test or more"):
        exposure_rates(np.empty((0, 3), dtype=np.int64), 4)
    with pytest.raises(DesignError, match="two tests or more"):
        overlap_rate(np.array([[0, 1]]), 4)
