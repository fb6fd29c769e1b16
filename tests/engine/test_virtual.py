"""Virtual items."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ItemParameters, ResponseError, Responses, by_group, calibrate, simulate_responses, split_items


def test_an_item_that_is_harder_for_one_group_is_found_and_the_others_are_left_alone() -> None:
    """Item 4 is a logit harder for the second group, which is otherwise 0.4 ahead."""
    rng = np.random.default_rng(6)
    n = 4000
    first = ItemParameters.two_parameter(rng.uniform(0.8, 1.4, 12), np.linspace(-1.5, 1.5, 12))
    moved = first.difficulty.copy()
    moved[4] += 1.0
    second = ItemParameters.two_parameter(first.discrimination, moved)
    everything = np.ones((n, 12), dtype=np.bool_)
    parts = [
        simulate_responses(theta, items, everything, rng)
        for theta, items in ((rng.normal(size=n), first), (rng.normal(0.4, 1.0, n), second))
    ]
    codes = np.concatenate([part.category.reshape(n, 12) for part in parts])
    responses = Responses.from_dense(codes, group=np.repeat([0, 1], n))
    split = split_items(responses, [4], by_group(responses))
    assert (split.item[12], split.level[12], split.level[4]) == (4, 1, 0)
    free, same = calibrate(split.responses), calibrate(responses)
    apart = free.items.difficulty[12] - free.items.difficulty[4]
    error = np.hypot(free.standard_errors.difficulty[12], free.standard_errors.difficulty[4])
    assert abs(apart - 1.0) < 3.0 * error
    assert abs(free.groups[1].mean - 0.4) < 3.0 * free.groups[1].se_mean
    assert free.log_likelihood > same.log_likelihood + 50.0


def test_an_item_that_is_not_there_cannot_be_split() -> None:
    responses = Responses.from_dense([[1, 0]])
    with pytest.raises(ResponseError, match="items 7 are not there"):
        split_items(responses, [7], [0, 0])
    with pytest.raises(ResponseError, match="every response needs a level"):
        split_items(responses, [0], [0])
