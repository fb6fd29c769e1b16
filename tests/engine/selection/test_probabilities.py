"""The quick way to probabilities and the models' own agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings

from engine.selection import SelectionTables
from engine.selection.information import information_of_all, information_of_one, information_of_pairs
from engine.selection.probabilities import log_probabilities_of_all, probabilities_of_all
from engine.table import response_table
from tests.engine.selection.random_banks import mixed_bank, seeds, three_parameter_bank

FAR = np.array([-600.0, -3.0, 0.0, 0.7, 5.0, 600.0])

ROUNDING = 4.0 * np.finfo(np.float64).eps  # a graded category is a difference of two numbers of at most 1


@settings(max_examples=20)
@example(seed=614)  # one of 2e-5, off by 1e-16
@given(seed=seeds)
def test_probabilities_are_those_of_the_models(seed: int) -> None:
    items = mixed_bank(np.random.default_rng(seed), 20)
    tables = SelectionTables(items)
    expected = response_table(items, FAR).log_probability
    assert probabilities_of_all(tables, FAR) == pytest.approx(np.exp(expected), rel=1e-12, abs=ROUNDING)
    assert log_probabilities_of_all(tables, FAR) == pytest.approx(
        np.maximum(expected, np.log(np.finfo(np.float64).tiny)), rel=1e-9, abs=1e-12
    )


@settings(max_examples=20)
@given(seed=seeds)
def test_information_is_the_same_for_all_for_pairs_and_for_one(seed: int) -> None:
    items = mixed_bank(np.random.default_rng(seed), 20)
    tables = SelectionTables(items)
    everything = information_of_all(tables, FAR)
    assert np.all(np.isfinite(everything))
    item, theta = np.tile(np.arange(20), FAR.size), np.repeat(FAR, 20)
    assert information_of_pairs(tables, item, theta) == pytest.approx(everything.ravel(), rel=1e-9, abs=1e-15)
    one = [information_of_one(tables, i, t) for i, t in zip(item.tolist(), theta.tolist(), strict=True)]
    assert np.array(one) == pytest.approx(everything.ravel(), rel=1e-9, abs=1e-15)


def test_a_bank_of_logistic_items_alone_has_them_too() -> None:
    items = three_parameter_bank(30)
    assert not items.kind.any()
    expected = np.exp(response_table(items, FAR).log_probability)
    assert probabilities_of_all(SelectionTables(items), FAR) == pytest.approx(expected, rel=1e-12, abs=1e-300)
