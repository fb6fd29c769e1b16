"""Places of steps."""

from __future__ import annotations

import numpy as np
import pytest

from engine.conditional.steps import StepLayout

STEPS = StepLayout(np.array([0, 1, 1, 4, 6]))  # two categories, nobody, four, three


def test_an_item_nobody_answered_has_no_step() -> None:
    assert STEPS.item.tolist() == [0, 2, 2, 2, 3, 3]
    assert STEPS.per_item.tolist() == [1, 0, 3, 2]
    assert STEPS.places(np.array([3, 0])).tolist() == [4, 5, 0]


def test_the_weight_of_a_category_has_all_steps_up_to_it() -> None:
    step = np.array([1.0, 2.0, 3.0, 5.0, 7.0, 11.0])
    weights = STEPS.log_weights(step)
    assert [part.tolist() for part in weights] == [[0.0, -1.0], [0.0], [0.0, -2.0, -5.0, -10.0], [0.0, -7.0, -18.0]]
    assert (-(STEPS.category_sums() @ step)).tolist() == [-1.0, -2.0, -5.0, -10.0, -7.0, -18.0]


def test_a_location_is_the_mean_of_an_items_steps() -> None:
    step = np.array([1.0, 2.0, 3.0, 7.0, 7.0, 11.0])
    assert STEPS.location_weights() @ step == pytest.approx([1.0, 4.0, 9.0])
