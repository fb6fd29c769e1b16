"""Linear forms, and what answers of any model are drawn from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from engine import DesignError, ItemParameters, Responses, estimate_eap, response_table, simulate_linear
from engine.selection import SelectionTables
from engine.simulation import linear
from engine.simulation.answering import Source, draw_categories
from engine.simulation.chance import STREAM
from tests.engine.selection.random_banks import mixed_bank

ITEMS = mixed_bank(np.random.default_rng(1), 60)
TABLES = SelectionTables(ITEMS)
FORMS = np.random.default_rng(2).permutation(60).reshape(4, 15)


def test_everyone_gets_a_form_in_order_and_each_form_is_as_likely() -> None:
    tests = simulate_linear(TABLES, FORMS, np.zeros(8000), ITEMS, 3)
    first = [np.flatnonzero(FORMS[:, 0] == item).item() for item in tests.item[:, 0]]
    assert np.array_equal(tests.item, FORMS[first])
    assert np.bincount(first) / 8000 == pytest.approx(np.full(4, 0.25), abs=0.02)
    assert tests.scored.all()
    assert tests.routes == {"form": 8000 * 15}


def test_estimates_are_those_of_the_ability_estimator() -> None:
    theta = np.random.default_rng(4).normal(size=300)
    tests = simulate_linear(TABLES, FORMS, theta, ITEMS, 3, form=np.arange(300) % 4)
    person = np.repeat(np.arange(300), 15)
    answers = Responses.from_triplets(person, tests.item.ravel(), tests.category.ravel(), n_persons=300, n_items=60)
    abilities = estimate_eap(answers, ITEMS, TABLES.prior)
    assert tests.estimate == pytest.approx(abilities.theta, abs=1e-9)
    assert tests.standard_error == pytest.approx(abilities.standard_error, abs=1e-8)


def test_any_executor_gives_the_same_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "AT_ONCE", STREAM)
    theta = np.random.default_rng(4).normal(size=700)
    alone = simulate_linear(TABLES, FORMS, theta, ITEMS, 3)
    with ThreadPoolExecutor(3) as executor:
        threads = simulate_linear(TABLES, FORMS, theta, ITEMS, 3, executor=executor)
    assert np.array_equal(alone.item, threads.item)
    assert np.array_equal(alone.category, threads.category)
    assert np.array_equal(alone.estimate, threads.estimate)


@pytest.mark.parametrize("ability", [-1.3, 0.6])
def test_categories_of_any_model_are_as_frequent_as_the_model_says(ability: float) -> None:
    n = 20_000
    number = np.random.default_rng(5).random((60, n))
    p = np.exp(response_table(ITEMS, np.array([ability])).log_probability[:, 0])
    offset = TABLES.offset
    for item in range(60):
        category = draw_categories(Source.of(ITEMS), np.full(n, item), np.full(n, ability), number[item])
        expected = p[offset[item] : offset[item + 1]]
        found = np.bincount(category, minlength=expected.size) / n
        assert np.all(np.abs(found - expected) < 5.0 * np.sqrt(expected * (1.0 - expected) / n) + 1e-12)


def test_answers_can_come_from_other_items_than_the_bank_knows() -> None:
    bank = ItemParameters.two_parameter(np.ones(15), np.zeros(15))
    truth = ItemParameters.two_parameter(np.ones(15), np.full(15, 1.0))
    tests = simulate_linear(SelectionTables(bank), np.arange(15)[np.newaxis], np.zeros(4000), truth, 3)
    assert tests.category.mean() == pytest.approx(1.0 / (1.0 + np.e), abs=0.01)
    assert tests.estimate.mean() < -0.5


def test_forms_that_are_no_tests_are_refused() -> None:
    theta = np.zeros(3)
    with pytest.raises(DesignError, match="forms 1 hold an item twice"):
        simulate_linear(TABLES, [[0, 1], [2, 2]], theta, ITEMS, 1)
    with pytest.raises(DesignError, match="items go from 0 to 59; forms 0 hold others"):
        simulate_linear(TABLES, [[0, 60]], theta, ITEMS, 1)
    with pytest.raises(DesignError, match="form of one item or more"):
        simulate_linear(TABLES, np.empty((1, 0), dtype=np.int64), theta, ITEMS, 1)
    with pytest.raises(DesignError, match="forms go from 0 to 3, persons have 0 to 4"):
        simulate_linear(TABLES, FORMS, theta, ITEMS, 1, form=[0, 1, 4])
