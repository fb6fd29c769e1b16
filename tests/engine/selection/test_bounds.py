"""A bound that is none makes a choice wrong without anybody seeing it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models import ItemParameters, Kind, item_information
from engine.selection.bounds import information_bounds, largest_bend
from tests.engine.selection.random_banks import mixed_bank, seeds


@given(seed=seeds, width=st.floats(0.005, 2.0), left=st.floats(-6.0, 5.0), steepest=st.floats(0.5, 30.0))
def test_no_information_in_an_interval_is_above_its_bound(
    seed: int, width: float, left: float, steepest: float
) -> None:
    items = mixed_bank(np.random.default_rng(seed), 12, steepest=steepest)
    bound = information_bounds(items, np.array([left, left + width]))
    inside = item_information(np.linspace(left, left + width, 401), items)
    assert np.all(inside <= bound)


@given(seed=seeds, steepest=st.floats(0.5, 10.0))
def test_information_bends_down_no_more_than_is_said(seed: int, steepest: float) -> None:
    items = mixed_bank(np.random.default_rng(seed), 12, steepest=steepest)
    h = 1e-3 / steepest
    theta = np.linspace(-4.0, 4.0, 801)
    before, at, after = (item_information(theta + shift, items) for shift in (-h, 0.0, h))
    bend = (before - 2.0 * at + after) / h**2
    assert np.all(-bend <= largest_bend(items) * 1.001 + 1e-6 * steepest**4)


def test_the_bend_of_a_two_parameter_item_is_reached_at_its_difficulty() -> None:
    """``I = a² v``, ``v'' = a² v (1 - 6 v)``: at v = 1/4 that is ``-a⁴ / 8``."""
    assert largest_bend(ItemParameters.two_parameter([2.0], [0.3])) == pytest.approx([2.0])


def test_the_bound_of_a_narrow_interval_is_close() -> None:
    items = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0, 0.7], [[-3.0, 3.0], [0.5, -0.5, 1.0]])
    edges = np.linspace(-4.0, 4.0, 801)
    bound = information_bounds(items, edges)
    highest = np.maximum(item_information(edges[:-1], items), item_information(edges[1:], items))
    assert np.all(bound - highest < 0.01)
