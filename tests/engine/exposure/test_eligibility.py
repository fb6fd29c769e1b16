from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.assembly import Pool
from engine.errors import DesignError
from engine.exposure import (
    Eligibility,
    all_eligible,
    eligible_items,
    item_units,
    lift_where_short,
    passage_units,
    unit_draws,
)
from engine.models import ItemParameters


def six_items() -> Pool:
    """Items 1 and 4 make passage 0, items 2 and 3 passage 1."""
    return Pool(ItemParameters(np.ones(6), np.zeros(6), np.zeros(6), np.ones(6)), np.array([-1, 0, 1, 1, 0, -1]))


def two_intervals() -> Eligibility:
    probability = np.array([[0.2, 0.5, 1.0, 0.1], [0.4, 0.25, 0.9, 0.6]])
    return Eligibility(np.array([0.0]), passage_units(six_items()), probability)


def test_items_are_eligible_as_often_as_their_probability_says() -> None:
    eligibility, n = two_intervals(), 40_000
    draws = unit_draws(eligibility, np.random.default_rng(1).random(n))
    for k in range(2):
        share = eligible_items(eligibility, draws, np.full(n, k)).mean(axis=0)
        expected = eligibility.probability[k, eligibility.unit]
        assert np.all(np.abs(share - expected) <= 4.5 * np.sqrt(expected * (1.0 - expected) / n))


@given(seed=st.integers(0, 2**32 - 1))
def test_a_passage_is_eligible_as_a_whole(seed: int) -> None:
    eligibility, rng = two_intervals(), np.random.default_rng(seed)
    mask = eligible_items(eligibility, unit_draws(eligibility, rng.random(50)), rng.integers(0, 2, 50))
    assert np.array_equal(mask[:, 1], mask[:, 4])
    assert np.array_equal(mask[:, 2], mask[:, 3])


@given(seed=st.integers(0, 2**32 - 1))
def test_the_key_decides_alone_and_an_item_is_met_no_more_than_its_highest_probability(seed: int) -> None:
    eligibility, key = two_intervals(), np.random.default_rng(seed).random(30)
    draws = unit_draws(eligibility, key)
    one_by_one = np.concatenate([unit_draws(eligibility, key[person : person + 1]) for person in range(30)])
    assert np.array_equal(draws, one_by_one)
    low, high = (eligible_items(eligibility, draws, np.full(30, k)) for k in (0, 1))
    most = eligibility.probability.max(axis=0)[eligibility.unit]
    assert np.array_equal(low | high, draws[:, eligibility.unit] < most)


def test_nothing_is_held_back_before_calibration() -> None:
    eligibility = all_eligible(item_units(5), np.array([-1.0, 1.0]))
    draws = unit_draws(eligibility, np.random.default_rng(1).random(9))
    assert eligible_items(eligibility, draws, np.arange(9) % 3).all()
    assert eligibility.interval(np.array([-1.0, -0.9, 1.0, 1.1])).tolist() == [0, 1, 1, 2]


def test_eligibility_is_lifted_only_for_whom_too_few_items_are_left() -> None:
    eligible = np.array([[True, True, False, False], [True, False, False, False], [False, False, True, True]])
    usable = np.array([[True, True, True, False], [True, True, True, False], [True, True, True, False]])
    allowed, lifted = lift_where_short(eligible, usable, np.array([2, 2, 1]))
    assert lifted.tolist() == [False, True, False]
    assert allowed.tolist() == [[True, True, False, False], [True, True, True, False], [False, False, True, False]]


def test_what_does_not_fit_is_refused_by_name() -> None:
    unit = passage_units(six_items())
    with pytest.raises(DesignError, match="of units 1, 3 they are not"):
        Eligibility(np.empty(0), unit, np.array([[0.5, 0.0, 1.0, 1.2]]))
    with pytest.raises(DesignError, match=r"shape \(1, 4\)"):
        Eligibility(np.empty(0), unit, np.ones((2, 4)))
    with pytest.raises(DesignError, match="edges"):
        Eligibility(np.array([1.0, 0.0]), unit, np.ones((3, 4)))
    with pytest.raises(DesignError, match="without gaps"):
        all_eligible(np.array([0, 2]))
    with pytest.raises(DesignError, match="4 numbers for each of 2 persons"):
        eligible_items(two_intervals(), np.zeros((2, 6)), np.zeros(2, dtype=np.int64))
    with pytest.raises(DesignError, match="intervals go from 0 to 1"):
        eligible_items(two_intervals(), np.zeros((1, 4)), np.array([2]))
