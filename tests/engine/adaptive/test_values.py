"""Pools, blueprints and states that are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import AdaptiveState, Blueprint, BlueprintError, DesignError, ItemParameters, Pool

ITEMS = ItemParameters.two_parameter(np.ones(4), np.zeros(4))
NONE = np.full(4, -1)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"area": np.zeros(3, np.int32)}, "area must hold one index an item, 4, not 3"),
        ({"area": np.array([0, 0, -1, 0])}, "area must be 0 or more; items 2 are not"),
        ({"enemy": np.array([0, -2, -1, 0])}, "enemy must be -1 or more; items 1 are not"),
        ({"passage": np.array([0, 0, 1, 1]), "area": np.array([0, 0, 0, 1])}, "one area; passages 1 mix areas"),
        ({"passage": np.array([0, 0, 1, 1]), "enemy": np.array([0, 1, 2, 2])}, "passages 1 hold two items"),
        ({"items": ItemParameters.two_parameter([1, 1, -1, 1], np.zeros(4))}, "leave items 2 out"),
    ],
)
def test_a_pool_that_contradicts_itself_is_refused(fields: dict[str, Any], reason: str) -> None:
    right: dict[str, Any] = {"items": ITEMS, "area": np.zeros(4, np.int32), "passage": NONE, "enemy": NONE}
    with pytest.raises(DesignError, match=reason):
        Pool(**(right | fields))


def test_an_empty_pool_is_refused() -> None:
    nothing = np.zeros(0, np.int32)
    with pytest.raises(DesignError, match="needs items"):
        Pool(ItemParameters.two_parameter([], []), nothing, nothing, nothing)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"length": 0}, "length and best_k"),
        ({"best_k": 0}, "length and best_k"),
        ({"prior_sd": 0.0}, "prior"),
        ({"area_names": ("a", "a")}, "own name"),
        ({"area_maximum": np.array([5])}, "own name"),
        ({"area_minimum": np.array([0, 6])}, "b do not"),
        ({"area_minimum": np.array([4, 4])}, "minima add up to 8"),
        ({"area_maximum": np.array([1, 2])}, "maxima to 3"),
    ],
)
def test_a_blueprint_that_contradicts_itself_is_refused(fields: dict[str, Any], reason: str) -> None:
    right: dict[str, Any] = {
        "length": 6,
        "area_names": ("a", "b"),
        "area_minimum": np.array([0, 0]),
        "area_maximum": np.array([5, 5]),
    }
    with pytest.raises(BlueprintError, match=reason):
        Blueprint(**(right | fields))


@pytest.mark.parametrize(
    ("item", "category", "reason"),
    [
        ([[0, -1, 2]], [[1, -1, 1]], "gaps"),
        ([[0, 1, 0]], [[1, 1, 1]], "at most once"),
        ([[0, -1, -1]], [[1, 1, -1]], "not reached"),
        ([[0, -2, -1]], [[1, -1, -1]], "one shape"),
        ([[0, 1]], [[1, 1, 1]], "one shape"),
    ],
)
def test_a_state_that_cannot_be_is_refused(item: list[list[int]], category: list[list[int]], reason: str) -> None:
    with pytest.raises(DesignError, match=reason):
        AdaptiveState(np.array(item), np.array(category))


def test_the_state_of_one_person_is_filled_from_the_front() -> None:
    state = AdaptiveState.of_one([4, 2], [1, -1], 4)
    assert state.item.tolist() == [[4, 2, -1, -1]]
    assert state.category.tolist() == [[1, -1, -1, -1]]
    assert state.n_given.tolist() == [2]
    with pytest.raises(DesignError, match="5 items"):
        AdaptiveState.of_one([0, 1, 2, 3, 4], [0] * 5, 4)
