"""The flat response table."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ItemParameters, ParameterError, ResponseTable, probability_correct, response_table

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
