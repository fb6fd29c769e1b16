"""The flat response table."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ItemParameters, Kind, ParameterError, ResponseTable, probability_correct, response_table
from engine.table import expected_share

NODES = np.linspace(-3.0, 3.0, 7)


def test_row_of_item_and_category_holds_that_log_probability(mixed_items: ItemParameters) -> None:
    table = response_table(mixed_items, NODES)
    p = probability_correct(NODES, mixed_items)
    for item in range(mixed_items.n_items):
        assert np.exp(table.log_probability[table.offset[item] + 1]) == pytest.approx(p[:, item])
        assert np.exp(table.log_probability[table.offset[item]]) == pytest.approx(1.0 - p[:, item])


@pytest.mark.parametrize("offset", [[0, 2, 3], [1, 3, 4], [0, 2, 5]])
def test_a_table_whose_rows_do_not_add_up_is_refused(offset: list[int]) -> None:
    with pytest.raises(ParameterError, match="offset"):
        ResponseTable(np.array(offset), np.zeros((4, 3)))


def test_a_probability_of_zero_is_refused() -> None:
    with pytest.raises(ParameterError, match="finite"):
        ResponseTable(np.array([0, 2]), np.array([[0.0], [-np.inf]]))


def test_an_expected_share_is_the_mean_category_over_the_highest(mixed_items: ItemParameters) -> None:
    table = response_table(mixed_items, NODES)
    p = np.exp(table.log_probability)
    share = expected_share(p, table.offset)
    for item in range(mixed_items.n_items):
        of_item = p[table.offset[item] : table.offset[item + 1]]
        assert share[:, item] == pytest.approx(np.arange(len(of_item)) @ of_item / (len(of_item) - 1))


def test_the_expected_share_of_a_logistic_item_is_its_probability() -> None:
    """By hand: .2 + .8 / (1 + e^0) = .6, and 1 / (1 + e^-1) = .731."""
    items = ItemParameters(np.array([1.0, 1.0]), np.array([0.5, -0.5]), np.array([0.2, 0.0]), np.ones(2))
    table = response_table(items, np.array([0.5]))
    share = expected_share(np.exp(table.log_probability), table.offset)
    np.testing.assert_allclose(share, [[0.6, 0.7310585786]], atol=1e-10)


def test_the_expected_share_of_a_partial_credit_item_counts_its_categories() -> None:
    """Muraki (1992): with all steps at theta the categories are equally likely, so the mean is half of the highest."""
    table = response_table(ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.3], [[0.4, 0.4, 0.4]]), np.array([0.4]))
    np.testing.assert_allclose(expected_share(np.exp(table.log_probability), table.offset), [[0.5]], atol=1e-12)
