"""Posteriors that take one answer at a time are those of all answers at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Responses, estimate_eap
from engine.arrays import IntArray
from engine.errors import ParameterError
from engine.models import ItemParameters
from engine.quadrature import Quadrature
from engine.selection import (
    SelectionTables,
    add_answers,
    normal_prior,
    rows_answered,
    stand,
    start_posterior,
)
from tests.engine.selection.random_banks import mixed_bank, posterior_after, seeds


def drawn_tests(seed: int, n: int) -> tuple[SelectionTables, IntArray, IntArray]:
    """Tables of a mixed bank, and items and categories of n tests of twelve."""
    rng = np.random.default_rng(seed)
    items = mixed_bank(rng, 30, steepest=3.0)
    item = np.array([rng.permutation(30)[:12] for _ in range(n)])
    category = np.minimum(rng.integers(-1, 4, item.shape), items.n_categories[item] - 1)
    return SelectionTables(items, normal_prior(0.5, 1.2)), item, category


@settings(max_examples=20)
@given(seed=seeds)
def test_estimates_are_those_of_the_whole_test(seed: int) -> None:
    tables, item, category = drawn_tests(seed, 8)
    codes = np.full((8, tables.n_items), -1)
    np.put_along_axis(codes, item, category, axis=1)
    expected = estimate_eap(Responses.from_dense(codes), tables.items, tables.prior)
    found = stand(tables, posterior_after(tables, item, category), 12)
    assert found.theta == pytest.approx(expected.theta, abs=1e-9)
    assert found.standard_error == pytest.approx(expected.standard_error, abs=1e-9)
    assert found.weights.sum(axis=1) == pytest.approx(1.0)
    alone = [stand(tables, posterior_after(tables, item[p : p + 1], category[p : p + 1]), 12) for p in range(8)]
    assert [one.theta.item() for one in alone] == found.theta.tolist()
    assert [one.standard_error.item() for one in alone] == found.standard_error.tolist()


def test_an_answer_that_did_not_come_changes_nothing() -> None:
    tables = SelectionTables(ItemParameters.two_parameter([1.0, 1.2], [0.0, 0.5]))
    before = start_posterior(tables, 3)
    row = rows_answered(tables, np.array([-1, 0, -1]), np.array([-1, -1, 1]))
    assert row.tolist() == [tables.no_answer] * 3
    assert np.array_equal(add_answers(tables, before, row), before)
    assert stand(tables, before).theta.tolist() == [0.0, 0.0, 0.0]
    assert stand(tables, before).standard_error == pytest.approx(1.0, abs=1e-6)


def test_a_posterior_is_changed_in_place_only_when_asked() -> None:
    tables = SelectionTables(ItemParameters.two_parameter([1.0], [0.0]))
    before = start_posterior(tables, 2)
    add_answers(tables, before, np.array([0, 1]))
    assert np.array_equal(before, start_posterior(tables, 2))
    after = add_answers(tables, before, np.array([0, 1]), out=before)
    assert after is before
    assert not np.array_equal(before, start_posterior(tables, 2))


@given(
    slope=st.floats(0.1, 200.0), difficulty=st.floats(-50.0, 50.0), n=st.integers(1, 400), n_persons=st.integers(1, 2)
)
def test_no_answers_however_improbable_give_anything_but_numbers(
    slope: float, difficulty: float, n: int, n_persons: int
) -> None:
    """Whoever gets the steepest and hardest item right a hundred times and then wrong still has an estimate."""
    tables = SelectionTables(ItemParameters.two_parameter([slope], [difficulty]))
    item = np.zeros((n_persons, n + 3), dtype=np.int64)
    category = np.ones_like(item)
    category[:, -3:] = 0
    standing = stand(tables, posterior_after(tables, item, category))
    assert np.all(np.abs(standing.theta) <= 6.0)
    assert np.all((standing.standard_error >= 0.0) & (standing.standard_error <= 12.0))
    assert np.all(np.isfinite(standing.weights))


def test_tables_need_items_and_two_nodes() -> None:
    with pytest.raises(ParameterError, match="need items"):
        SelectionTables(ItemParameters.two_parameter([], []))
    with pytest.raises(ParameterError, match="two nodes"):
        SelectionTables(ItemParameters.two_parameter([1.0], [0.0]), Quadrature(np.zeros(1), np.ones(1)))
