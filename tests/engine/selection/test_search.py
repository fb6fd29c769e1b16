"""The search by rank lists chooses what trying every item chooses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import BoolArray, FloatArray
from engine.models import ItemParameters, item_information
from engine.selection import (
    MaximumInformation,
    SelectionTables,
    add_answers,
    choose,
    rows_answered,
    stand,
    start_posterior,
)
from engine.selection.scores import items_of_keys
from engine.selection.search import best_informative, most_informative
from tests.engine.assembly.banks import reference_pool
from tests.engine.selection.random_banks import brute_force, mixed_bank, seeds, three_parameter_bank

LENGTH = 35


def drawn_persons(seed: int, n: int, n_items: int) -> tuple[FloatArray, BoolArray]:
    """Abilities, some beyond the lists, and items that are gone: few, most or all."""
    rng = np.random.default_rng(seed)
    theta = np.concatenate([rng.normal(0.0, 2.0, n - 4), [-6.0, 6.0, -9.5, 40.0]])
    return theta, rng.random((n, n_items)) < rng.choice([0.1, 0.5, 0.9, 0.99, 1.0], (n, 1))


@settings(max_examples=30)  # tables of a bank take 0.1 s
@given(seed=seeds, n_items=st.integers(1, 400), steepest=st.floats(0.5, 20.0))
def test_many_one_and_brute_force_choose_the_same_item_in_any_bank(seed: int, n_items: int, steepest: float) -> None:
    items = mixed_bank(np.random.default_rng(seed), n_items, steepest=steepest)
    tables = SelectionTables(items)
    theta, excluded = drawn_persons(seed, 24, n_items)
    many = most_informative(tables, theta, excluded)
    one = [most_informative(tables, theta[p : p + 1], excluded[p : p + 1]).item() for p in range(theta.size)]
    assert many.tolist() == one == brute_force(item_information(theta, items), excluded)


@settings(max_examples=30)
@given(seed=seeds, n_items=st.integers(1, 400), k=st.integers(1, 12))
def test_the_best_few_are_those_of_brute_force_in_their_order(seed: int, n_items: int, k: int) -> None:
    items = mixed_bank(np.random.default_rng(seed), n_items)
    tables = SelectionTables(items)
    theta, excluded = drawn_persons(seed, 12, n_items)
    found = items_of_keys(best_informative(tables, theta, excluded, k), n_items)
    information = item_information(theta, items)
    for place in range(k):
        expected = brute_force(information, excluded)
        assert found[:, place].tolist() == expected
        given_one = np.flatnonzero(np.array(expected) >= 0)
        excluded[given_one, np.array(expected)[given_one]] = True


def test_of_equal_items_the_first_is_chosen() -> None:
    items = ItemParameters.two_parameter(np.full(50, 1.0), np.full(50, 0.2))
    tables = SelectionTables(items)
    excluded = np.zeros((3, 50), dtype=np.bool_)
    excluded[1, :7], excluded[2, :49] = True, True
    assert most_informative(tables, np.array([0.0, 0.1, 0.2]), excluded).tolist() == [0, 7, 49]
    assert [most_informative(tables, np.zeros(1), excluded[p : p + 1]).item() for p in range(3)] == [0, 7, 49]


def test_an_ability_beyond_the_lists_has_all_items_tried() -> None:
    """At -9 the second item has .25, the first .10: more than the second has at -6, where the lists begin."""
    tables = SelectionTables(ItemParameters.two_parameter([1.5, 1.0], [-7.0, -9.0]))
    theta, excluded = np.array([-9.0, -6.0, -9.0]), np.zeros((3, 2), dtype=np.bool_)
    assert most_informative(tables, theta, excluded).tolist() == [1, 0, 1]
    assert most_informative(tables, theta[:1], excluded[:1]).tolist() == [1]
    assert items_of_keys(best_informative(tables, theta, excluded, 2), 2).tolist() == [[1, 0], [0, 1], [1, 0]]


def decide(items: ItemParameters, theta: FloatArray, chance: FloatArray) -> tuple[int, int, int]:
    """Decisions of whole tests, and how many of them one person and brute force take in the same way."""
    tables = SelectionTables(items)
    n, person = theta.size, np.arange(theta.size)
    log_weights, excluded = start_posterior(tables, n), np.zeros((n, items.n_items), dtype=np.bool_)
    alone = brute = 0
    for position in range(LENGTH):
        standing = stand(tables, log_weights, position)
        item = choose(tables, MaximumInformation(), standing, excluded)
        for p in range(n):
            own = stand(tables, log_weights[p : p + 1], position)
            alone += choose(tables, MaximumInformation(), own, excluded[p : p + 1]).item() == item[p]
        brute += int(np.sum(brute_force(item_information(standing.theta, items), excluded) == item))
        excluded[person, item] = True
        p_correct = items.guessing[item] + (1.0 - items.guessing[item]) / (
            1.0 + np.exp(-items.discrimination[item] * (theta - items.difficulty[item]))
        )
        category = (chance[person, item] < p_correct).astype(np.int64)
        add_answers(tables, log_weights, rows_answered(tables, item, category), out=log_weights)
    return n * LENGTH, alone, brute


@pytest.mark.slow
def test_in_35_000_decisions_of_the_reference_bank_all_three_agree(shared_data: Path) -> None:
    rng = np.random.default_rng(3)
    assert shared_data.is_dir()
    counts = decide(reference_pool().items, rng.standard_normal(1000), rng.random((1000, 1000)))
    assert counts == (35_000, 35_000, 35_000)


def test_in_3_500_decisions_of_a_bank_of_our_own_all_three_agree() -> None:
    rng = np.random.default_rng(4)
    counts = decide(three_parameter_bank(), rng.standard_normal(100), rng.random((100, 1000)))
    assert counts == (3_500, 3_500, 3_500)
