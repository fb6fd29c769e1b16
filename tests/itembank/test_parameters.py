"""What a calibration says of items, as the engine's parameters."""

from __future__ import annotations

import numpy as np
import pytest

from engine import response_table
from itembank import CalibratedItem, item_parameters, parameters_of

NO_DATA = (0.0, 0.0, 0, 0.0)


def test_items_with_steps_are_partial_credit_and_the_others_logistic_in_the_same_order() -> None:
    entries = [
        CalibratedItem("A@1", 1.5, 0.2, *NO_DATA),
        CalibratedItem("B@1", 0.8, 0.5, *NO_DATA, steps=(-0.5, 1.5)),
        CalibratedItem("C@1", 1.1, -1.0, *NO_DATA),
    ]
    items = parameters_of(entries)
    assert items.n_categories.tolist() == [2, 3, 2]
    assert items.discrimination.tolist() == [1.5, 0.8, 1.1]
    assert items.difficulty.tolist() == [0.2, 0.5, -1.0]
    assert items.steps(1).tolist() == [-0.5, 1.5]


def test_probabilities_are_those_of_the_generalised_partial_credit_model() -> None:
    theta, slope, steps = 0.7, 0.8, (-0.5, 1.5)
    table = response_table(item_parameters([slope], [steps]), np.array([theta]))
    # Muraki (1992), eq. 3: P(k) is proportional to exp of the sum over the first k steps of a (theta - step)
    numerators = [1.0, np.exp(slope * (theta + 0.5)), np.exp(slope * (theta + 0.5) + slope * (theta - 1.5))]
    expected = np.array(numerators) / sum(numerators)
    assert np.exp(table.log_probability[:, 0]) == pytest.approx(expected)


def test_one_step_is_the_2pl() -> None:
    nodes = np.array([-1.0, 0.0, 2.0])
    table = response_table(item_parameters([1.3], [[0.4]]), nodes)
    assert np.exp(table.log_probability[1]) == pytest.approx(1.0 / (1.0 + np.exp(-1.3 * (nodes - 0.4))))


def test_no_items_have_no_parameters() -> None:
    assert parameters_of([]).n_items == 0
