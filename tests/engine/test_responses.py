"""Sparse responses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine import ResponseError, Responses

CODES = hnp.arrays(np.int8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(-1, 2))


def dense(responses: Responses) -> Any:
    codes = np.full((responses.n_persons, responses.n_items), -1)
    codes[responses.person, responses.item] = responses.category
    return codes


@given(codes=CODES)
def test_a_dense_matrix_comes_back_unchanged(codes: Any) -> None:
    assert np.array_equal(dense(Responses.from_dense(codes)), codes)


@given(codes=CODES, seed=st.integers(0, 99))
def test_the_order_of_triplets_does_not_matter(codes: Any, seed: int) -> None:
    person, item = np.nonzero(codes >= 0)
    order = np.random.default_rng(seed).permutation(person.size)
    made = Responses.from_triplets(
        person[order], item[order], codes[person, item][order], n_persons=codes.shape[0], n_items=codes.shape[1]
    )
    assert np.array_equal(dense(made), codes)


def test_answers_and_proportions_count_weights() -> None:
    responses = Responses.from_dense([[1, 0, -1], [0, 2, -1], [-1, 1, -1]], weight=[3.0, 1.0, 2.0])
    assert responses.n_answered().tolist() == [4.0, 6.0, 0.0]
    assert responses.proportion_correct().tolist() == [0.75, (1.0 * 2 + 2.0 * 1) / (2 * 6.0), 0.0]


def test_a_person_answers_an_item_once() -> None:
    with pytest.raises(ResponseError, match="person 1 answered item 0 more than once"):
        Responses.from_triplets([1, 1], [0, 0], [1, 0], n_persons=2, n_items=1)


@pytest.mark.parametrize(
    "arguments",
    [
        {"person": [2], "item": [0], "category": [0]},
        {"person": [0], "item": [1], "category": [0]},
        {"person": [0], "item": [0], "category": [-1]},
        {"person": [0], "item": [0], "category": [0], "weight": [0.0, 1.0]},
        {"person": [0], "item": [0], "category": [0], "weight": [1.0]},
        {"person": [0], "item": [0], "category": [0], "group": [-1, 0]},
        {"person": [0, 1], "item": [0], "category": [0]},
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(ResponseError):
        Responses.from_triplets(**arguments, n_persons=2, n_items=1)


def test_a_code_that_is_none_names_its_item() -> None:
    with pytest.raises(ResponseError, match="items 1 hold") as error:
        Responses.from_dense([[0, -4], [1, 1]])
    assert error.value.items == (1,)


@given(codes=CODES, seed=st.integers(0, 99))
def test_a_mask_selects_whom_it_marks_and_indices_select_in_their_order(codes: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    responses = Responses.from_dense(codes, weight=np.arange(1.0, codes.shape[0] + 1.0))
    mask, order = rng.random(codes.shape[0]) < 0.5, rng.permutation(codes.shape[0])
    for wanted in (mask, mask.tolist(), order):
        chosen = responses.select(wanted)
        assert np.array_equal(dense(chosen), codes[wanted])
        assert np.array_equal(chosen.weight, responses.weight[wanted])


@pytest.mark.parametrize(
    ("persons", "complaint"),
    [
        ([0, -1], r"persons must be in 0 … 2; -1 are not"),
        ([3], r"persons must be in 0 … 2; 3 are not"),
        ([True, False], r"a mask of persons must have shape \(3,\), this has \(2,\)"),
        ([0.5], r"persons must hold values of type int64"),
        (1, r"persons must have 1 axes"),
    ],
)
def test_persons_who_are_not_there_are_refused_rather_than_others_selected(persons: Any, complaint: str) -> None:
    with pytest.raises(ResponseError, match=complaint):
        Responses.from_dense([[1], [0], [1]]).select(persons)
