"""A linear test: the same order for everybody."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ItemParameters, Method, Pool, Strategy, make_bank
from engine.assembly import Blueprint
from engine.errors import DesignError
from engine.selection import FixedOrder
from engine.simulation import simulate_adaptive

ORDER = [3, 0, 4, 1, 2]


def test_everybody_gets_the_items_in_that_order_whatever_they_answer() -> None:
    items = ItemParameters.two_parameter(np.array([1.0, 2.0, 0.5, 1.5, 1.0]), np.array([-2.0, 0.0, 3.0, 1.0, -1.0]))
    places = np.argsort(ORDER)  # of each item in the order
    strategy = Strategy(method=Method.INFORMATION, rule=FixedOrder(places))
    bank = make_bank(Pool(items=items, passage=np.full(5, -1)), Blueprint(5), strategy)
    tests = simulate_adaptive(bank, np.random.default_rng(1).normal(size=50), items, 1)
    assert np.array_equal(tests.item, np.tile(ORDER, (50, 1)))


@pytest.mark.parametrize("places", [[0, 0], [1, 2], [-1, 0], [[0], [1]]])
def test_an_order_with_gaps_or_doubles_is_refused(places: list[int]) -> None:
    with pytest.raises(DesignError):
        FixedOrder(np.array(places))
